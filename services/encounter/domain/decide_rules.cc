// The rule table: each version of it comes into the record by a command and stays there.
#include "decider/rule_tables.h"
#include "services/encounter/domain/decide.h"

namespace anamnesis::encounter {

absl::StatusOr<Decision> Decide(const Situation& at, const v1::LoadRuleTableRequest& request) {
  const v1::RuleTable& table = request.table();
  ASSIGN_OR_RETURN(const bool is_new, decider::IsNewTable(at.state.rule_tables(), table, CheckTable(table),
                                                          v1::RULE_TABLE_INVALID, v1::RULE_TABLE_NOT_NEWER));
  if (!is_new) return Decision{.resource_id = table.id(), .revision = table.version()};

  v1::EncounterEvent event;
  *event.mutable_rule_table_loaded()->mutable_table() = table;
  return decider::Accepted(table.id(), table.version(), std::move(event));
}

}  // namespace anamnesis::encounter
