// Time as the machinery sees it: microseconds since 1970-01-01T00:00Z, injected so that tests decide what time it is.
#pragma once

#include <atomic>
#include <cstdint>

#include "google/protobuf/timestamp.pb.h"

namespace anamnesis {

// A source of wall-clock time. Thread-safe.
class Clock {
 public:
  virtual ~Clock() = default;
  // Microseconds since the Unix epoch; may jump either way.
  virtual int64_t NowMicros() const = 0;
};

// The machine's clock; lives for ever.
const Clock& SystemClock();

// A clock that stands still until it is set.
class ManualClock final : public Clock {
 public:
  explicit ManualClock(int64_t micros) : micros_(micros) {}
  int64_t NowMicros() const override { return micros_.load(); }
  void Set(int64_t micros) { micros_.store(micros); }
  void Advance(int64_t micros) { micros_.fetch_add(micros); }

 private:
  std::atomic<int64_t> micros_;
};

// Microseconds since some fixed instant, for measuring durations only.
int64_t MonotonicMicros();

// Conversions; a Timestamp finer than a microsecond is rounded down.
google::protobuf::Timestamp ToTimestamp(int64_t micros);
int64_t ToMicros(const google::protobuf::Timestamp& timestamp);

}  // namespace anamnesis
