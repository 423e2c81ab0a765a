// Carries out commands: load, decide, append, answer. The only place that retries.
#pragma once

#include <array>
#include <atomic>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "anamnesis/rpc/v1/command.pb.h"
#include "anamnesis/rpc/v1/errors.pb.h"
#include "anamnesis/rpc/v1/recorded.pb.h"
#include "base/clock.h"
#include "base/status.h"
#include "base/uuid.h"
#include "decider/command.h"
#include "decider/decider.h"
#include "decider/state_cache.h"
#include "decider/strand.h"
#include "eventlog/event_log.h"
#include "eventlog/validate_append.h"

namespace anamnesis::decider {

// How often a decision is made again because another writer was faster, before the caller is told so.
inline constexpr int kMaxAttempts = 16;
// A commanded stream belongs to one strand, so commands of one patient are in order and others run beside it.
inline constexpr size_t kStrands = 16;
// What a caller is told to wait when the queue is full.
inline constexpr int64_t kRetryAfterMillis = 200;

struct CommandRunnerOptions {
  const Clock* clock = &SystemClock();
  size_t cache_bytes = 64 << 20;
  size_t max_in_flight = 4096;    // Commands accepted and not yet answered.
  uint64_t snapshot_every = 512;  // Events of a stream between two snapshots.
};

// What a decision may know of other services, and how far it knows it.
template <class Facts>
struct KnownFacts {
  Facts facts;
  std::vector<eventlog::DecidedAgainst> positions;
};

// A command with who sent it. `metadata` is complete but for causation and positions.
template <class Command>
struct CommandCall {
  std::shared_ptr<const Command> command;  // Never null; may keep the whole message that it came in.
  eventlog::Metadata metadata;
  std::vector<std::string> roles;
  bool may_commit_here = false;  // See eventlog::AppendRequest.
};

// Counters for metrics; they only grow.
struct CommandRunnerStats {
  std::atomic<uint64_t> cache_hits{0};
  std::atomic<uint64_t> cache_misses{0};
  std::atomic<uint64_t> conflicts{0};
  std::atomic<uint64_t> snapshots{0};
};

// Thread-safe. Decides on the calling thread or on that of an earlier caller of the same strand; waits for nothing but
// reads and, if it may, its own commit. State in the cache runs ahead of the disk: that is safe because a log that
// cannot commit ends the process, and every answer, refusals too, is given only after everything it was decided on is
// durable. The log must outlive the runner, and be closed before the runner is destroyed.
template <Decider D>
class CommandRunner {
 public:
  using State = typename D::State;
  using Command = typename D::Command;
  using Event = typename D::Event;
  using Facts = typename D::Facts;
  using Done = std::function<void(absl::StatusOr<rpc::v1::CommandOutcome>)>;
  // The facts for a command's first stream.
  using FactsFor = std::function<absl::StatusOr<KnownFacts<Facts>>(const std::string& stream)>;

  CommandRunner(eventlog::EventLog& log, FactsFor facts_for, const CommandRunnerOptions& options)
      : log_(log), facts_for_(std::move(facts_for)), options_(options) {
    for (auto& lane : lanes_) lane = std::make_unique<Lane>(options.cache_bytes / kStrands);
  }

  // Calls `done` exactly once, from any thread: with the outcome when it is durable, or with the refusal. A refusal
  // that was recorded is the answer to every repeat of the request, whatever happened since.
  void Run(CommandCall<Command> call, Done done) {
    if (in_flight_.fetch_add(1) >= options_.max_in_flight) {
      in_flight_.fetch_sub(1);
      done(Refuse(rpc::v1::OVERLOADED, {.retry_after_millis = kRetryAfterMillis}));
      return;
    }
    auto job = std::make_shared<Job>();
    job->call = std::move(call);
    job->done = std::move(done);
    job->input = {.received_micros = options_.clock->NowMicros(), .new_id = NewUuid(), .roles = job->call.roles};
    job->streams = D::Streams(*job->call.command, job->input);
    if (job->streams.empty()) {
      Answer(job, Refuse(rpc::v1::COMMAND_MISSING));
      return;
    }
    Lane& lane = *lanes_[std::hash<std::string>()(job->streams.front()) % kStrands];
    lane.strand.Post([this, &lane, job = std::move(job)] {
      Carry(lane, job);
      TidyCache(lane, job->streams.front());
    });
  }

  // For who runs several commands at once: see EventLog::HoldCommits.
  eventlog::CommitHold HoldCommits() { return eventlog::CommitHold(log_); }

  size_t in_flight() const { return in_flight_.load(); }
  const CommandRunnerStats& stats() const { return stats_; }

 private:
  struct Lane {
    explicit Lane(size_t cache_bytes) : cache(cache_bytes) {}
    Strand strand;
    StateCache<State> cache;  // Touched by tasks of the strand only.
  };

  struct Job {
    CommandCall<Command> call;
    Done done;
    DecisionInput input;
    std::vector<std::string> streams;
    absl::StatusOr<rpc::v1::CommandOutcome> decided;  // The answer, once what it says is durable.
  };
  using JobPtr = std::shared_ptr<Job>;

  void Answer(const JobPtr& job, absl::StatusOr<rpc::v1::CommandOutcome> result) {
    in_flight_.fetch_sub(1);
    job->done(std::move(result));
  }

  void AnswerWhenDurable(const JobPtr& job, absl::StatusOr<rpc::v1::CommandOutcome> result) {
    log_.WhenDurable([this, job, result = std::move(result)]() mutable { Answer(job, std::move(result)); });
  }

  void Carry(Lane& lane, const JobPtr& job) {
    for (int attempt = 0; attempt < kMaxAttempts; ++attempt) {
      const absl::Status status = Attempt(lane, job);
      if (status.ok()) return;  // Answered, or will be.
      if (!absl::IsAborted(status) || !RefusalInfo(status).reason().empty()) {
        AnswerWhenDurable(job, status);
        return;
      }
      stats_.conflicts.fetch_add(1);
      lane.cache.Drop(job->streams.front());
    }
    AnswerWhenDurable(job, Refuse(rpc::v1::OVERLOADED, {.retry_after_millis = kRetryAfterMillis}));
  }

  // One try. OK: the job is answered or its append is on the way. ABORTED without a reason: another writer was faster.
  absl::Status Attempt(Lane& lane, const JobPtr& job) {
    const rpc::v1::CommandContext& context = ContextOf(*job->call.command);
    const std::string digest = context.request_id().empty() ? "" : Digest(*job->call.command);
    ASSIGN_OR_RETURN(CachedState<State>* const own, Load(lane, job->streams.front()));
    std::vector<CachedState<State>> others;
    std::vector<const State*> states = {&own->state};
    others.reserve(job->streams.size());
    for (size_t i = 1; i < job->streams.size(); ++i) {
      ASSIGN_OR_RETURN(CachedState<State> other, Replay(job->streams[i]));
      others.push_back(std::move(other));
      states.push_back(&others.back().state);
    }
    ASSIGN_OR_RETURN(KnownFacts<Facts> known, facts_for_(job->streams.front()));
    for (const std::string& stream : D::Joined(known.facts)) {
      ASSIGN_OR_RETURN(const CachedState<State>* const joined, Load(lane, stream));
      states.push_back(&joined->state);
    }

    Decision<Event> decision = D::Decide(states, *job->call.command, job->input, known.facts);
    // What is appended is recognised as a repeat by the log; what is not, here: a patient who is registered cannot be
    // registered, but whoever did it and lost the answer is to hear that it is done.
    if (!decision.refusal.ok() || decision.events.empty() || context.validate_only()) {
      ASSIGN_OR_RETURN(const bool answered, AnswerRepeat(job, context.request_id(), digest));
      if (answered) return absl::OkStatus();
    }
    if (!decision.refusal.ok() && (decision.events.empty() || context.validate_only())) return decision.refusal;

    rpc::v1::CommandOutcome outcome;
    outcome.set_resource_id(decision.resource_id);
    outcome.set_etag(absl::StrCat(decision.revision));
    outcome.set_stream_version(own->version);
    outcome.mutable_alerts()->Assign(decision.alerts.begin(), decision.alerts.end());
    if (decision.events.empty()) {
      AnswerWhenDurable(job, std::move(outcome));
      return absl::OkStatus();
    }

    ASSIGN_OR_RETURN(eventlog::AppendRequest request, ToAppend(*job, context, decision, *own, others));
    request.metadata.decided_against = std::move(known.positions);
    request.request_digest = digest;
    request.result = ResultOf(decision.refusal, outcome);
    if (context.validate_only()) {
      if (absl::Status valid = eventlog::ValidateAppend(request); !valid.ok()) return AppendRefusal(valid);
      AnswerWhenDurable(job, std::move(outcome));
      return absl::OkStatus();
    }
    if (decision.refusal.ok()) {
      job->decided = std::move(outcome);
    } else {
      job->decided = decision.refusal;
    }

    std::shared_ptr<const CachedState<State>> next_snapshot;  // Null unless one is due.
    // The cache is ahead of the log from here on; what is not appended is mended by Drop.
    if (absl::Status evolved = Evolve(lane, *own, decision, request, next_snapshot); !evolved.ok()) {
      lane.cache.Drop(job->streams.front());
      return evolved;
    }
    auto on_durable = [this, job, snapshot = std::move(next_snapshot)](const eventlog::AppendResult& result) {
      if (snapshot != nullptr && !result.duplicate) SaveSnapshot(job->streams.front(), *snapshot);
      // Of a duplicate, the first answer counts, which stands in the log only.
      if (result.duplicate) return Answer(job, OutcomeOf(result));
      if (job->decided.ok()) Place(*job->decided, result);
      Answer(job, std::move(job->decided));
    };
    absl::StatusOr<eventlog::AppendResult> appended = log_.Append(std::move(request), std::move(on_durable));
    // A duplicate: the same request, sent twice at once, whose new resource got another id and so another strand.
    if (!appended.ok() || appended->duplicate) lane.cache.Drop(job->streams.front());
    if (!appended.ok()) return AppendRefusal(appended.status());
    return absl::OkStatus();
  }

  // After each command, whatever became of it: those that are refused have loaded streams, too. Of a stream that does
  // not exist, nothing needs to be kept, lest commands for unknown ids drive out what is known.
  static void TidyCache(Lane& lane, const std::string& stream) {
    const CachedState<State>* const own = lane.cache.Find(stream);
    if (own != nullptr && own->version == 0) lane.cache.Drop(stream);
    lane.cache.Trim();
  }

  // True if the request was carried out before and is being answered with its first outcome.
  absl::StatusOr<bool> AnswerRepeat(const JobPtr& job, const std::string& request_id, const std::string& digest) {
    if (request_id.empty()) return false;
    absl::StatusOr<std::optional<eventlog::AppendResult>> earlier = log_.FindRequest(request_id, digest);
    if (!earlier.ok()) return AppendRefusal(earlier.status());
    if (!earlier->has_value()) return false;
    (*earlier)->duplicate = true;
    AnswerWhenDurable(job, OutcomeOf(**earlier));
    return true;
  }

  // What is kept of the answer; OutcomeOf reads it.
  static std::string ResultOf(const absl::Status& refusal, const rpc::v1::CommandOutcome& outcome) {
    if (refusal.ok()) return outcome.SerializeAsString();
    rpc::v1::RecordedRefusal recorded;
    *recorded.mutable_status() = ToRpcStatus(refusal);
    return recorded.SerializeAsString();
  }

  static absl::StatusOr<rpc::v1::CommandOutcome> OutcomeOf(const eventlog::AppendResult& result) {
    rpc::v1::RecordedRefusal recorded;
    if (recorded.ParseFromString(result.result) && recorded.has_status()) return FromRpcStatus(recorded.status());
    rpc::v1::CommandOutcome outcome;
    if (!outcome.ParseFromString(result.result)) return Refuse(rpc::v1::INTERNAL_FAULT);
    Place(outcome, result);
    return outcome;
  }

  // Says where and when it was recorded.
  static void Place(rpc::v1::CommandOutcome& outcome, const eventlog::AppendResult& result) {
    outcome.set_stream_version(result.stream_version);
    outcome.set_position(result.last_position);
    *outcome.mutable_recorded_time() = ToTimestamp(result.recorded_micros);
    outcome.set_duplicate(result.duplicate);
  }

  static absl::Status AppendRefusal(const absl::Status& status) {
    if (absl::IsAlreadyExists(status)) return Refuse(rpc::v1::REQUEST_ID_REUSED);
    if (absl::IsUnavailable(status)) return Refuse(rpc::v1::SHUTTING_DOWN);
    if (absl::IsInvalidArgument(status)) return Refuse(rpc::v1::MESSAGE_TOO_LARGE);  // All else is right by design.
    return status;
  }

  // The stream's state as of everything sequenced, from the cache where it is current.
  absl::StatusOr<CachedState<State>*> Load(Lane& lane, const std::string& stream) {
    CachedState<State>* const cached = lane.cache.Find(stream);
    if (cached != nullptr) {
      ASSIGN_OR_RETURN(const eventlog::Version version, log_.StreamVersion(stream));
      if (version == cached->version) {
        stats_.cache_hits.fetch_add(1);
        return cached;
      }
    }
    stats_.cache_misses.fetch_add(1);
    ASSIGN_OR_RETURN(CachedState<State> replayed, Replay(stream));
    return lane.cache.Put(stream, std::move(replayed));
  }

  // The stream's state from its newest usable snapshot and the events after it.
  absl::StatusOr<CachedState<State>> Replay(const std::string& stream) {
    CachedState<State> result;
    ASSIGN_OR_RETURN(const auto snapshot, log_.LoadSnapshot(stream));
    if (snapshot.has_value() && snapshot->format == D::kStateFormat && result.state.ParseFromString(snapshot->data)) {
      result.version = result.snapshot_version = snapshot->version;
    } else {
      result.state.Clear();
    }
    ASSIGN_OR_RETURN(const std::vector<eventlog::Record> records, log_.ReadForDeciding(stream, result.version));
    for (const eventlog::Record& record : records) {
      result.version = record.version;
      if (record.erased) continue;  // What comes after it says that it is as if it had never been.
      Event event;
      if (!event.ParseFromString(record.payload)) {
        return absl::DataLossError(absl::StrCat("the event at position ", record.position, " cannot be decoded"));
      }
      RETURN_IF_ERROR(D::Evolve(result.state, event));
    }
    result.bytes = result.measured_bytes = result.state.SpaceUsedLong();
    return result;
  }

  static absl::StatusOr<eventlog::AppendRequest> ToAppend(const Job& job, const rpc::v1::CommandContext& context,
                                                          const Decision<Event>& decision,
                                                          const CachedState<State>& own,
                                                          const std::vector<CachedState<State>>& others) {
    eventlog::AppendRequest request;
    request.may_commit_here = job.call.may_commit_here;
    request.erases = decision.erases;
    request.metadata = job.call.metadata;
    request.metadata.causation_id = request.request_id = context.request_id();
    request.metadata.correlation_id = context.correlation_id();
    for (size_t i = 0; i < job.streams.size(); ++i) {
      eventlog::StreamAppend append{.stream = job.streams[i]};
      const eventlog::Version version = i == 0 ? own.version : others[i - 1].version;
      if (version == 0) {
        append.expected = eventlog::NoStream{};
      } else {
        append.expected = eventlog::ExactVersion{version};
      }
      for (const Emitted<Event>& emitted : decision.events) {
        if (emitted.stream != i) continue;
        append.events.push_back({.event_id = NewUuid(),
                                 .type = EventType(emitted.event),
                                 .effective_micros = EffectiveMicros(context, job.input),
                                 .payload = emitted.event.SerializeAsString()});
      }
      if (!append.events.empty()) request.streams.push_back(std::move(append));
    }
    if (request.streams.empty()) return absl::InternalError("a decision emitted into a stream it did not name");
    return request;
  }

  // Moves the cached state past the decision, and copies it if a snapshot of it is due.
  absl::Status Evolve(Lane& lane, CachedState<State>& own, const Decision<Event>& decision,
                      const eventlog::AppendRequest& request,
                      std::shared_ptr<const CachedState<State>>& next_snapshot) {
    for (const Emitted<Event>& emitted : decision.events) {
      if (emitted.stream != 0) continue;
      RETURN_IF_ERROR(D::Evolve(own.state, emitted.event));
      ++own.version;
    }
    size_t payload_bytes = 0;
    for (const eventlog::NewEvent& event : request.streams.front().events) payload_bytes += event.payload.size();
    lane.cache.Grow(own, payload_bytes);
    if (own.version - own.snapshot_version >= options_.snapshot_every) {
      own.snapshot_version = own.version;
      next_snapshot = std::make_shared<const CachedState<State>>(own);
    }
    return absl::OkStatus();
  }

  void SaveSnapshot(const std::string& stream, const CachedState<State>& snapshot) {
    const absl::Status saved = log_.SaveSnapshot(
        stream, {.version = snapshot.version, .format = D::kStateFormat, .data = snapshot.state.SerializeAsString()});
    if (saved.ok()) stats_.snapshots.fetch_add(1);  // Without one, the next load only reads more events.
  }

  eventlog::EventLog& log_;
  const FactsFor facts_for_;
  const CommandRunnerOptions options_;
  std::array<std::unique_ptr<Lane>, kStrands> lanes_;
  std::atomic<size_t> in_flight_{0};
  CommandRunnerStats stats_;
};

}  // namespace anamnesis::decider
