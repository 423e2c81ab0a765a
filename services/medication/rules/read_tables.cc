#include "services/medication/rules/read_tables.h"

#include <google/protobuf/util/json_util.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <utility>

#include "absl/strings/str_cat.h"
#include "base/status.h"
#include "services/medication/domain/dose/rule_book.h"

namespace anamnesis::medication {
namespace {

absl::StatusOr<std::string> ReadText(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();
  if (!file) return absl::NotFoundError(absl::StrCat("cannot read ", path.string()));
  return std::move(text).str();
}

}  // namespace

absl::StatusOr<v1::RuleTable> ParseTable(std::string_view json, const std::string& name) {
  v1::RuleTable table;
  const auto parsed = google::protobuf::util::JsonStringToMessage({json.data(), json.size()}, &table);
  if (!parsed.ok()) return absl::InvalidArgumentError(absl::StrCat(name, ": ", parsed.message().ToString()));
  const absl::Status checked = CheckTable(table);
  if (!checked.ok()) return absl::InvalidArgumentError(absl::StrCat(name, ": ", std::string(checked.message())));
  return table;
}

absl::StatusOr<std::vector<v1::RuleTable>> ReadTables(const std::string& directory) {
  std::error_code error;
  std::vector<std::filesystem::path> paths;
  for (const auto& entry : std::filesystem::directory_iterator(directory, error)) {
    if (entry.path().extension() == ".json") paths.push_back(entry.path());
  }
  if (error)
    return absl::NotFoundError(absl::StrCat("cannot read the rule tables in ", directory, ": ", error.message()));
  std::ranges::sort(paths);
  std::vector<v1::RuleTable> tables;
  for (const std::filesystem::path& path : paths) {
    ASSIGN_OR_RETURN(const std::string text, ReadText(path));
    ASSIGN_OR_RETURN(v1::RuleTable table, ParseTable(text, path.string()));
    tables.push_back(std::move(table));
  }
  return tables;
}

}  // namespace anamnesis::medication
