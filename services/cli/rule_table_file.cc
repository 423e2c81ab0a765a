#include "services/cli/rule_table_file.h"

#include <google/protobuf/util/json_util.h>

#include <fstream>
#include <sstream>

#include "absl/strings/str_cat.h"
#include "services/cli/format.h"

namespace anamnesis::cli {

absl::StatusOr<RuleTable> ReadRuleTable(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();
  if (!file) return absl::NotFoundError(absl::StrCat("cannot read ", path));
  encounter::v1::RuleTable of_encounter;
  if (google::protobuf::util::JsonStringToMessage(text.str(), &of_encounter).ok() &&
      of_encounter.content_case() != encounter::v1::RuleTable::CONTENT_NOT_SET) {
    return of_encounter;
  }
  medication::v1::RuleTable of_medication;
  const auto parsed = google::protobuf::util::JsonStringToMessage(text.str(), &of_medication);
  if (!parsed.ok()) return absl::InvalidArgumentError(absl::StrCat(path, ": ", OneLine(parsed.message().ToString())));
  return of_medication;
}

}  // namespace anamnesis::cli
