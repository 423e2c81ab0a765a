// DecisionService of a domain: decides again on the history.
#pragma once

#include <algorithm>
#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "anamnesis/audit/v1/decisions.pb.h"
#include "anamnesis/audit/v1/errors.pb.h"
#include "base/clock.h"
#include "base/refusal.h"
#include "base/status.h"
#include "decider/rule_tables.h"
#include "eventlog/event_log.h"
#include "feed/envelope.h"
#include "rpc/client.h"
#include "rpc/service.h"
#include "rpc/worker.h"
#include "service/decided_again.h"
#include "service/past_facts.h"
#include "service/rule_history.h"
#include "service/write_service.h"

namespace anamnesis::service {

// How many decisions are made again for one page where the caller does not say.
inline constexpr uint32_t kDecisionsOfAPage = 200;

// `Of` tells what the decisions of a domain are, in static, pure functions and types:
//   Domain, Shelf        its decider::Decider and its decider::RuleShelf
//   Explained, Compare   its ExplainDecisionResponse and CompareRuleTablesRequest, in the file of its DecisionService
//   kRulesStream, kTableInvalid   where its tables are loaded, and what it refuses one with that cannot be decided by
//   IsType(type)         whether events of the type come from decisions that the clinical rules were asked for
//   CommandOf(record, event)   the command that such an event came from, as far as it tells; else nothing
//   KnowAsThen(event, known)   puts in what the event itself says was known
//   InputOf(event, command, known)   what entered with the command
//   Fill(command, known, states, explained)   what else the decision was made on
template <class Of>
class DecisionService final : public rpc::Service {
 public:
  using D = typename Of::Domain;
  using State = typename D::State;
  using Event = typename D::Event;
  using Command = typename D::Command;
  using Facts = typename D::Facts;
  using ParseFacts = std::function<absl::StatusOr<Facts>(const std::vector<feed::FactsStore::OfEntity>& stored)>;

  // `log` outlives this. Answers come from one thread of its own, which waits for the other services.
  DecisionService(const eventlog::EventLog& log, PastFacts facts, ParseFacts parse_facts, rpc::Gate& gate)
      : Service(*Of::Explained::descriptor()->file()->FindServiceByName("DecisionService"), gate),
        log_(log),
        facts_(std::move(facts)),
        parse_facts_(std::move(parse_facts)) {
    Serve<audit::v1::ExplainDecisionRequest, typename Of::Explained>("ExplainDecision", &DecisionService::Explain);
    Serve<typename Of::Compare, audit::v1::CompareRuleTablesResponse>("CompareRuleTables", &DecisionService::Compare);
  }

 private:
  using Rules = RuleHistory<Event, typename Of::Shelf>;

  // A recorded decision with all that it was made on.
  struct Past {
    const eventlog::Record& record;
    const Event& event;
    typename D::Command command;
    Facts known;
    std::vector<State> others;         // Of all other streams that it was decided on, before the event.
    std::vector<const State*> states;  // Of all of them.
  };

  template <class Request, class Response>
  void Serve(const char* method, absl::StatusOr<Response> (DecisionService::*answer)(const Request&) const) {
    Unary<Request, Response>(method, [this, answer](const rpc::CallContext& call, Request&& request, auto done) {
      auto shared = std::make_shared<decltype(done)>(std::move(done));
      const bool queued =
          worker_.Do([this, answer, shared, deadline = call.deadline_micros, request = std::move(request)] {
            const bool in_time = SystemClock().NowMicros() < deadline;
            (*shared)(in_time ? (this->*answer)(request) : absl::DeadlineExceededError("it waited for others"));
          });
      if (!queued) (*shared)(rpc::Worker::Refusal());
    });
  }

  // Calls `visit` with each readable event of the stream and the state before it, up to the last position.
  template <class Visit>
  absl::Status Replay(const std::string& stream, eventlog::Position last, State& state, const Visit& visit) const {
    const auto cursor = log_.Read({.stream = stream}, 0, eventlog::Direction::kForwards);
    for (; cursor->Valid() && cursor->record().position <= last; cursor->Next()) {
      const eventlog::Record& record = cursor->record();
      if (record.erased) continue;
      Event event;
      if (!event.ParseFromString(record.payload)) {
        return absl::DataLossError(absl::StrCat("the event at position ", record.position, " cannot be decoded"));
      }
      RETURN_IF_ERROR(visit(record, event));
      RETURN_IF_ERROR(D::Evolve(state, event));
    }
    return cursor->status();
  }

  absl::StatusOr<Past> Recall(const eventlog::Record& record, const Event& event, Command command, const State& before,
                              Rules& rules) const {
    Past past{.record = record, .event = event, .command = std::move(command), .states = {&before}};
    ASSIGN_OR_RETURN(const std::vector<feed::FactsStore::OfEntity> stored,
                     facts_.At(std::string(eventlog::EntityOf(record.stream)), record.metadata.decided_against));
    ASSIGN_OR_RETURN(past.known, parse_facts_(stored));
    ASSIGN_OR_RETURN(past.known.rules, rules.Before(record.position));
    Of::KnowAsThen(event, past.known);
    std::vector<std::string> streams = D::Streams(past.command, {});
    for (std::string& joined : D::Joined(past.known)) streams.push_back(std::move(joined));
    past.others.resize(streams.size() - 1);
    for (size_t i = 1; i < streams.size(); ++i) {
      State& other = past.others[i - 1];
      RETURN_IF_ERROR(Replay(streams[i], record.position - 1, other,
                             [](const eventlog::Record&, const Event&) { return absl::OkStatus(); }));
      past.states.push_back(&other);
    }
    return past;
  }

  static audit::v1::DecidedAgain Again(const Past& past) {
    return DecideAgain<D>(past.states, past.command, Of::InputOf(past.event, past.command, past.known), past.known,
                          past.event);
  }

  absl::StatusOr<typename Of::Explained> Explain(const audit::v1::ExplainDecisionRequest& request) const {
    const auto cursor = log_.Read({}, request.position() - 1, eventlog::Direction::kForwards);
    RETURN_IF_ERROR(cursor->status());
    if (!cursor->Valid() || cursor->record().position != request.position() || !Of::IsType(cursor->record().type)) {
      return Refuse(audit::v1::NO_DECISION_THERE);
    }
    if (cursor->record().erased) return Refuse(audit::v1::DECISION_ERASED);
    ASSIGN_OR_RETURN(Rules rules, Rules::Read(log_, Of::kRulesStream));
    typename Of::Explained explained;
    State state;
    RETURN_IF_ERROR(Replay(cursor->record().stream, request.position(), state,
                           [&](const eventlog::Record& record, const Event& event) -> absl::Status {
                             if (record.position != request.position()) return absl::OkStatus();
                             auto command = Of::CommandOf(record, event);
                             if (!command) return Refuse(audit::v1::NO_DECISION_THERE);
                             ASSIGN_OR_RETURN(Past past, Recall(record, event, *std::move(command), state, rules));
                             feed::ToEnvelope(record, *explained.mutable_event());
                             *explained.mutable_state() = state;
                             Of::Fill(past.command, past.known, past.states, explained);
                             const std::vector<rpc::v1::Alert> alerts = AlertsOf(event);
                             explained.mutable_alerts()->Assign(alerts.begin(), alerts.end());
                             explained.set_refusal(RefusalOf(event));
                             *explained.mutable_again() = Again(past);
                             *explained.mutable_command() = std::move(past.command);
                             return absl::OkStatus();
                           }));
    return explained;
  }

  // The page's decisions by stream; notes how far it goes and what cannot be decided again.
  absl::StatusOr<std::map<std::string, std::set<eventlog::Position>>> Wanted(
      const typename Of::Compare& request, audit::v1::CompareRuleTablesResponse& response) const {
    const uint32_t most = request.page_size() == 0 ? kDecisionsOfAPage : request.page_size();
    std::map<std::string, std::set<eventlog::Position>> wanted;
    response.set_tail_position(log_.Tail());
    response.set_position(response.tail_position());
    const auto cursor = log_.Read({}, request.after_position(), eventlog::Direction::kForwards);
    for (uint32_t found = 0; cursor->Valid() && cursor->record().position <= response.tail_position(); cursor->Next()) {
      const eventlog::Record& record = cursor->record();
      if (!Of::IsType(record.type)) continue;
      if (record.erased) {
        response.set_erased(response.erased() + 1);
        continue;
      }
      wanted[record.stream].insert(record.position);
      if (++found < most) continue;
      response.set_position(record.position);
      break;
    }
    RETURN_IF_ERROR(cursor->status());
    return wanted;
  }

  absl::StatusOr<audit::v1::CompareRuleTablesResponse> Compare(const typename Of::Compare& request) const {
    ASSIGN_OR_RETURN(Rules then, Rules::Read(log_, Of::kRulesStream));
    Rules other = then;
    if (const absl::Status replaced = other.Replace(request.tables()); !replaced.ok()) {
      return decider::InvalidTable(Of::kTableInvalid, "tables", replaced);
    }
    audit::v1::CompareRuleTablesResponse response;
    ASSIGN_OR_RETURN(const auto wanted, Wanted(request, response));
    std::map<eventlog::Position, audit::v1::DifferentDecision> differences;
    for (const auto& [stream, positions] : wanted) {  // Each stream is replayed once.
      State state;
      RETURN_IF_ERROR(
          Replay(stream, *positions.rbegin(), state,
                 [&, &positions = positions](const eventlog::Record& record, const Event& event) -> absl::Status {
                   if (!positions.contains(record.position)) return absl::OkStatus();
                   auto command = Of::CommandOf(record, event);
                   if (!command) return absl::OkStatus();  // No rule was asked then.
                   ASSIGN_OR_RETURN(Past past, Recall(record, event, *std::move(command), state, other));
                   response.set_decisions(response.decisions() + 1);
                   audit::v1::DecidedAgain again = Again(past);
                   RETURN_IF_ERROR(LeaveOutReleases(past, then, again));
                   if (!Differs(event, again)) return absl::OkStatus();
                   Describe(record, event, std::move(again), differences[record.position]);
                   return absl::OkStatus();
                 }));
    }
    for (auto& [position, difference] : differences) *response.add_differences() = std::move(difference);
    return response;
  }

  // What this release would say otherwise under the tables of then too is not the other tables' doing.
  static absl::Status LeaveOutReleases(Past& past, Rules& then, audit::v1::DecidedAgain& again) {
    if (again.changed().empty()) return absl::OkStatus();
    ASSIGN_OR_RETURN(past.known.rules, then.Before(past.record.position));
    const audit::v1::DecidedAgain by_those_of_then = Again(past);
    const std::set<std::string> always(by_those_of_then.changed().begin(), by_those_of_then.changed().end());
    auto& changed = *again.mutable_changed();
    changed.erase(
        std::remove_if(changed.begin(), changed.end(), [&](const auto& field) { return always.contains(field); }),
        changed.end());
    return absl::OkStatus();
  }

  static void Describe(const eventlog::Record& record, const Event& event, audit::v1::DecidedAgain again,
                       audit::v1::DifferentDecision& difference) {
    difference.set_position(record.position);
    difference.set_patient_id(std::string(eventlog::EntityOf(record.stream)));
    *difference.mutable_effective_time() = ToTimestamp(record.effective_micros);
    difference.set_type(record.type);
    const std::vector<rpc::v1::Alert> alerts = AlertsOf(event);
    difference.mutable_alerts()->Assign(alerts.begin(), alerts.end());
    difference.set_refusal(RefusalOf(event));
    *difference.mutable_again() = std::move(again);
  }

  const eventlog::EventLog& log_;
  const PastFacts facts_;
  const ParseFacts parse_facts_;
  rpc::Worker worker_;  // Last: its tasks use everything above.
};

// For Context::own_services of the service that `context` describes: what the followed services tell comes from their
// addresses.
template <class Of>
auto DecisionServiceOf(const Context<typename Of::Domain>& context, const std::map<std::string, std::string>& follow) {
  return [name = context.name, followed = context.followed, links = context.links, parse_facts = context.parse_facts,
          follow](const eventlog::EventLog& log, rpc::Gate& gate) {
    std::map<std::string, PastFacts::Source> sources;
    for (const auto& source : followed) {
      const auto address = follow.find(source.service);
      sources[source.service] = {.channel = address == follow.end() ? nullptr : rpc::Connect(address->second),
                                 .fold = source.fold};
    }
    rpc::Caller self{.actor = "service:" + name, .roles = {"service"}};
    std::vector<std::unique_ptr<rpc::Service>> services;
    services.push_back(std::make_unique<DecisionService<Of>>(log, PastFacts(std::move(sources), links, std::move(self)),
                                                             parse_facts, gate));
    return services;
  };
}

}  // namespace anamnesis::service
