#include "projection/publisher.h"

#include <algorithm>
#include <chrono>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "base/backoff.h"
#include "base/clock.h"
#include "base/failpoint.h"
#include "base/refusal.h"
#include "base/status.h"
#include "base/uuid.h"
#include "projection/change.h"
#include "rpc/client.h"
#include "rpc/log.h"
#include "rpc/status.h"

namespace anamnesis::projection {
namespace {

constexpr uint64_t kManyEvents = 512;  // Worth a batch while others are under way.
constexpr std::chrono::milliseconds kFirstWait{50};
constexpr std::chrono::milliseconds kLastWait{2'000};

}  // namespace

Publisher::Publisher(eventlog::EventLog& log, Project project, std::shared_ptr<grpc::Channel> channel,
                     PublisherOptions options)
    : log_(log),
      project_(std::move(project)),
      options_(std::move(options)),
      stub_(v1::ProjectionService::NewStub(std::move(channel))),
      thread_([this] { Run(); }) {}

Publisher::~Publisher() {
  {
    MutexLock lock(shared_->mutex);
    shared_->stopping = true;
    if (shared_->call != nullptr) shared_->call->TryCancel();
    shared_->changed.NotifyAll();
  }
  thread_.join();
}

LinkState Publisher::state() const {
  LinkState state = tracker_.Get();
  state.tail = log_.Tail();
  if (state.lag_events() > 0) {
    const auto cursor = log_.Read({}, state.position, eventlog::Direction::kForwards);
    if (cursor->Valid()) state.oldest_pending_micros = cursor->record().recorded_micros;
  }
  return state;
}

void Publisher::Run() {
  Backoff backoff(kFirstWait, kLastWait);
  std::string told;
  while (true) {
    const absl::Status status = PublishOnce();
    if (tracker_.Get().healthy()) backoff.Reset();
    const std::string problem = RefusalText(status);
    tracker_.Disconnected(problem);
    if (told != status.message()) {  // Once per problem, not once per try.
      told = std::string(status.message());
      rpc::Log(rpc::LogLevel::kWarning, "publishing ended, will connect again",
               {
                   {"error", problem}
      });
    }
    MutexLock lock(shared_->mutex);
    if (shared_->changed.WaitFor(shared_->mutex, backoff.Next(),
                                 [this]() NO_THREAD_SAFETY_ANALYSIS { return shared_->stopping; }))
      return;
  }
}

absl::Status Publisher::PublishOnce() {
  grpc::ClientContext context;
  rpc::PrepareContext(context, options_.caller, rpc::kNoTimeout);
  {
    MutexLock lock(shared_->mutex);
    if (shared_->stopping) return absl::CancelledError("stopping");
    shared_->call = &context;
    shared_->flow = {};
  }
  const auto stream = stub_->Publish(&context);
  v1::PublishRequest hello;
  hello.mutable_hello()->set_service(options_.service);
  hello.mutable_hello()->set_log_id(log_.FeedId());
  hello.mutable_hello()->set_projection_version(options_.projection_version);
  hello.mutable_hello()->set_tail_position(log_.Tail());

  absl::Status sent;
  v1::PublishResponse response;
  if (stream->Write(hello) && stream->Read(&response) && response.has_welcome()) {
    const v1::PublishWelcome welcome = response.welcome();
    {
      MutexLock lock(shared_->mutex);
      shared_->flow.window = std::max(1u, welcome.window());
    }
    tracker_.Update([&](LinkState& state) {
      state.connected = true;
      state.position = welcome.applied_position();
      // Otherwise an acknowledgement shows that what was wrong is so no longer.
      if (state.position >= log_.Tail()) state.problem.clear();
    });
    std::thread acks([this, &stream] { ReadAcks(*stream); });
    sent = SendBatches(*stream, welcome.applied_position());
    if (!sent.ok()) context.TryCancel();
    stream->WritesDone();
    acks.join();
  }
  const absl::Status ended = rpc::FromGrpcStatus(stream->Finish());
  MutexLock lock(shared_->mutex);
  shared_->call = nullptr;
  if (!sent.ok()) return sent;
  return ended.ok() ? absl::UnavailableError("the read model ended the stream") : ended;
}

absl::Status Publisher::SendBatches(Stream& stream, uint64_t after) {
  if (after > log_.Tail()) {
    return absl::DataLossError(
        "the read model has applied events that this log does not have; the log was replaced or lost");
  }
  const auto subscription = log_.Subscribe({}, after);
  while (AwaitWindow(after)) {
    ASSIGN_OR_RETURN(const eventlog::SubscriptionItem item, subscription->Poll(options_.batch_bytes));
    using Kind = eventlog::SubscriptionItem::Kind;
    if (item.kind == Kind::kClosed) return absl::UnavailableError("the log is closing");
    if (item.kind == Kind::kEvents) {
      RETURN_IF_ERROR(SendEvents(stream, item, after));
    } else if (item.kind == Kind::kNothingYet) {
      subscription->WhenReady([shared = shared_] {
        MutexLock lock(shared->mutex);
        shared->flow.ready = true;
        shared->changed.NotifyAll();
      });
      MutexLock lock(shared_->mutex);
      shared_->changed.Wait(shared_->mutex, [this]() NO_THREAD_SAFETY_ANALYSIS {
        return shared_->stopping || shared_->flow.ended || shared_->flow.ready;
      });
      shared_->flow.ready = false;
    }
  }
  return absl::OkStatus();
}

absl::Status Publisher::SendEvents(Stream& stream, const eventlog::SubscriptionItem& item, uint64_t& after) {
  v1::PublishRequest request;
  v1::PublishBatch& batch = *request.mutable_batch();
  batch.set_after_position(after);
  for (const auto& record : item.records) {
    if (record->erased) continue;  // Nobody can say any more what it changed; a later event purges it.
    ASSIGN_OR_RETURN(std::vector<v1::ViewChange> changes, ChangesBy(*record));
    for (v1::ViewChange& change : changes) {
      change.set_position(record->position);
      *change.mutable_recorded_time() = ToTimestamp(record->recorded_micros);
      *change.mutable_effective_time() = ToTimestamp(record->effective_micros);
      *batch.add_changes() = std::move(change);
    }
  }
  const eventlog::Record& last = *item.records.back();
  batch.set_up_to_position(last.position);
  *batch.mutable_up_to_recorded_time() = ToTimestamp(last.recorded_micros);
  batch.set_tail_position(log_.Tail());
  after = last.position;
  {
    MutexLock lock(shared_->mutex);
    shared_->flow.unacked_ends.push_back(after);
  }
  Failpoint(Step::kPublishSent);
  stream.Write(request);  // Where it fails, the reading side ends and AwaitWindow says so.
  return absl::OkStatus();
}

// One event that cannot be projected does not hold up everybody's: whose views are not to be believed is told instead.
absl::StatusOr<std::vector<v1::ViewChange>> Publisher::ChangesBy(const eventlog::Record& record) const {
  absl::StatusOr<std::vector<v1::ViewChange>> changes = project_(record);
  if (changes.ok()) return changes;
  std::string subject = SubjectOf(record.stream);
  if (!IsUuid(subject)) return changes;  // Of nobody: there is nothing else to be told.
  const std::string reason = absl::StrCat(record.type, ": ", absl::StatusCodeToString(changes.status().code()));
  rpc::Log(rpc::LogLevel::kError, "an event cannot be projected: the views of its subject are failed",
           {
               {"position", absl::StrCat(record.position)},
               {"reason",   reason                       }
  });
  return std::vector{Fail(std::move(subject), reason)};
}

bool Publisher::AwaitWindow(uint64_t after) {
  MutexLock lock(shared_->mutex);
  shared_->changed.Wait(shared_->mutex, [&]() NO_THREAD_SAFETY_ANALYSIS {
    const Flow& flow = shared_->flow;
    const bool many = log_.Tail() - after >= kManyEvents;
    return shared_->stopping || flow.ended || flow.unacked_ends.empty() ||
           (many && flow.unacked_ends.size() < flow.window);
  });
  return !shared_->stopping && !shared_->flow.ended;
}

void Publisher::ReadAcks(Stream& stream) {
  v1::PublishResponse response;
  while (stream.Read(&response)) {
    const uint64_t applied = response.ack().applied_position();
    Failpoint(Step::kPublishAcknowledged);
    tracker_.Update([&](LinkState& state) {
      state.position = std::max(state.position, applied);
      state.problem.clear();
    });
    MutexLock lock(shared_->mutex);
    while (!shared_->flow.unacked_ends.empty() && shared_->flow.unacked_ends.front() <= applied)
      shared_->flow.unacked_ends.pop_front();
    shared_->changed.NotifyAll();
  }
  MutexLock lock(shared_->mutex);
  shared_->flow.ended = true;
  shared_->changed.NotifyAll();
}

}  // namespace anamnesis::projection
