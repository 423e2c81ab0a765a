// Which rule tables the record had when.
#pragma once

#include <map>
#include <memory>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "eventlog/event_log.h"
#include "services/medication/domain/rule_shelf.h"

namespace anamnesis::medication {

// Not thread-safe.
class RuleHistory {
 public:
  // As the log has it now. DATA_LOSS where an event cannot be decoded.
  static absl::StatusOr<RuleHistory> Read(const eventlog::EventLog& log);

  // Each table given takes the place of those that hold the same, from the beginning. INVALID_ARGUMENT as CheckTable.
  absl::Status Replace(const std::vector<v1::RuleTable>& tables);

  // Those loaded before the position.
  absl::StatusOr<std::shared_ptr<const RuleShelf>> Before(eventlog::Position position);

 private:
  std::vector<std::pair<eventlog::Position, v1::RuleTable>> loaded_;  // In the order of the log.
  std::vector<v1::RuleTable> replacing_;
  std::map<size_t, std::shared_ptr<const RuleShelf>> shelves_;  // By how many of `loaded_` are on it.
};

}  // namespace anamnesis::medication
