#include "services/medication/rules/table_file.h"

#include "service/table_file.h"
#include "services/medication/domain/dose/rule_book.h"
#include "services/medication/rules/default_tables.h"

namespace anamnesis::medication {

absl::StatusOr<v1::RuleTable> ParseTable(std::string_view json, const std::string& name) {
  return service::ParseTable<v1::RuleTable>(json, name, CheckTable);
}

absl::StatusOr<std::vector<v1::RuleTable>> DefaultTables() {
  return service::ParseTables<v1::RuleTable>(DefaultTableFiles(), CheckTable);
}

}  // namespace anamnesis::medication
