// The rule tables of a log, as they are now.
#pragma once

#include <memory>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "base/mutex.h"
#include "base/status.h"
#include "eventlog/event_log.h"

namespace anamnesis::service {

// D is the domain, whose state has a map `rule_tables`; Shelf a decider::RuleShelf of its tables. Thread-safe.
template <class D, class Shelf>
class RuleKeeper {
 public:
  // `stream` is where the tables are loaded.
  explicit RuleKeeper(std::string stream) : stream_(std::move(stream)) {}

  // All that was loaded until now, including what is not durable yet: for deciding only. DATA_LOSS where an event
  // cannot be decoded.
  absl::StatusOr<std::shared_ptr<const Shelf>> Current(const eventlog::EventLog& log) {
    ASSIGN_OR_RETURN(const eventlog::Version version, log.StreamVersion(stream_));
    MutexLock lock(mutex_);
    if (version > version_) {
      ASSIGN_OR_RETURN(shelf_, ReadShelf(log));
      version_ = version;
    }
    return shelf_;
  }

 private:
  absl::StatusOr<std::shared_ptr<const Shelf>> ReadShelf(const eventlog::EventLog& log) const {
    ASSIGN_OR_RETURN(const std::vector<eventlog::Record> records, log.ReadForDeciding(stream_, 0));
    typename D::State state;
    for (const eventlog::Record& record : records) {
      typename D::Event event;
      if (!event.ParseFromString(record.payload)) {
        return absl::DataLossError(absl::StrCat("the event at position ", record.position, " cannot be decoded"));
      }
      RETURN_IF_ERROR(D::Evolve(state, event));
    }
    using Table = typename std::decay_t<decltype(state.rule_tables())>::mapped_type;
    std::vector<Table> tables;
    for (const auto& [key, table] : state.rule_tables()) tables.push_back(table);
    ASSIGN_OR_RETURN(Shelf shelf, Shelf::Make(tables));
    return std::make_shared<const Shelf>(std::move(shelf));
  }

  const std::string stream_;
  Mutex mutex_;
  eventlog::Version version_ GUARDED_BY(mutex_) = 0;
  std::shared_ptr<const Shelf> shelf_ GUARDED_BY(mutex_);
};

}  // namespace anamnesis::service
