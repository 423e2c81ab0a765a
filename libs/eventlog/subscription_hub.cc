#include "eventlog/subscription_hub.h"

#include <utility>

namespace anamnesis::eventlog {
namespace {

constexpr size_t kMaxLookedAt = 10'000;  // Bounds how long one subscriber holds the lock.

}  // namespace

size_t MemoryBytes(const Record& record) {
  return sizeof(Record) + record.stream.size() + record.event_id.size() + record.type.size() + record.payload.size() +
         record.metadata.actor.size() + record.metadata.on_behalf_of.size() + record.metadata.purpose_of_use.size() +
         record.metadata.correlation_id.size() + record.metadata.causation_id.size() +
         record.metadata.traceparent.size() + record.metadata.decided_against.size() * sizeof(DecidedAgainst);
}

void SubscriptionHub::Publish(const std::vector<std::shared_ptr<const Record>>& records) {
  std::vector<std::shared_ptr<const Record>> evicted;  // Destroyed without the lock.
  std::unordered_map<const void*, std::function<void()>> woken;
  {
    MutexLock lock(mutex_);
    for (const auto& record : records) {
      bytes_ += MemoryBytes(*record);
      recent_.push_back(record);
    }
    while (bytes_ > recent_bytes_) {
      bytes_ -= MemoryBytes(*recent_.front());
      evicted.push_back(std::move(recent_.front()));
      recent_.pop_front();
      ++first_;
    }
    tail_.store(tail_.load(std::memory_order_relaxed) + records.size(), std::memory_order_release);
    if (!records.empty()) woken.swap(waiting_);
  }
  for (auto& [subscriber, wake] : woken) wake();
}

void SubscriptionHub::Erase(std::string_view entity, Position before) {
  MutexLock lock(mutex_);
  for (auto& record : recent_) {
    if (record->position >= before) break;
    if (EntityOf(record->stream) != entity) continue;
    auto erased = std::make_shared<Record>(*record);
    erased->payload = std::string();
    erased->erased = true;
    bytes_ -= MemoryBytes(*record) - MemoryBytes(*erased);
    record = std::move(erased);
  }
}

void SubscriptionHub::Close() {
  std::unordered_map<const void*, std::function<void()>> woken;
  {
    MutexLock lock(mutex_);
    closed_ = true;
    woken.swap(waiting_);
  }
  for (auto& [subscriber, wake] : woken) wake();
}

SubscriptionHub::View SubscriptionHub::Look(Position after, const Filter& filter, size_t max_bytes) const {
  View view;
  view.reached = after;
  MutexLock lock(mutex_);
  view.closed = closed_;
  view.tail = tail_.load(std::memory_order_relaxed);
  view.recent = after + 1 >= first_;
  if (closed_ || !view.recent) return view;
  size_t bytes = 0;
  size_t looked_at = 0;
  while (view.reached < view.tail && looked_at < kMaxLookedAt && (view.records.empty() || bytes < max_bytes)) {
    const auto& record = recent_[++view.reached - first_];
    ++looked_at;
    if (!filter.Matches(*record)) continue;
    bytes += MemoryBytes(*record);
    view.records.push_back(record);
  }
  return view;
}

void SubscriptionHub::WakeBeyond(Position position, const void* subscriber, std::function<void()> wake) {
  {
    MutexLock lock(mutex_);
    if (!closed_ && tail_.load(std::memory_order_relaxed) <= position) {
      waiting_[subscriber] = std::move(wake);
      return;
    }
  }
  wake();
}

void SubscriptionHub::Forget(const void* subscriber) {
  std::function<void()> forgotten;  // Destroyed without the lock: it may own the log's user.
  MutexLock lock(mutex_);
  const auto found = waiting_.find(subscriber);
  if (found == waiting_.end()) return;
  forgotten = std::move(found->second);
  waiting_.erase(found);
}

}  // namespace anamnesis::eventlog
