#include "feed/follower.h"

#include <algorithm>
#include <chrono>
#include <utility>

#include "absl/strings/str_cat.h"
#include "base/backoff.h"
#include "base/clock.h"
#include "base/refusal.h"
#include "base/scratch.h"
#include "base/status.h"
#include "feed/feed_checker.h"
#include "rpc/client.h"
#include "rpc/log.h"
#include "rpc/status.h"

namespace anamnesis::feed {
namespace {

namespace v1 = event::v1;

constexpr std::chrono::milliseconds kFirstWait{50};
constexpr std::chrono::milliseconds kLastWait{2'000};
constexpr std::chrono::milliseconds kStatusTimeout{5'000};

}  // namespace

Follower::Follower(std::string service, std::shared_ptr<grpc::Channel> channel, rpc::Caller caller, FollowSink& sink)
    : service_(std::move(service)),
      caller_(std::move(caller)),
      sink_(sink),
      stub_(v1::EventFeedService::NewStub(std::move(channel))),
      thread_([this] { Run(); }) {}

Follower::~Follower() {
  {
    MutexLock lock(mutex_);
    stopping_ = true;
    if (call_ != nullptr) call_->TryCancel();
    stopped_.NotifyAll();
  }
  thread_.join();
}

void Follower::Run() {
  Backoff backoff(kFirstWait, kLastWait);
  std::string told;
  while (true) {
    const absl::Status status = FollowOnce();
    if (tracker_.Get().connected) backoff.Reset();
    const std::string problem = RefusalText(status);
    tracker_.Disconnected(problem, SystemClock().NowMicros());
    if (told != status.message()) {  // Once per problem, not once per try.
      told = std::string(status.message());
      rpc::Log(rpc::LogLevel::kWarning, "feed ended, will connect again",
               {
                   {"source", service_},
                   {"error",  problem }
      });
    }
    MutexLock lock(mutex_);
    if (stopped_.WaitFor(mutex_, backoff.Next(), [this]() NO_THREAD_SAFETY_ANALYSIS { return stopping_; })) return;
  }
}

bool Follower::SetCall(grpc::ClientContext* call) {
  MutexLock lock(mutex_);
  call_ = stopping_ ? nullptr : call;
  return !stopping_;
}

absl::StatusOr<v1::GetLogStatusResponse> Follower::LogStatus() {
  grpc::ClientContext context;
  rpc::PrepareContext(context, caller_, kStatusTimeout);
  if (!SetCall(&context)) return absl::CancelledError("stopping");
  v1::GetLogStatusResponse response;
  const absl::Status status = rpc::FromGrpcStatus(stub_->GetLogStatus(&context, {}, &response));
  SetCall(nullptr);
  RETURN_IF_ERROR(status);
  return response;
}

absl::Status Follower::FollowOnce() {
  ASSIGN_OR_RETURN(const v1::GetLogStatusResponse log_status, LogStatus());
  if (log_status.service() != service_) {
    return absl::FailedPreconditionError(
        absl::StrCat("the address serves '", log_status.service(), "', not '", service_, "'; correct the address"));
  }
  ASSIGN_OR_RETURN(const uint64_t position, sink_.Resume(log_status.log_id()));

  grpc::ClientContext context;
  rpc::PrepareContext(context, caller_, rpc::kNoTimeout);
  if (!SetCall(&context)) return absl::CancelledError("stopping");
  v1::SubscribeRequest request;
  request.set_after_position(position);  // For servers of a release that knows no bookmarks.
  request.mutable_after()->set_log_id(log_status.log_id());
  request.mutable_after()->set_position(position);
  request.set_follow(true);
  const auto reader = stub_->Subscribe(&context, request);
  tracker_.Update([&](LinkState& state) {
    state.position = position;
    state.tail = std::max(position, log_status.tail_position());
  });

  FeedChecker checker(request);
  absl::Status applied;
  while (applied.ok()) {
    Scratch<v1::SubscribeResponse> response;
    if (!reader->Read(&*response)) break;
    applied = checker.Check(*response);
    if (applied.ok()) applied = Take(*response);
  }
  if (!applied.ok()) context.TryCancel();
  const absl::Status ended = rpc::FromGrpcStatus(reader->Finish());
  SetCall(nullptr);
  if (!applied.ok()) return applied;
  return ended.ok() ? absl::UnavailableError("the feed ended") : ended;
}

absl::Status Follower::Take(const v1::SubscribeResponse& response) {
  uint64_t reached = response.caught_up().position();
  if (const auto& events = response.batch().events(); !events.empty()) {
    reached = events.rbegin()->position();
    tracker_.Update([&](LinkState& state) {
      state.tail = std::max(state.tail, reached);
      state.oldest_pending_micros = ToMicros(events.begin()->recorded_time());
    });
    RETURN_IF_ERROR(sink_.Apply(response.batch()));
  }
  // Not before: a feed that refuses, or an event that cannot be applied, would look well at every try.
  tracker_.Update([&](LinkState& state) {
    state.connected = true;
    state.problem.clear();
    state.position = std::max(state.position, reached);
    state.tail = std::max(state.tail, reached);
  });
  return absl::OkStatus();
}

}  // namespace anamnesis::feed
