// What all subscriptions of a log share: where its durable end is, the most recent records, and who waits for more.
#pragma once

#include <atomic>
#include <deque>
#include <functional>
#include <memory>
#include <unordered_map>
#include <vector>

#include "base/mutex.h"
#include "eventlog/event_log.h"
#include "eventlog/record.h"

namespace anamnesis::eventlog {

// Thread-safe. Holds at most `recent_bytes` of records, however many subscriptions there are and however slow they are.
class SubscriptionHub {
 public:
  SubscriptionHub(Position tail, size_t recent_bytes) : recent_bytes_(recent_bytes), tail_(tail), first_(tail + 1) {}

  // Records that became durable, continuing those before. Wakes who waits, from the calling thread.
  void Publish(const std::vector<std::shared_ptr<const Record>>& records);
  // What is in memory of an entity's records before a position is from now on without its payload.
  void Erase(std::string_view entity, Position before);
  // Wakes who waits; from now on Look says so.
  void Close();
  Position Tail() const { return tail_.load(std::memory_order_acquire); }

  // The log at one moment, as seen from a position.
  struct View {
    bool closed = false;
    Position tail = 0;
    bool recent = false;  // What follows the position is still in memory; otherwise it must be read from disk.
    std::vector<std::shared_ptr<const Record>> records;  // Matching ones of those up to `reached`.
    Position reached = 0;
  };
  // Looks at whole appends until matching records take `max_bytes` or kMaxLookedAt bounds how long the lock is held.
  View Look(Position after, const Filter& filter, size_t max_bytes) const;

  // Calls `wake` once when the log reaches beyond `position` or closes; at once, from the calling thread, if it has.
  // Replaces what the same subscriber gave before.
  void WakeBeyond(Position position, const void* subscriber, std::function<void()> wake);
  void Forget(const void* subscriber);

 private:
  const size_t recent_bytes_;

  mutable Mutex mutex_;
  std::atomic<Position> tail_;  // Written with the mutex held.
  bool closed_ GUARDED_BY(mutex_) = false;
  std::deque<std::shared_ptr<const Record>> recent_ GUARDED_BY(mutex_);  // From first_ to tail_.
  Position first_ GUARDED_BY(mutex_);
  size_t bytes_ GUARDED_BY(mutex_) = 0;
  std::unordered_map<const void*, std::function<void()>> waiting_ GUARDED_BY(mutex_);
};

}  // namespace anamnesis::eventlog
