// A service that owns a log: everything behind one write service, wired in order. The mains and the tests build this
// object.
#pragma once

#include <algorithm>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "base/clock.h"
#include "base/mutex.h"
#include "base/status.h"
#include "decider/command_runner.h"
#include "eventlog/open.h"
#include "feed/facts_store.h"
#include "feed/feed_service.h"
#include "feed/follower.h"
#include "projection/publisher.h"
#include "rpc/client.h"
#include "rpc/gate.h"
#include "rpc/health.h"
#include "rpc/metrics.h"
#include "rpc/server.h"
#include "service/backup_service.h"
#include "service/command_service.h"
#include "service/evidence_service.h"
#include "service/followed_commands.h"
#include "service/key_service.h"
#include "service/log_evidence.h"
#include "service/log_metrics.h"
#include "service/monitor.h"
#include "service/ops_service.h"
#include "service/options.h"
#include "service/witnessing.h"

namespace anamnesis::service {

// What makes a write service this one.
template <decider::Decider D>
struct Context {
  std::string name;  // `patient`, `encounter`, `medication`.
  projection::Project project;
  uint32_t projection_version = 1;
  // The services it follows, and how an event of each changes the facts of its patient.
  struct Followed {
    std::string service;
    feed::FactsStore::Fold fold;
    // What is to be done here because of an event, if anything; done durably before the event counts as followed.
    typename FollowedCommands<D>::CommandFor command_for = nullptr;
  };
  std::vector<Followed> followed;
  uint32_t facts_version = 1;  // Raised when a fold changes, so that all facts are made anew.
  // Whose facts hold for an entity as well; nobody's if empty.
  feed::FactsStore::LinksOf links;
  // The facts from their stored form: those of the entity, then those of others.
  std::function<absl::StatusOr<typename D::Facts>(const std::vector<feed::FactsStore::OfEntity>& stored)> parse_facts;
  // Adds what a decision may know from streams of its own log, if anything.
  std::function<absl::Status(const eventlog::EventLog& log, typename D::Facts& facts)> add_own_facts = nullptr;
  // Notes in the facts how old those of other services may be, in microseconds; nothing: unknown.
  std::function<void(std::optional<int64_t> age_micros, typename D::Facts& facts)> note_age = nullptr;
  // What the service does by itself before it serves, in order. One that breaks a rule (FAILED_PRECONDITION) is left:
  // what is there already stays.
  std::vector<typename D::Command> first_commands = {};
  // What it serves beside what every write service does. The log and the gate outlive them.
  std::function<std::vector<std::unique_ptr<rpc::Service>>(const eventlog::EventLog& log, rpc::Gate& gate)>
      own_services = nullptr;
};

// Members stand in the order in which they depend on each other, so that destruction ends the calls first and closes
// the log last. Open, then use from any thread; Drain once, from one.
template <decider::Decider D, class SubmitRequest, class SubmitResponse>
class WriteService {
 public:
  // Opens the data, starts to follow, publish and serve.
  static absl::StatusOr<std::unique_ptr<WriteService>> Start(Context<D> context, const WriteServiceOptions& options) {
    ASSIGN_OR_RETURN(rpc::AccessPolicy policy, LoadAccessPolicy(options.roles_file));
    ASSIGN_OR_RETURN(std::unique_ptr<eventlog::EventLog> log, OpenLog(options));
    std::unique_ptr<LogEvidence> evidence;
    if (!options.data_dir.empty()) {
      ASSIGN_OR_RETURN(evidence, LogEvidence::Open(options.data_dir, context.name, *log));
    }
    std::vector<std::string> sources;
    for (const auto& followed : context.followed) sources.push_back(followed.service);
    std::unique_ptr<feed::FactsStore> facts;
    if (!sources.empty()) {
      ASSIGN_OR_RETURN(facts, feed::FactsStore::Open(options.data_dir + "/facts", sources, context.facts_version));
    }
    std::unique_ptr<WriteService> service(new WriteService(std::move(context), options, std::move(policy),
                                                           std::move(log), std::move(evidence), std::move(facts)));
    RETURN_IF_ERROR(service->Serve());
    return service;
  }

  ~WriteService() {
    Drain();
    log_->Close();  // Its callbacks use what is destroyed next.
  }

  // Stops in order: calls, then what follows and publishes. Idempotent. False if a call had to be cut off.
  bool Drain() {
    if (drained_) return true;
    drained_ = true;
    const bool orderly = server_.Drain();
    monitor_.reset();
    std::vector<std::unique_ptr<feed::Follower>> followers;
    {
      MutexLock lock(followers_mutex_);
      followers.swap(followers_);
    }
    followers.clear();  // Their threads may still ask for each other's age.
    publisher_.reset();
    if (witnessing_ != nullptr) witnessing_->Stop();
    return orderly;
  }

  int port() const { return port_; }
  int metrics_port() const { return server_.metrics_port(); }
  eventlog::EventLog& log() { return *log_; }
  rpc::Health& health() { return health_; }

 private:
  WriteService(Context<D> context, const WriteServiceOptions& options, rpc::AccessPolicy policy,
               std::unique_ptr<eventlog::EventLog> log, std::unique_ptr<LogEvidence> evidence,
               std::unique_ptr<feed::FactsStore> facts)
      : context_(std::move(context)),
        options_(options),
        gate_(std::move(policy), metrics_),
        log_(std::move(log)),
        evidence_(std::move(evidence)),
        facts_(std::move(facts)),
        runner_(
            *log_, [this](const std::string& stream) { return FactsFor(stream); }, options.runner),
        commands_(runner_, gate_),
        feed_(context_.name, *log_, gate_),
        keys_(
            *log_, [this] { return CurrentKeks(); }, gate_),
        evidence_service_(*log_, evidence_.get(), gate_),
        backups_(*log_, evidence_.get(), {.service = context_.name, .data_dir = options.data_dir}, options.backups,
                 gate_),
        ops_(
            context_.name, [this](ops::v1::GetStatusResponse& response) { Describe(response); }, gate_),
        server_({.listen_address = options.listen, .metrics_address = options.metrics_listen}, gate_, health_) {
    log_->SetCommitObserver([this, count = CommitMetrics(metrics_)](const eventlog::CommitReport& report) {
      count(report);
      if (evidence_ != nullptr) evidence_->Advance(report.tail);
    });
  }

  static absl::StatusOr<std::unique_ptr<eventlog::EventLog>> OpenLog(const WriteServiceOptions& options) {
    if (options.data_dir.empty()) return eventlog::NewMemoryLog(options.log);
    eventlog::LogOptions log = options.log;
    ASSIGN_OR_RETURN(log.acknowledged, LogEvidence::Acknowledged(options.data_dir));
    return eventlog::OpenRocksLog(LogDirectory(options), log);
  }
  static std::string LogDirectory(const WriteServiceOptions& options) { return options.data_dir + "/log"; }

  absl::StatusOr<KeyService::Keks> CurrentKeks() const {
    return eventlog::LoadKeks(LogDirectory(options_), options_.log);
  }

  absl::Status Serve() {
    ASSIGN_OR_RETURN(witnessing_, Witnessing::Open(context_.name, options_.data_dir, options_.witnesses,
                                                   evidence_.get(), metrics_, gate_));
    RETURN_IF_ERROR(witnessing_->CheckBeforeServing());
    for (const typename D::Command& command : context_.first_commands) {
      const absl::Status done = CarryOut(runner_, "service:" + context_.name, command);
      if (!absl::IsFailedPrecondition(done)) RETURN_IF_ERROR(done);
    }
    const rpc::Caller self{.actor = "service:" + context_.name, .roles = {"service"}};
    std::vector<Monitor::Link> links;
    for (const auto& followed : context_.followed) {
      const auto address = options_.follow.find(followed.service);
      if (address == options_.follow.end()) continue;
      auto follower =
          std::make_unique<feed::Follower>(followed.service, rpc::Connect(address->second), self, SinkFor(followed));
      links.push_back({"follow:" + followed.service, [follower = follower.get()] { return follower->state(); }});
      MutexLock lock(followers_mutex_);  // The threads of those before ask for the age of all.
      followers_.push_back(std::move(follower));
    }
    if (!options_.readmodel.empty()) {
      publisher_ = std::make_unique<projection::Publisher>(
          *log_, context_.project, rpc::Connect(options_.readmodel),
          projection::PublisherOptions{
              .service = context_.name, .projection_version = context_.projection_version, .caller = self});
      links.push_back({"publish:readmodel", [this] { return publisher_->state(); }});
    }
    if (evidence_ != nullptr) links.push_back({"evidence", [this] { return EvidenceState(); }});
    for (Monitor::Link& link : witnessing_->Links()) links.push_back(std::move(link));
    monitor_ = std::make_unique<Monitor>(std::move(links), health_, metrics_, [this] {
      UpdateRunnerMetrics(runner_.stats(), runner_.in_flight(), metrics_);
    });
    if (context_.own_services != nullptr) own_services_ = context_.own_services(*log_, gate_);
    std::vector<rpc::Service*> services = {&commands_, &feed_, &keys_, &evidence_service_, &witnessing_->service(),
                                           &backups_,  &ops_};
    for (const auto& own : own_services_) services.push_back(own.get());
    ASSIGN_OR_RETURN(port_, server_.Start(services));
    health_.SetServing(commands_.name(), true);
    health_.SetServing(feed_.name(), true);
    witnessing_->Start();
    return absl::OkStatus();
  }

  feed::FollowSink& SinkFor(const typename Context<D>::Followed& followed) {
    feed::FollowSink& facts = facts_->SinkFor(followed.service, followed.fold);
    if (followed.command_for == nullptr) return facts;
    followed_commands_.push_back(
        std::make_unique<FollowedCommands<D>>(runner_, "service:" + context_.name, followed.command_for, facts));
    return *followed_commands_.back();
  }

  absl::StatusOr<decider::KnownFacts<typename D::Facts>> FactsFor(const std::string& stream) const {
    decider::KnownFacts<typename D::Facts> known;
    if (facts_ == nullptr) return known;
    ASSIGN_OR_RETURN(const feed::FactsStore::Known stored,
                     facts_->Get(std::string(eventlog::EntityOf(stream)), context_.links));
    ASSIGN_OR_RETURN(known.facts, context_.parse_facts(stored.facts));
    if (context_.add_own_facts != nullptr) RETURN_IF_ERROR(context_.add_own_facts(*log_, known.facts));
    if (context_.note_age != nullptr) context_.note_age(AgeOfFacts(), known.facts);
    for (size_t i = 0; i < stored.positions.size(); ++i) {
      known.positions.push_back({.log = facts_->sources()[i], .position = stored.positions[i]});
    }
    return known;
  }

  // Of the oldest; nothing where one is not followed, or was never current.
  std::optional<int64_t> AgeOfFacts() const {
    MutexLock lock(followers_mutex_);
    if (followers_.size() < context_.followed.size()) return std::nullopt;
    const int64_t now = SystemClock().NowMicros();
    int64_t oldest = 0;
    for (const auto& follower : followers_) {
      const std::optional<int64_t> age = follower->state().age_micros(now);
      if (!age.has_value()) return std::nullopt;
      oldest = std::max(oldest, *age);
    }
    return oldest;
  }

  LinkState EvidenceState() const {
    const absl::Status status = evidence_->status();
    return {.connected = status.ok(),
            .position = evidence_->tree().size(),
            .tail = log_->Tail(),
            .problem = std::string(status.message())};
  }

  void Describe(ops::v1::GetStatusResponse& response) const {
    response.set_log_id(log_->LogId());
    response.set_tail_position(log_->Tail());
    response.set_commands_in_flight(runner_.in_flight());
    for (const auto& [name, state] : monitor_->States()) AddLink(name, state, response);
  }

  const Context<D> context_;
  const WriteServiceOptions options_;
  rpc::Metrics metrics_;
  rpc::Health health_;
  rpc::Gate gate_;
  const std::unique_ptr<eventlog::EventLog> log_;
  const std::unique_ptr<LogEvidence> evidence_;    // Null where the log is in memory.
  const std::unique_ptr<feed::FactsStore> facts_;  // Null where no other service is followed.
  decider::CommandRunner<D> runner_;
  CommandService<D, SubmitRequest, SubmitResponse> commands_;
  feed::FeedService feed_;
  KeyService keys_;
  EvidenceService evidence_service_;
  BackupService backups_;
  OpsService ops_;
  std::vector<std::unique_ptr<FollowedCommands<D>>> followed_commands_;
  mutable Mutex followers_mutex_;
  std::vector<std::unique_ptr<feed::Follower>> followers_ GUARDED_BY(followers_mutex_);
  std::unique_ptr<projection::Publisher> publisher_;
  std::unique_ptr<Witnessing> witnessing_;
  std::vector<std::unique_ptr<rpc::Service>> own_services_;
  std::unique_ptr<Monitor> monitor_;
  rpc::Server server_;
  int port_ = 0;
  bool drained_ = false;
};

}  // namespace anamnesis::service
