// The rule tables of the repository, or some of their rules.
#pragma once

#include <memory>
#include <set>
#include <string>
#include <vector>

#include "services/medication/domain/rule_shelf.h"

namespace anamnesis::medication {

std::vector<v1::RuleTable> Tables();
// The safety rules that need the stewardship record, the patient's conditions or the length of the therapy.
const std::set<std::string>& StewardshipRules();
// The tables without some of the safety rules, or with these only.
std::vector<v1::RuleTable> TablesWithout(const std::set<std::string>& rules);
std::vector<v1::RuleTable> TablesWithOnly(const std::set<std::string>& rules);

std::shared_ptr<const RuleShelf> ShelfOf(const std::vector<v1::RuleTable>& tables);

}  // namespace anamnesis::medication
