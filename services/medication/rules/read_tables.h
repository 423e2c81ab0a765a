// Rule tables from their files.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "anamnesis/medication/v1/rules.pb.h"

namespace anamnesis::medication {

// A table in the JSON form of RuleTable; fields that it does not have are an error. INVALID_ARGUMENT with `name` says
// where and what.
absl::StatusOr<v1::RuleTable> ParseTable(std::string_view json, const std::string& name);

// Every `.json` of a directory, by name, each checked. NOT_FOUND, INVALID_ARGUMENT.
absl::StatusOr<std::vector<v1::RuleTable>> ReadTables(const std::string& directory);

}  // namespace anamnesis::medication
