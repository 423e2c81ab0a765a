// All rule tables that were loaded, and which of them are in force when. Immutable; safe for concurrent use.
#pragma once

#include <cstdint>
#include <map>
#include <span>

#include "absl/status/statusor.h"
#include "anamnesis/medication/v1/rules.pb.h"
#include "services/medication/domain/dose/rule_book.h"

namespace anamnesis::medication {

class RuleShelf {
 public:
  // From every version of each table. On a day the highest version that is effective by then is in force; of tables that
  // hold the same (two conversion tables), the one that became effective last. INVALID_ARGUMENT as CheckTable.
  static absl::StatusOr<RuleShelf> Make(std::span<const v1::RuleTable> tables);

  // Those in force at microseconds since 1970, by the day in UTC; without a table before the first is effective.
  const RuleBook& At(int64_t micros) const;

 private:
  std::map<int64_t, RuleBook> from_;  // By the first microsecond.
};

// Those of the shelf, or none where there is none.
const RuleBook& RulesAt(const RuleShelf* shelf, int64_t micros);

}  // namespace anamnesis::medication
