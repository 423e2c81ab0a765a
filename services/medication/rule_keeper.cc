#include "services/medication/rule_keeper.h"

#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "base/status.h"
#include "services/medication/domain/medication_decider.h"

namespace anamnesis::medication {
namespace {

absl::StatusOr<std::shared_ptr<const RuleShelf>> ReadShelf(const eventlog::EventLog& log) {
  ASSIGN_OR_RETURN(const std::vector<eventlog::Record> records, log.ReadForDeciding(kRulesStream, 0));
  v1::MedicationState state;
  for (const eventlog::Record& record : records) {
    v1::MedicationEvent event;
    if (!event.ParseFromString(record.payload)) {
      return absl::DataLossError(absl::StrCat("the event at position ", record.position, " cannot be decoded"));
    }
    RETURN_IF_ERROR(MedicationDecider::Evolve(state, event));
  }
  std::vector<v1::RuleTable> tables;
  for (const auto& [id, table] : state.rule_tables()) tables.push_back(table);
  ASSIGN_OR_RETURN(RuleShelf shelf, RuleShelf::Make(tables));
  return std::make_shared<const RuleShelf>(std::move(shelf));
}

}  // namespace

absl::StatusOr<std::shared_ptr<const RuleShelf>> RuleKeeper::Current(const eventlog::EventLog& log) {
  ASSIGN_OR_RETURN(const eventlog::Version version, log.StreamVersion(kRulesStream));
  MutexLock lock(mutex_);
  if (version > version_) {
    ASSIGN_OR_RETURN(shelf_, ReadShelf(log));
    version_ = version;
  }
  return shelf_;
}

}  // namespace anamnesis::medication
