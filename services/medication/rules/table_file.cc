#include "services/medication/rules/table_file.h"

#include <google/protobuf/util/json_util.h>

#include <utility>

#include "absl/strings/str_cat.h"
#include "base/status.h"
#include "services/medication/domain/dose/rule_book.h"
#include "services/medication/rules/default_tables.h"

namespace anamnesis::medication {

absl::StatusOr<v1::RuleTable> ParseTable(std::string_view json, const std::string& name) {
  v1::RuleTable table;
  const auto parsed = google::protobuf::util::JsonStringToMessage({json.data(), json.size()}, &table);
  if (!parsed.ok()) return absl::InvalidArgumentError(absl::StrCat(name, ": ", parsed.message().ToString()));
  const absl::Status checked = CheckTable(table);
  if (!checked.ok()) return absl::InvalidArgumentError(absl::StrCat(name, ": ", std::string(checked.message())));
  return table;
}

absl::StatusOr<std::vector<v1::RuleTable>> DefaultTables() {
  std::vector<v1::RuleTable> tables;
  for (const TableFile& file : DefaultTableFiles()) {
    ASSIGN_OR_RETURN(v1::RuleTable table, ParseTable(file.json, file.name));
    tables.push_back(std::move(table));
  }
  return tables;
}

}  // namespace anamnesis::medication
