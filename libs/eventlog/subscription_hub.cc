#include "eventlog/subscription_hub.h"

#include <utility>

#include "eventlog/append_run.h"

namespace anamnesis::eventlog {

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
  for (; view.reached < view.tail; ++view.reached) {
    const auto& record = recent_[view.reached + 1 - first_];
    const bool full = view.reached - after >= kMaxLookedAt || (!view.records.empty() && bytes >= max_bytes);
    if (full && !AppendedTogether(MarkOf(*recent_[view.reached - first_]), MarkOf(*record))) break;
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
