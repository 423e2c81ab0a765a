#include "services/medication/domain/rule_shelf.h"

#include <set>
#include <utility>
#include <vector>

#include "base/status.h"
#include "services/medication/domain/civil_day.h"

namespace anamnesis::medication {
namespace {

const RuleBook& NoRules() {
  static const RuleBook* const none = new RuleBook();
  return *none;
}

}  // namespace

absl::StatusOr<RuleShelf> RuleShelf::Make(std::span<const v1::RuleTable> tables) {
  std::set<int64_t> days;
  for (const v1::RuleTable& table : tables) {
    RETURN_IF_ERROR(CheckTable(table));
    days.insert(*DayBegin(table.effective_from()));
  }
  RuleShelf shelf;
  for (const int64_t day : days) {
    std::map<std::string, const v1::RuleTable*> effective;  // By id, the highest version.
    for (const v1::RuleTable& table : tables) {
      if (*DayBegin(table.effective_from()) > day) continue;
      const v1::RuleTable*& highest = effective[table.id()];
      if (highest == nullptr || highest->version() < table.version()) highest = &table;
    }
    std::map<v1::RuleTable::ContentCase, const v1::RuleTable*> in_force;
    for (const auto& [id, candidate] : effective) {
      const v1::RuleTable& table = *candidate;
      const v1::RuleTable*& newest = in_force[table.content_case()];
      if (newest == nullptr ||
          std::pair(newest->effective_from(), newest->id()) < std::pair(table.effective_from(), table.id())) {
        newest = &table;
      }
    }
    std::vector<v1::RuleTable> chosen;
    for (const auto& [content, table] : in_force) chosen.push_back(*table);
    ASSIGN_OR_RETURN(RuleBook book, RuleBook::Make(chosen));
    shelf.from_.emplace(day, std::move(book));
  }
  return shelf;
}

const RuleBook& RuleShelf::At(int64_t micros) const {
  const auto after = from_.upper_bound(micros);
  return after == from_.begin() ? NoRules() : std::prev(after)->second;
}

const RuleBook& RulesAt(const RuleShelf* shelf, int64_t micros) {
  return shelf == nullptr ? NoRules() : shelf->At(micros);
}

}  // namespace anamnesis::medication
