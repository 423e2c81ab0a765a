// Rule tables as people keep them: JSON files.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "anamnesis/encounter/v1/rules.pb.h"

namespace anamnesis::encounter {

// A table in the JSON form of RuleTable; a field that it does not have is an error. INVALID_ARGUMENT begins with `name`
// and says where and what.
absl::StatusOr<v1::RuleTable> ParseTable(std::string_view json, const std::string& name);

// Those that a new record begins with.
absl::StatusOr<std::vector<v1::RuleTable>> DefaultTables();

}  // namespace anamnesis::encounter
