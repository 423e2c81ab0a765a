// How a rule table comes into a record: each version of each by a command, to stay there.
#pragma once

#include <google/protobuf/util/message_differencer.h>

#include <algorithm>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "base/refusal.h"

namespace anamnesis::decider {

// Under what a version is kept in a state's map of tables. Every version stays: one that holds from tomorrow on leaves
// today to the one before it.
template <class Table>
std::string RuleTableKey(const Table& table) {
  return absl::StrCat(table.id(), " ", table.version());
}

// `invalid`, with what speaks against deciding by the table that is in the field.
template <class ErrorEnum>
absl::Status InvalidTable(ErrorEnum invalid, std::string field, const absl::Status& checked) {
  RefusalDetails details;
  google::rpc::BadRequest::FieldViolation& violation = details.fields.emplace_back();
  violation.set_field(std::move(field));
  violation.set_description(std::string(checked.message()));
  return Refuse(invalid, details);
}

// Whether the table comes as something new to those that are known, a map by RuleTableKey; false where this version is
// there already, which is no error. `checked` is what speaks against deciding by it. Refusals: `invalid`, `not_newer`.
template <class Tables, class Table, class ErrorEnum>
absl::StatusOr<bool> IsNewTable(const Tables& known, const Table& table, const absl::Status& checked, ErrorEnum invalid,
                                ErrorEnum not_newer) {
  if (!checked.ok()) return InvalidTable(invalid, "table", checked);
  uint32_t newest = 0;
  for (const auto& [key, other] : known) {
    if (other.id() != table.id()) continue;
    if (google::protobuf::util::MessageDifferencer::Equals(other, table)) return false;
    newest = std::max(newest, other.version());
  }
  if (newest >= table.version()) return Refuse(not_newer, {.metadata = {{"version", std::to_string(newest)}}});
  return true;
}

}  // namespace anamnesis::decider
