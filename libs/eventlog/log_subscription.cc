#include "eventlog/log_subscription.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "base/status.h"
#include "eventlog/record_walk.h"

namespace anamnesis::eventlog {

LogSubscription::LogSubscription(std::shared_ptr<const CommitLog> engine, std::shared_ptr<const PayloadKeys> keys,
                                 std::shared_ptr<SubscriptionHub> hub, Filter filter, Position after)
    : engine_(std::move(engine)),
      keys_(std::move(keys)),
      hub_(std::move(hub)),
      filter_(std::move(filter)),
      position_(after) {}

SubscriptionItem LogSubscription::Item(SubscriptionItem::Kind kind, Position reached) {
  SubscriptionItem item;
  item.kind = kind;
  item.previous = position_;
  item.position = position_ = reached;
  return item;
}

SubscriptionItem LogSubscription::CaughtUp(Position reached) {
  live_ = true;
  at_end_ = false;
  return Item(SubscriptionItem::Kind::kCaughtUp, reached);
}

SubscriptionItem LogSubscription::Advance(Position reached, Position tail,
                                          std::vector<std::shared_ptr<const Record>> records) {
  at_end_ = !live_ && reached == tail;
  if (at_end_ && records.empty()) return CaughtUp(reached);
  SubscriptionItem item =
      Item(records.empty() ? SubscriptionItem::Kind::kCheckpoint : SubscriptionItem::Kind::kEvents, reached);
  item.records = std::move(records);
  return item;
}

absl::StatusOr<SubscriptionItem> LogSubscription::Poll(size_t max_bytes) {
  // A subscriber that always finds new events at the end would otherwise never hear that it had reached it.
  SubscriptionHub::View view = hub_->Look(position_, filter_, at_end_ ? 0 : max_bytes);
  if (view.closed) {
    keys_.reset();
    engine_.reset();
    return Item(SubscriptionItem::Kind::kClosed, position_);
  }
  if (position_ > view.tail) {
    return absl::OutOfRangeError(absl::StrCat("position ", position_, " is beyond the end of the log, ", view.tail));
  }
  if (at_end_ || (!live_ && position_ == view.tail)) return CaughtUp(position_);
  if (position_ == view.tail) return Item(SubscriptionItem::Kind::kNothingYet, position_);
  if (view.recent) return Advance(view.reached, view.tail, std::move(view.records));
  if (live_) {
    live_ = false;
    return Item(SubscriptionItem::Kind::kFellBehind, position_);
  }
  return ReadFromDisk(view.tail, max_bytes);
}

absl::StatusOr<SubscriptionItem> LogSubscription::ReadFromDisk(Position tail, size_t max_bytes) {
  const auto walk = WalkRecords(*engine_, *keys_, filter_, position_, tail, Direction::kForwards);
  ASSIGN_OR_RETURN(Chunk chunk, ReadChunk(*walk, filter_, {.records = kMaxLookedAt, .bytes = max_bytes}));
  return Advance(chunk.ended ? tail : chunk.reached, tail, std::move(chunk.records));
}

void LogSubscription::WhenReady(std::function<void()> wake) {
  if (!live_) return wake();  // There is always something to say until it has caught up.
  hub_->WakeBeyond(position_, this, std::move(wake));
}

}  // namespace anamnesis::eventlog
