#include "feed/follower.h"

#include <gtest/gtest.h>

#include <atomic>
#include <thread>

#include "base/clock.h"
#include "base/uuid.h"
#include "eventlog/open.h"
#include "grpcpp/security/server_credentials.h"
#include "grpcpp/server_builder.h"
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

// Says that it has what it does not send.
class FeedWithAGap final : public event::v1::EventFeedService::Service {
 public:
  grpc::Status GetLogStatus(grpc::ServerContext*, const event::v1::GetLogStatusRequest*,
                            event::v1::GetLogStatusResponse* response) override {
    response->set_service("patient");
    response->set_log_id(log_id_);
    response->set_tail_position(3);
    return grpc::Status::OK;
  }
  grpc::Status Subscribe(grpc::ServerContext*, const event::v1::SubscribeRequest* request,
                         grpc::ServerWriter<event::v1::SubscribeResponse>* writer) override {
    ++calls;
    for (const uint64_t position : {1, 3}) {
      if (position <= request->after().position()) continue;
      event::v1::SubscribeResponse message;
      message.set_previous_position(position == 1 ? 0 : 1);
      message.mutable_bookmark()->set_log_id(log_id_);
      message.mutable_bookmark()->set_position(position);
      message.mutable_batch()->add_events()->set_position(position);
      if (!writer->Write(message)) break;
    }
    return grpc::Status::OK;
  }
  std::atomic<int> calls{0};

 private:
  const std::string log_id_ = NewUuid();
};

TEST(FollowerTest, AGapIsAProblemThatIsNamedAndNotApplied) {
  FeedWithAGap feed;
  int port = 0;
  grpc::ServerBuilder builder;
  builder.AddListeningPort("127.0.0.1:0", grpc::InsecureServerCredentials(), &port);
  builder.RegisterService(&feed);
  const auto server = builder.BuildAndStart();
  RememberingSink sink;
  {
    Follower follower("patient", rpc::Connect("127.0.0.1:" + std::to_string(port)), kFeedReader, sink);
    while (feed.calls < 3) std::this_thread::yield();  // It asks again, and is told the same.
    while (follower.state().problem.find("cannot be trusted at position 2") == std::string::npos)
      std::this_thread::yield();
  }
  EXPECT_TRUE(sink.AwaitInOrder(1)) << "the event after the gap was applied";
  server->Shutdown();
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
