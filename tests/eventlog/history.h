// Random histories, and what a reader of one must be told: an oracle that shares no code with the log.
#pragma once

#include <cstdint>
#include <random>
#include <string>
#include <vector>

#include "base/mutex.h"
#include "eventlog/event_log.h"

namespace anamnesis::eventlog {

using Random = std::mt19937_64;

// The seed of a random test: $ANAMNESIS_SEED, or a new one at every run. To be printed with every failure.
uint64_t TestSeed();

// Uniform in 0 to `count` - 1.
size_t Pick(Random& random, size_t count);

// One message of a subscription as a reader kept it.
struct Told {
  Position previous = 0;
  Position position = 0;
  std::vector<Position> events;
};

// What was appended. Thread-safe; appends may be added in any order.
class History {
 public:
  // Invents streams of a few entities and categories.
  explicit History(Random& random);

  // One to many events for one to three streams, now and then more than any message should hold.
  AppendRequest SomeAppend(Random& random) const;
  // By stream, entity, category, type and share, each or none of them.
  Filter SomeFilter(Random& random) const;

  void Add(const AppendRequest& request, const AppendResult& result);
  // Forgets what a log lost that ends at `tail` now.
  void CutAfter(Position tail);
  Position Tail() const;
  // Whether an append ends at the position, or nothing is there.
  bool EndsAppend(Position position) const;
  // Whether both events were appended together.
  bool Together(Position one, Position other) const;

  // The positions after `after` up to `until` that the filter wants.
  std::vector<Position> Wanted(const Filter& filter, Position after, Position until) const;
  // What is wrong with what a subscription from `after` on was told: events that are missing, repeated, disordered, not
  // wanted or torn, messages that do not continue one another. Empty: nothing.
  std::string Complaint(const Filter& filter, Position after, const std::vector<Told>& messages) const;

 private:
  struct Event {
    std::string stream;
    std::string type;
    Position append_first = 0;
    Position append_last = 0;
  };

  std::vector<Position> WantedLocked(const Filter& filter, Position after, Position until) const REQUIRES(mutex_);

  std::vector<std::string> entities_;
  mutable Mutex mutex_;
  std::vector<Event> events_ GUARDED_BY(mutex_);  // By position, from 1.
};

}  // namespace anamnesis::eventlog
