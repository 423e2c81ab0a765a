// Rule tables as people keep them: JSON files.
#pragma once

#include <google/protobuf/util/json_util.h>

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "base/status.h"

namespace anamnesis::service {

struct TableFile {
  std::string name;
  std::string json;
};

// A table in the JSON form of its message; a field that it does not have is an error, and so is what `check` finds.
// INVALID_ARGUMENT begins with `name` and says where and what.
template <class Table>
absl::StatusOr<Table> ParseTable(std::string_view json, const std::string& name, absl::Status (*check)(const Table&)) {
  Table table;
  const auto parsed = google::protobuf::util::JsonStringToMessage({json.data(), json.size()}, &table);
  if (!parsed.ok()) return absl::InvalidArgumentError(absl::StrCat(name, ": ", parsed.message().ToString()));
  const absl::Status checked = check(table);
  if (!checked.ok()) return absl::InvalidArgumentError(absl::StrCat(name, ": ", std::string(checked.message())));
  return table;
}

// Those of the files.
template <class Table>
absl::StatusOr<std::vector<Table>> ParseTables(const std::vector<TableFile>& files,
                                               absl::Status (*check)(const Table&)) {
  std::vector<Table> tables;
  for (const TableFile& file : files) {
    ASSIGN_OR_RETURN(Table table, ParseTable<Table>(file.json, file.name, check));
    tables.push_back(std::move(table));
  }
  return tables;
}

}  // namespace anamnesis::service
