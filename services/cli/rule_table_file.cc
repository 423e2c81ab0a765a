#include "services/cli/rule_table_file.h"

#include <google/protobuf/util/json_util.h>

#include <fstream>
#include <sstream>

#include "absl/strings/str_cat.h"
#include "base/status.h"

namespace anamnesis::cli {

absl::StatusOr<std::string> ReadText(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();
  if (!file) return absl::NotFoundError(absl::StrCat("cannot read ", path));
  return text.str();
}

absl::StatusOr<medication::v1::RuleTable> ReadRuleTable(const std::string& path) {
  ASSIGN_OR_RETURN(const std::string text, ReadText(path));
  medication::v1::RuleTable table;
  const auto parsed = google::protobuf::util::JsonStringToMessage(text, &table);
  if (!parsed.ok()) return absl::InvalidArgumentError(absl::StrCat(path, ": ", parsed.message().ToString()));
  return table;
}

}  // namespace anamnesis::cli
