// All versions of a service's rule tables, and which of them are in force when.
#pragma once

#include <cstdint>
#include <iterator>
#include <map>
#include <set>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "base/civil_day.h"
#include "base/status.h"

namespace anamnesis::decider {

// Table is a message with `id`, `version`, `effective_from` (a day) and the oneof `content`. Book is made from the
// tables that are in force together, `Book::Make(std::span<const Table>)`, which refuses a table that cannot be decided
// by; a default Book holds none. Immutable; safe for concurrent use.
template <class Table, class Book>
class RuleShelf {
 public:
  // From every version of each table. On a day the highest version that is effective by then is in force; of tables
  // that hold the same, the one that became effective last. INVALID_ARGUMENT as Book::Make.
  static absl::StatusOr<RuleShelf> Make(std::span<const Table> tables) {
    std::set<int64_t> days;
    for (const Table& table : tables) {
      RETURN_IF_ERROR(Book::Make(std::span(&table, 1)).status());
      days.insert(*DayBegin(table.effective_from()));
    }
    RuleShelf shelf;
    for (const int64_t day : days) {
      ASSIGN_OR_RETURN(Book book, Book::Make(InForce(tables, day)));
      shelf.from_.emplace(day, std::move(book));
    }
    return shelf;
  }

  // Those in force at microseconds since 1970, by the day in UTC; without a table before the first is effective.
  const Book& At(int64_t micros) const {
    const auto after = from_.upper_bound(micros);
    return after == from_.begin() ? None() : std::prev(after)->second;
  }

  static const Book& None() {
    static const Book* const none = new Book();
    return *none;
  }

 private:
  static std::vector<Table> InForce(std::span<const Table> tables, int64_t day) {
    std::map<std::string, const Table*> effective;  // By id, the highest version.
    for (const Table& table : tables) {
      if (*DayBegin(table.effective_from()) > day) continue;
      const Table*& highest = effective[table.id()];
      if (highest == nullptr || highest->version() < table.version()) highest = &table;
    }
    std::map<int, const Table*> in_force;  // By what they hold.
    for (const auto& [id, table] : effective) {
      const Table*& newest = in_force[static_cast<int>(table->content_case())];
      if (newest == nullptr ||
          std::pair(newest->effective_from(), newest->id()) < std::pair(table->effective_from(), table->id())) {
        newest = table;
      }
    }
    std::vector<Table> chosen;
    for (const auto& [content, table] : in_force) chosen.push_back(*table);
    return chosen;
  }

  std::map<int64_t, Book> from_;  // By the first microsecond.
};

// Those of the shelf, or none where there is none.
template <class Table, class Book>
const Book& RulesAt(const RuleShelf<Table, Book>* shelf, int64_t micros) {
  return shelf == nullptr ? RuleShelf<Table, Book>::None() : shelf->At(micros);
}

}  // namespace anamnesis::decider
