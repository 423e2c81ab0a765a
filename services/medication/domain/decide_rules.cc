// The rule tables: each version of each comes into the record by a command and stays there.
#include <google/protobuf/util/message_differencer.h>

#include "base/refusal.h"
#include "services/medication/domain/decide.h"

namespace anamnesis::medication {

absl::StatusOr<Decision> Decide(const Situation& at, const v1::LoadRuleTableRequest& request) {
  const v1::RuleTable& table = request.table();
  if (const absl::Status checked = CheckTable(table); !checked.ok()) {
    RefusalDetails details;
    google::rpc::BadRequest::FieldViolation& violation = details.fields.emplace_back();
    violation.set_field("table");
    violation.set_description(std::string(checked.message()));
    return Refuse(v1::RULE_TABLE_INVALID, details);
  }
  const auto known = at.state.rule_tables().find(table.id());
  if (known != at.state.rule_tables().end()) {
    if (google::protobuf::util::MessageDifferencer::Equals(known->second, table)) {
      return Decision{.resource_id = table.id(), .revision = table.version()};
    }
    if (known->second.version() >= table.version()) {
      return Refuse(v1::RULE_TABLE_NOT_NEWER, {.metadata = {{"version", std::to_string(known->second.version())}}});
    }
  }
  v1::MedicationEvent event;
  *event.mutable_rule_table_loaded()->mutable_table() = table;
  return decider::Accepted(table.id(), table.version(), std::move(event));
}

}  // namespace anamnesis::medication
