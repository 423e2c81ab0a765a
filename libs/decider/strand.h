// Runs tasks one after the other, in the order of posting, without a thread of its own.
#pragma once

#include <deque>
#include <functional>

#include "base/mutex.h"

namespace anamnesis::decider {

// Whoever posts to an idle strand runs its tasks, also those that others post meanwhile; nobody ever waits for it.
// Thread-safe. Must outlive its tasks.
class Strand {
 public:
  void Post(std::function<void()> task) EXCLUDES(mutex_);

 private:
  Mutex mutex_;
  std::deque<std::function<void()>> tasks_ GUARDED_BY(mutex_);
  bool running_ GUARDED_BY(mutex_) = false;
};

}  // namespace anamnesis::decider
