// SIGINT and SIGTERM while something runs that can be stopped in order.
#pragma once

#include <functional>
#include <thread>

namespace anamnesis::importer {

// Calls `stop` once, in a thread of its own, when one of the signals arrives. After that, and after its end, the
// signals do what they did before, so a second Ctrl-C ends the process. One at a time in a process.
class InterruptGuard {
 public:
  explicit InterruptGuard(std::function<void()> stop);
  ~InterruptGuard();
  InterruptGuard(const InterruptGuard&) = delete;
  InterruptGuard& operator=(const InterruptGuard&) = delete;

 private:
  const std::function<void()> stop_;
  std::thread thread_;
};

}  // namespace anamnesis::importer
