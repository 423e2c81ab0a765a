// Follows the feed of another service for as long as it lives, and hands what it says to a sink.
#pragma once

#include <atomic>
#include <memory>
#include <string>
#include <thread>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "anamnesis/event/v1/feed_service.grpc.pb.h"
#include "base/link_state.h"
#include "base/mutex.h"
#include "grpcpp/channel.h"
#include "rpc/call_context.h"

namespace anamnesis::feed {

// Where followed events go. Called by the follower's thread only.
class FollowSink {
 public:
  virtual ~FollowSink() = default;
  // The last position that is kept; 0 at first. FAILED_PRECONDITION if what is kept came from another log than
  // `log_id`.
  virtual absl::StatusOr<uint64_t> Resume(const std::string& log_id) = 0;
  // Keeps the effect of the events together with the position of the last one, or neither.
  virtual absl::Status Apply(const event::v1::EventBatch& batch) = 0;
};

// Connects, resumes after what the sink keeps, and connects again with back-off whenever the stream ends, and where the
// feed breaks a promise (FeedChecker): what came so is not applied. Runs one thread, which the destructor stops.
// Thread-safe.
class Follower {
 public:
  // `service` is the followed one: `patient`. Sink outlives this.
  Follower(std::string service, std::shared_ptr<grpc::Channel> channel, rpc::Caller caller, FollowSink& sink);
  ~Follower();

  // Connected once something was received and, if it was events, applied.
  LinkState state() const { return tracker_.Get(); }

 private:
  void Run();
  // Names the call to be cancelled on stopping, or none; false when stopping.
  bool SetCall(grpc::ClientContext* call);
  absl::StatusOr<event::v1::GetLogStatusResponse> LogStatus();
  // One connection, until it ends.
  absl::Status FollowOnce();
  // Hands on what one message says, and keeps the link's state.
  absl::Status Take(const event::v1::SubscribeResponse& response);

  const std::string service_;
  const rpc::Caller caller_;
  FollowSink& sink_;
  const std::unique_ptr<event::v1::EventFeedService::Stub> stub_;
  LinkTracker tracker_;

  Mutex mutex_;
  CondVar stopped_;
  bool stopping_ GUARDED_BY(mutex_) = false;
  grpc::ClientContext* call_ GUARDED_BY(mutex_) = nullptr;  // The one under way, to be cancelled.

  std::thread thread_;
};

}  // namespace anamnesis::feed
