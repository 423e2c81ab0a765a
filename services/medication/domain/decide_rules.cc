// The rule tables: each version of each comes into the record by a command and stays there.
#include <google/protobuf/util/message_differencer.h>

#include <algorithm>
#include <string>
#include <utility>

#include "base/refusal.h"
#include "services/medication/domain/decide.h"

namespace anamnesis::medication {

absl::Status InvalidTable(std::string field, const absl::Status& checked) {
  RefusalDetails details;
  google::rpc::BadRequest::FieldViolation& violation = details.fields.emplace_back();
  violation.set_field(std::move(field));
  violation.set_description(std::string(checked.message()));
  return Refuse(v1::RULE_TABLE_INVALID, details);
}

absl::StatusOr<Decision> Decide(const Situation& at, const v1::LoadRuleTableRequest& request) {
  const v1::RuleTable& table = request.table();
  if (const absl::Status checked = CheckTable(table); !checked.ok()) return InvalidTable("table", checked);
  uint32_t newest = 0;
  for (const auto& [name, known] : at.state.rule_tables()) {
    if (known.id() != table.id()) continue;
    if (google::protobuf::util::MessageDifferencer::Equals(known, table)) {
      return Decision{.resource_id = table.id(), .revision = table.version()};
    }
    newest = std::max(newest, known.version());
  }
  if (newest >= table.version()) {
    return Refuse(v1::RULE_TABLE_NOT_NEWER, {.metadata = {{"version", std::to_string(newest)}}});
  }
  v1::MedicationEvent event;
  *event.mutable_rule_table_loaded()->mutable_table() = table;
  return decider::Accepted(table.id(), table.version(), std::move(event));
}

}  // namespace anamnesis::medication
