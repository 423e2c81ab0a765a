// Keeps a number of calls in flight for a number of calls, and says how long they took.
#pragma once

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <functional>
#include <vector>

#include "base/clock.h"
#include "base/mutex.h"

namespace anamnesis::bench {

// What a round of calls was like.
struct Round {
  double per_second = 0;
  double p50_micros = 0;
  double p99_micros = 0;
  uint64_t failed = 0;
};

// Starts call number `index`; `done(ok)` is called from any thread when it is answered.
using StartCall = std::function<void(uint64_t index, std::function<void(bool ok)> done)>;

// Runs `calls` calls, `in_flight` of them at a time.
inline Round RunLoad(uint64_t calls, uint64_t in_flight, const StartCall& start) {
  struct Shared {
    std::atomic<uint64_t> next{0};
    std::atomic<uint64_t> failed{0};
    std::vector<int64_t> micros;
    Mutex mutex;
    CondVar finished;
    uint64_t left = 0;
  };
  Shared shared;
  shared.micros.resize(calls);
  shared.left = calls;
  std::function<void()> launch = [&] {
    const uint64_t index = shared.next.fetch_add(1);
    if (index >= calls) return;
    const int64_t begin = MonotonicMicros();
    start(index, [&, index, begin](bool ok) {
      shared.micros[index] = MonotonicMicros() - begin;
      if (!ok) shared.failed.fetch_add(1);
      launch();
      MutexLock lock(shared.mutex);
      if (--shared.left == 0) shared.finished.NotifyAll();
    });
  };
  const int64_t begin = MonotonicMicros();
  for (uint64_t i = 0; i < std::min(in_flight, calls); ++i) launch();
  {
    MutexLock lock(shared.mutex);
    shared.finished.Wait(shared.mutex, [&] { return shared.left == 0; });
  }
  const double seconds = static_cast<double>(MonotonicMicros() - begin) / 1e6;
  std::sort(shared.micros.begin(), shared.micros.end());
  return {.per_second = static_cast<double>(calls) / seconds,
          .p50_micros = static_cast<double>(shared.micros[calls / 2]),
          .p99_micros = static_cast<double>(shared.micros[calls * 99 / 100]),
          .failed = shared.failed.load()};
}

inline double Median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  return values[values.size() / 2];
}

}  // namespace anamnesis::bench
