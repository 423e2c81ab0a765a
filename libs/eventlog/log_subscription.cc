#include "eventlog/log_subscription.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "eventlog/record_walk.h"

namespace anamnesis::eventlog {
namespace {

constexpr size_t kMaxReadAtOnce = 10'000;  // Records of one Poll, matching or not.

}  // namespace

LogSubscription::LogSubscription(std::shared_ptr<const CommitLog> engine, std::shared_ptr<const PayloadKeys> keys,
                                 std::shared_ptr<SubscriptionHub> hub, Filter filter, Position after)
    : engine_(std::move(engine)),
      keys_(std::move(keys)),
      hub_(std::move(hub)),
      filter_(std::move(filter)),
      position_(after) {}

SubscriptionItem LogSubscription::Item(SubscriptionItem::Kind kind) const {
  SubscriptionItem item;
  item.kind = kind;
  item.position = position_;
  return item;
}

SubscriptionItem LogSubscription::CaughtUp() {
  live_ = true;
  at_end_ = false;
  return Item(SubscriptionItem::Kind::kCaughtUp);
}

SubscriptionItem LogSubscription::Advance(Position reached, Position tail,
                                          std::vector<std::shared_ptr<const Record>> records) {
  position_ = reached;
  at_end_ = !live_ && reached == tail;
  if (at_end_ && records.empty()) return CaughtUp();
  SubscriptionItem item = Item(records.empty() ? SubscriptionItem::Kind::kCheckpoint : SubscriptionItem::Kind::kEvents);
  item.records = std::move(records);
  return item;
}

absl::StatusOr<SubscriptionItem> LogSubscription::Poll(size_t max_bytes) {
  // A subscriber that always finds new events at the end would otherwise never hear that it had reached it.
  SubscriptionHub::View view = hub_->Look(position_, filter_, at_end_ ? 0 : max_bytes);
  if (view.closed) {
    keys_.reset();
    engine_.reset();
    return Item(SubscriptionItem::Kind::kClosed);
  }
  if (position_ > view.tail) {
    return absl::OutOfRangeError(absl::StrCat("position ", position_, " is beyond the end of the log, ", view.tail));
  }
  if (at_end_ || (!live_ && position_ == view.tail)) return CaughtUp();
  if (position_ == view.tail) return Item(SubscriptionItem::Kind::kNothingYet);
  if (view.recent) return Advance(view.reached, view.tail, std::move(view.records));
  if (live_) {
    live_ = false;
    return Item(SubscriptionItem::Kind::kFellBehind);
  }
  return ReadFromDisk(view.tail, max_bytes);
}

absl::StatusOr<SubscriptionItem> LogSubscription::ReadFromDisk(Position tail, size_t max_bytes) {
  std::vector<std::shared_ptr<const Record>> records;
  size_t bytes = 0;
  size_t read = 0;
  Position reached = position_;
  const auto walk = WalkRecords(*engine_, *keys_, filter_, position_, tail, Direction::kForwards);
  while (walk->Valid() && read < kMaxReadAtOnce && (records.empty() || bytes < max_bytes)) {
    ++read;
    reached = walk->record().position;
    if (filter_.Matches(walk->record())) {
      records.push_back(std::make_shared<const Record>(walk->Take()));
      bytes += MemoryBytes(*records.back());
    }
    walk->Next();
  }
  if (walk->status().ok() && !walk->Valid()) reached = tail;
  if (reached == position_) return walk->status();  // Damaged, and everything before it has been given.
  return Advance(reached, tail, std::move(records));
}

void LogSubscription::WhenReady(std::function<void()> wake) {
  if (!live_) return wake();  // There is always something to say until it has caught up.
  hub_->WakeBeyond(position_, this, std::move(wake));
}

}  // namespace anamnesis::eventlog
