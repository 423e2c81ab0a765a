// Which rule tables the record had when.
#pragma once

#include <algorithm>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "base/status.h"
#include "eventlog/event_log.h"

namespace anamnesis::service {

// Event is a domain's, with the member `rule_table_loaded`; Shelf a decider::RuleShelf of its tables. Not thread-safe.
template <class Event, class Shelf>
class RuleHistory {
 public:
  using Table = std::decay_t<decltype(std::declval<Event>().rule_table_loaded().table())>;

  // As the log has it now, of the stream in which tables are loaded. DATA_LOSS where an event cannot be decoded.
  static absl::StatusOr<RuleHistory> Read(const eventlog::EventLog& log, const std::string& stream) {
    RuleHistory history;
    const auto cursor = log.Read({.stream = stream}, 0, eventlog::Direction::kForwards);
    for (; cursor->Valid(); cursor->Next()) {
      Event event;
      if (!event.ParseFromString(cursor->record().payload)) {
        return absl::DataLossError(
            absl::StrCat("the event at position ", cursor->record().position, " cannot be decoded"));
      }
      history.loaded_.emplace_back(cursor->record().position, event.rule_table_loaded().table());
    }
    RETURN_IF_ERROR(cursor->status());
    return history;
  }

  // Each table given takes the place of those that hold the same, from the beginning. INVALID_ARGUMENT as Shelf::Make.
  template <class Tables>
  absl::Status Replace(const Tables& tables) {
    constexpr char kFirstDay[] = "1850-01-01";
    for (const Table& table : tables) {
      RETURN_IF_ERROR(Shelf::Make(std::span(&table, 1)).status());
      std::erase_if(loaded_, [&](const auto& entry) { return entry.second.content_case() == table.content_case(); });
      replacing_.push_back(table);
      replacing_.back().set_effective_from(kFirstDay);
    }
    shelves_.clear();
    return absl::OkStatus();
  }

  // Those loaded before the position.
  absl::StatusOr<std::shared_ptr<const Shelf>> Before(eventlog::Position position) {
    const auto after = std::ranges::find_if(loaded_, [&](const auto& entry) { return entry.first >= position; });
    const auto count = static_cast<size_t>(after - loaded_.begin());
    std::shared_ptr<const Shelf>& shelf = shelves_[count];
    if (shelf != nullptr) return shelf;
    std::vector<Table> tables = replacing_;
    for (size_t i = 0; i < count; ++i) tables.push_back(loaded_[i].second);
    ASSIGN_OR_RETURN(Shelf made, Shelf::Make(tables));
    shelf = std::make_shared<const Shelf>(std::move(made));
    return shelf;
  }

 private:
  std::vector<std::pair<eventlog::Position, Table>> loaded_;  // In the order of the log.
  std::vector<Table> replacing_;
  std::map<size_t, std::shared_ptr<const Shelf>> shelves_;  // By how many of `loaded_` are on it.
};

}  // namespace anamnesis::service
