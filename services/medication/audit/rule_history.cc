#include "services/medication/audit/rule_history.h"

#include <algorithm>
#include <string>

#include "absl/strings/str_cat.h"
#include "anamnesis/medication/v1/events.pb.h"
#include "base/status.h"
#include "services/medication/domain/medication_decider.h"

namespace anamnesis::medication {
namespace {

constexpr char kFirstDay[] = "1850-01-01";

}  // namespace

absl::StatusOr<RuleHistory> RuleHistory::Read(const eventlog::EventLog& log) {
  RuleHistory history;
  const auto cursor = log.Read({.stream = kRulesStream}, 0, eventlog::Direction::kForwards);
  for (; cursor->Valid(); cursor->Next()) {
    v1::MedicationEvent event;
    if (!event.ParseFromString(cursor->record().payload)) {
      return absl::DataLossError(
          absl::StrCat("the event at position ", cursor->record().position, " cannot be decoded"));
    }
    history.loaded_.emplace_back(cursor->record().position, event.rule_table_loaded().table());
  }
  RETURN_IF_ERROR(cursor->status());
  return history;
}

absl::Status RuleHistory::Replace(const std::vector<v1::RuleTable>& tables) {
  for (const v1::RuleTable& table : tables) {
    RETURN_IF_ERROR(CheckTable(table));
    std::erase_if(loaded_, [&](const auto& entry) { return entry.second.content_case() == table.content_case(); });
    replacing_.push_back(table);
    replacing_.back().set_effective_from(kFirstDay);
  }
  shelves_.clear();
  return absl::OkStatus();
}

absl::StatusOr<std::shared_ptr<const RuleShelf>> RuleHistory::Before(eventlog::Position position) {
  const auto after = std::ranges::find_if(loaded_, [&](const auto& entry) { return entry.first >= position; });
  const auto count = static_cast<size_t>(after - loaded_.begin());
  std::shared_ptr<const RuleShelf>& shelf = shelves_[count];
  if (shelf != nullptr) return shelf;
  std::vector<v1::RuleTable> tables = replacing_;
  for (size_t i = 0; i < count; ++i) tables.push_back(loaded_[i].second);
  ASSIGN_OR_RETURN(RuleShelf made, RuleShelf::Make(tables));
  shelf = std::make_shared<const RuleShelf>(std::move(made));
  return shelf;
}

}  // namespace anamnesis::medication
