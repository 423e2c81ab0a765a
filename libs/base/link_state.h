// How a connection to another service fares: what health, metrics and status say of it.
#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>

#include "base/mutex.h"

namespace anamnesis {

// A snapshot of one link. `oldest_pending_micros` is when the first event beyond `position` was recorded, as far as
// known; 0 where nothing is pending.
struct LinkState {
  bool connected = false;
  uint64_t position = 0;
  uint64_t tail = 0;
  int64_t oldest_pending_micros = 0;
  int64_t current_micros = 0;  // While it is disconnected: when it was last known to be current; 0: never.
  std::string problem;

  bool healthy() const { return connected && problem.empty(); }
  uint64_t lag_events() const { return tail > position ? tail - position : 0; }
  double lag_seconds(int64_t now_micros) const {
    if (lag_events() == 0 || oldest_pending_micros == 0) return 0;
    return static_cast<double>(std::max<int64_t>(0, now_micros - oldest_pending_micros)) / 1e6;
  }
  // How old what has been followed is at the most; nothing: unknown.
  std::optional<int64_t> age_micros(int64_t now_micros) const {
    if (connected) return static_cast<int64_t>(lag_seconds(now_micros) * 1e6);
    if (current_micros == 0) return std::nullopt;
    return std::max<int64_t>(0, now_micros - current_micros);
  }
};

// The one place where a link's state is kept. Thread-safe.
class LinkTracker {
 public:
  LinkState Get() const EXCLUDES(mutex_) {
    MutexLock lock(mutex_);
    return state_;
  }
  template <class Change>
  void Update(Change change) EXCLUDES(mutex_) {
    MutexLock lock(mutex_);
    change(state_);
  }
  void Disconnected(std::string problem, int64_t now_micros = 0) EXCLUDES(mutex_) {
    MutexLock lock(mutex_);
    if (state_.connected) state_.current_micros = state_.lag_events() == 0 ? now_micros : state_.oldest_pending_micros;
    state_.connected = false;
    state_.problem = std::move(problem);
  }

 private:
  mutable Mutex mutex_;
  LinkState state_ GUARDED_BY(mutex_);
};

}  // namespace anamnesis
