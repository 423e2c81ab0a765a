// A subscription to a log: from disk while it is behind, from shared memory when it has caught up.
#pragma once

#include <functional>
#include <memory>

#include "eventlog/commit_log.h"
#include "eventlog/event_log.h"
#include "eventlog/subscription_hub.h"

namespace anamnesis::eventlog {

class LogSubscription final : public Subscription {
 public:
  // Keeps engine and keys until it has told of kClosed.
  LogSubscription(std::shared_ptr<const CommitLog> engine, std::shared_ptr<const PayloadKeys> keys,
                  std::shared_ptr<SubscriptionHub> hub, Filter filter, Position after);
  ~LogSubscription() override { hub_->Forget(this); }

  absl::StatusOr<SubscriptionItem> Poll(size_t max_bytes) override;
  void WhenReady(std::function<void()> wake) override;

 private:
  absl::StatusOr<SubscriptionItem> ReadFromDisk(Position tail, size_t max_bytes);
  // An item from where the subscription is up to `reached`, where it is then.
  SubscriptionItem Item(SubscriptionItem::Kind kind, Position reached);
  SubscriptionItem CaughtUp(Position reached);
  SubscriptionItem Advance(Position reached, Position tail, std::vector<std::shared_ptr<const Record>> records);

  std::shared_ptr<const CommitLog> engine_;
  std::shared_ptr<const PayloadKeys> keys_;  // They read from the engine.
  const std::shared_ptr<SubscriptionHub> hub_;
  const Filter filter_;
  Position position_;
  bool live_ = false;    // Has caught up, and said so.
  bool at_end_ = false;  // Reached what was the end, and has not said so yet.
};

}  // namespace anamnesis::eventlog
