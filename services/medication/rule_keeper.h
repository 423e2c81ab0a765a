// The rule tables of a medication log, as they are now.
#pragma once

#include <memory>

#include "absl/status/statusor.h"
#include "base/mutex.h"
#include "eventlog/event_log.h"
#include "services/medication/domain/rule_shelf.h"

namespace anamnesis::medication {

// Thread-safe.
class RuleKeeper {
 public:
  // All that was loaded until now, including what is not durable yet: for deciding only. DATA_LOSS where an event
  // cannot be decoded.
  absl::StatusOr<std::shared_ptr<const RuleShelf>> Current(const eventlog::EventLog& log);

 private:
  Mutex mutex_;
  eventlog::Version version_ GUARDED_BY(mutex_) = 0;
  std::shared_ptr<const RuleShelf> shelf_ GUARDED_BY(mutex_);
};

}  // namespace anamnesis::medication
