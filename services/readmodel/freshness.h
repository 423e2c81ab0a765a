// Lets queries wait until the views include what they ask for.
#pragma once

#include <cstdint>
#include <functional>
#include <list>
#include <map>
#include <string>
#include <thread>

#include "absl/status/status.h"
#include "base/clock.h"
#include "base/mutex.h"

namespace anamnesis::readmodel {

// By service, a position in its log.
using Positions = std::map<std::string, uint64_t>;

// True if every wanted position is reached; a service that is missing in `applied` is at 0.
bool Reached(const Positions& wanted, const Positions& applied);

// NOT_CAUGHT_UP, with how many events are missing of each service.
absl::Status NotCaughtUp(const Positions& wanted, const Positions& applied);

inline constexpr size_t kMaxWaiting = 4'096;

// A list of waiting queries and one thread that goes on with them, so that no thread waits for each and none of gRPC's
// or of the one that applies is held up. Thread-safe. What it is made with outlives it.
class Freshness {
 public:
  Freshness(std::function<Positions()> applied, const Clock& clock);
  ~Freshness();

  // Calls `then` once, from this object's thread: with OK when the positions are reached, with NOT_CAUGHT_UP at the
  // deadline (by the clock), with SHUTTING_DOWN when it is closed; at once if it was closed before, or with OVERLOADED
  // where kMaxWaiting wait already: also who has hung up waits until then.
  void Wait(Positions wanted, int64_t deadline_micros, std::function<void(absl::Status)> then) EXCLUDES(mutex_);

  // The applied positions may have changed.
  void Advanced() EXCLUDES(mutex_);

  // Lets everybody go. Idempotent; the destructor calls it.
  void Close() EXCLUDES(mutex_);

 private:
  struct Waiter {
    Positions wanted;
    int64_t deadline_micros;
    std::function<void(absl::Status)> then;
  };

  void Run() EXCLUDES(mutex_);
  int64_t MicrosToNextDeadline() const REQUIRES(mutex_);

  const std::function<Positions()> applied_;
  const Clock& clock_;

  Mutex mutex_;
  CondVar changed_;
  bool advanced_ GUARDED_BY(mutex_) = false;
  bool closed_ GUARDED_BY(mutex_) = false;
  std::list<Waiter> waiters_ GUARDED_BY(mutex_);

  std::thread thread_;
};

}  // namespace anamnesis::readmodel
