// A rule table in a file.
#pragma once

#include <string>
#include <variant>

#include "absl/status/statusor.h"
#include "anamnesis/encounter/v1/rules.pb.h"
#include "anamnesis/medication/v1/rules.pb.h"

namespace anamnesis::cli {

// A table of the service whose kind it is: what it holds tells.
using RuleTable = std::variant<medication::v1::RuleTable, encounter::v1::RuleTable>;

// In the JSON form of RuleTable. NOT_FOUND where the file cannot be read, INVALID_ARGUMENT where it is none; whether it
// can be decided by is the server's to say.
absl::StatusOr<RuleTable> ReadRuleTable(const std::string& path);

}  // namespace anamnesis::cli
