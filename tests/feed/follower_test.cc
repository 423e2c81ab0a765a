#include "feed/follower.h"

#include <gtest/gtest.h>

#include <atomic>
#include <thread>

#include "base/clock.h"
#include "base/uuid.h"
#include "eventlog/open.h"
#include "tests/feed/feed_server.h"

namespace anamnesis::feed {
namespace {

// Remembers what it was given, as a store would.
class RememberingSink final : public FollowSink {
 public:
  absl::StatusOr<uint64_t> Resume(const std::string&) override {
    MutexLock lock(mutex_);
    return positions_.size();
  }
  absl::Status Apply(const event::v1::EventBatch& batch) override {
    MutexLock lock(mutex_);
    for (const auto& event : batch.events()) positions_.push_back(event.position());
    changed_.NotifyAll();
    return absl::OkStatus();
  }
  // Waits for so many events; true if they are 1, 2, 3 …
  bool AwaitInOrder(size_t count) {
    MutexLock lock(mutex_);
    changed_.WaitFor(mutex_, std::chrono::seconds(30), [&] { return positions_.size() >= count; });
    for (size_t i = 0; i < positions_.size(); ++i) {
      if (positions_[i] != i + 1) return false;
    }
    return positions_.size() == count;
  }

 private:
  Mutex mutex_;
  CondVar changed_;
  std::vector<uint64_t> positions_;
};

void Append(eventlog::EventLog& log, int events) {
  eventlog::StreamAppend append{.stream = "patient-" + NewUuid()};
  for (int i = 0; i < events; ++i) append.events.push_back({.event_id = NewUuid(), .type = "test.Event"});
  ASSERT_TRUE(log.AppendAndWait({.streams = {append}}).ok());
}

TEST(FollowerTest, SeesWhatWasRecordedBeforeAndAfterItCame) {
  const auto log = eventlog::NewMemoryLog({});
  Append(*log, 10);
  FeedServer server(*log);
  RememberingSink sink;
  Follower follower("patient", rpc::Connect(server.address()), kFeedReader, sink);
  EXPECT_TRUE(sink.AwaitInOrder(10));
  Append(*log, 5);
  EXPECT_TRUE(sink.AwaitInOrder(15));
  while (follower.state().position < 15) std::this_thread::yield();
  EXPECT_TRUE(follower.state().healthy());
  EXPECT_EQ(follower.state().lag_events(), 0u);
}

TEST(FollowerTest, WhatCannotBeAppliedIsAProblemWithALag) {
  class RefusingSink final : public FollowSink {
   public:
    absl::StatusOr<uint64_t> Resume(const std::string&) override { return 0; }
    absl::Status Apply(const event::v1::EventBatch&) override {
      ++tries;
      return absl::DataLossError("cannot be applied");
    }
    std::atomic<int> tries{0};
  };
  const auto log = eventlog::NewMemoryLog({});
  Append(*log, 2);
  FeedServer server(*log);
  RefusingSink sink;
  Follower follower("patient", rpc::Connect(server.address()), kFeedReader, sink);
  while (sink.tries < 3) {
    EXPECT_FALSE(follower.state().connected);
    std::this_thread::yield();
  }
  const LinkState state = follower.state();
  EXPECT_EQ(state.problem, "cannot be applied");
  EXPECT_EQ(state.lag_events(), 2u);
  EXPECT_GT(state.lag_seconds(SystemClock().NowMicros()), 0);
}

TEST(FollowerTest, GoesOnWhereItWasWhenTheFeedComesBack) {
  const auto log = eventlog::NewMemoryLog({});
  Append(*log, 3);
  auto server = std::make_unique<FeedServer>(*log);
  RememberingSink sink;
  Follower follower("patient", rpc::Connect(server->address()), kFeedReader, sink);
  ASSERT_TRUE(sink.AwaitInOrder(3));
  const int port = server->port();
  server.reset();
  Append(*log, 4);
  server = std::make_unique<FeedServer>(*log, "patient", port);
  EXPECT_TRUE(sink.AwaitInOrder(7));
}

TEST(FollowerTest, AnotherServiceAtTheAddressIsAProblemThatIsNamed) {
  const auto log = eventlog::NewMemoryLog({});
  Append(*log, 1);
  FeedServer server(*log, "encounter");
  RememberingSink sink;
  Follower follower("patient", rpc::Connect(server.address()), kFeedReader, sink);
  while (follower.state().problem.find("serves 'encounter'") == std::string::npos) std::this_thread::yield();
  EXPECT_FALSE(follower.state().healthy());
  EXPECT_TRUE(sink.AwaitInOrder(0));
}

}  // namespace
}  // namespace anamnesis::feed
