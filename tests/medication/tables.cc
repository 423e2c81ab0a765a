#include "tests/medication/tables.h"

#include <gtest/gtest.h>

#include <functional>
#include <utility>

#include "services/medication/rules/table_file.h"

namespace anamnesis::medication {
namespace {

std::vector<v1::RuleTable> Keeping(const std::function<bool(const std::string&)>& keep) {
  std::vector<v1::RuleTable> tables = Tables();
  for (v1::RuleTable& table : tables) {
    if (!table.has_safety()) continue;
    v1::SafetyTable kept;
    for (const v1::SafetySetting& rule : table.safety().rules()) {
      if (keep(rule.id())) *kept.add_rules() = rule;
    }
    *table.mutable_safety() = kept;
  }
  return tables;
}

}  // namespace

std::vector<v1::RuleTable> Tables() {
  auto tables = DefaultTables();
  EXPECT_TRUE(tables.ok()) << tables.status();
  return tables.ok() ? *std::move(tables) : std::vector<v1::RuleTable>();
}

const std::set<std::string>& StewardshipRules() {
  static const auto* const rules = new std::set<std::string>{
      "long-acting-naive", "pdmp-initiation",  "pdmp-renewal",           "agreement-missing", "drug-test-missing",
      "naloxone-missing",  "early-refill",     "drug-test-unexpected",   "initial-supply",    "reassessment-overdue",
      "taper-fast",        "abrupt-stop",      "dose-rise-without-gain", "nsaid-ulcer",       "nsaid-egfr",
      "facts-stale",       "opioid-risk-high", "opioid-risk-moderate"};
  return *rules;
}

std::vector<v1::RuleTable> TablesWithout(const std::set<std::string>& rules) {
  return Keeping([&](const std::string& id) { return !rules.contains(id); });
}

std::vector<v1::RuleTable> TablesWithOnly(const std::set<std::string>& rules) {
  return Keeping([&](const std::string& id) { return rules.contains(id); });
}

std::shared_ptr<const RuleShelf> ShelfOf(const std::vector<v1::RuleTable>& tables) {
  auto shelf = RuleShelf::Make(tables);
  EXPECT_TRUE(shelf.ok()) << shelf.status();
  return shelf.ok() ? std::make_shared<const RuleShelf>(*std::move(shelf)) : nullptr;
}

}  // namespace anamnesis::medication
