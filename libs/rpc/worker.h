// A thread for what takes long or waits for the disk.
#pragma once

#include <deque>
#include <functional>
#include <thread>

#include "absl/status/status.h"
#include "base/mutex.h"

namespace anamnesis::rpc {

// Does one thing after the other on a thread of its own. Thread-safe. The destructor does what is queued first.
class Worker {
 public:
  // Things that may wait before further ones are refused.
  static constexpr size_t kMaxQueued = 64;

  Worker();
  ~Worker();

  // False if too much is waiting.
  bool Do(std::function<void()> task) EXCLUDES(mutex_);

  // OVERLOADED, for who was refused.
  static absl::Status Refusal();

 private:
  void Run() EXCLUDES(mutex_);

  Mutex mutex_;
  CondVar changed_;
  bool stopping_ GUARDED_BY(mutex_) = false;
  std::deque<std::function<void()>> tasks_ GUARDED_BY(mutex_);
  std::thread thread_;
};

}  // namespace anamnesis::rpc
