// A rule table in a file.
#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "anamnesis/medication/v1/rules.pb.h"

namespace anamnesis::cli {

// A file's text; NOT_FOUND where it cannot be read.
absl::StatusOr<std::string> ReadText(const std::string& path);

// In the JSON form of RuleTable. NOT_FOUND where the file cannot be read, INVALID_ARGUMENT where it is none; whether it
// can be decided by is the server's to say.
absl::StatusOr<medication::v1::RuleTable> ReadRuleTable(const std::string& path);

}  // namespace anamnesis::cli
