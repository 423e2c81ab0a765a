#include "services/medication/audit/decision_service.h"

#include <algorithm>
#include <map>
#include <memory>
#include <set>
#include <utility>

#include "anamnesis/medication/v1/errors.pb.h"
#include "base/clock.h"
#include "base/refusal.h"
#include "base/status.h"
#include "decider/rule_tables.h"
#include "feed/envelope.h"
#include "services/medication/audit/past_decision.h"

namespace anamnesis::medication {
namespace {

using eventlog::Position;
using eventlog::Record;

constexpr uint32_t kDefaultPage = 200;

absl::StatusOr<v1::MedicationEvent> EventOf(const Record& record) {
  v1::MedicationEvent event;
  if (event.ParseFromString(record.payload)) return event;
  return absl::DataLossError("the event at position " + std::to_string(record.position) + " cannot be decoded");
}

// Calls `visit` with each readable event of the stream and the state before it, up to the last position.
template <class Visit>
absl::Status Replay(const eventlog::EventLog& log, const std::string& stream, Position last, const Visit& visit) {
  v1::MedicationState state;
  const auto cursor = log.Read({.stream = stream}, 0, eventlog::Direction::kForwards);
  for (; cursor->Valid() && cursor->record().position <= last; cursor->Next()) {
    const Record& record = cursor->record();
    if (record.erased) continue;
    ASSIGN_OR_RETURN(const v1::MedicationEvent event, EventOf(record));
    RETURN_IF_ERROR(visit(record, event, state));
    RETURN_IF_ERROR(MedicationDecider::Evolve(state, event));
  }
  return cursor->status();
}

// Does it on the worker and answers.
template <class Response>
void Answer(rpc::Worker& worker, std::function<void(absl::StatusOr<Response>)> done,
            std::function<absl::StatusOr<Response>()> make) {
  auto shared = std::make_shared<std::function<void(absl::StatusOr<Response>)>>(std::move(done));
  if (!worker.Do([shared, make = std::move(make)] { (*shared)(make()); })) (*shared)(rpc::Worker::Refusal());
}

}  // namespace

DecisionService::DecisionService(const eventlog::EventLog& log, PastFacts facts, rpc::Gate& gate)
    : Service(*v1::ExplainDecisionRequest::descriptor()->file()->FindServiceByName("DecisionService"), gate),
      log_(log),
      facts_(std::move(facts)) {
  Unary<v1::ExplainDecisionRequest, v1::ExplainDecisionResponse>(
      "ExplainDecision", [this](const rpc::CallContext&, v1::ExplainDecisionRequest&& request, auto done) {
        Answer<v1::ExplainDecisionResponse>(worker_, std::move(done),
                                            [this, position = request.position()] { return Explain(position); });
      });
  Unary<v1::CompareRuleTablesRequest, v1::CompareRuleTablesResponse>(
      "CompareRuleTables", [this](const rpc::CallContext&, v1::CompareRuleTablesRequest&& request, auto done) {
        Answer<v1::CompareRuleTablesResponse>(worker_, std::move(done),
                                              [this, request = std::move(request)] { return Compare(request); });
      });
}

absl::StatusOr<v1::ExplainDecisionResponse> DecisionService::Explain(Position position) const {
  const auto cursor = log_.Read({}, position - 1, eventlog::Direction::kForwards);
  if (!cursor->Valid()) {
    RETURN_IF_ERROR(cursor->status());
    return Refuse(v1::NO_DECISION_THERE);
  }
  const Record record = cursor->record();
  if (record.position != position || !IsDecisionType(record.type)) return Refuse(v1::NO_DECISION_THERE);
  if (record.erased) return Refuse(v1::DECISION_ERASED);
  ASSIGN_OR_RETURN(RuleHistory rules, RuleHistory::Read(log_));
  v1::ExplainDecisionResponse response;
  RETURN_IF_ERROR(Replay(
      log_, record.stream, position,
      [&](const Record& at, const v1::MedicationEvent& event, const v1::MedicationState& before) -> absl::Status {
        if (at.position != position) return absl::OkStatus();
        feed::ToEnvelope(at, *response.mutable_event());
        *response.mutable_command() = *CommandOf(at, event);
        *response.mutable_state() = before;
        Known known;
        ASSIGN_OR_RETURN(known.others,
                         facts_.At(std::string(eventlog::EntityOf(at.stream)), at.metadata.decided_against));
        known.age_seconds = AgeOf(event);
        ASSIGN_OR_RETURN(known.rules, rules.Before(position));
        *response.mutable_facts() = known.others;
        for (const auto& [id, version] : RulesAt(known.rules.get(), at.effective_micros).versions()) {
          v1::RuleTableVersion& table = *response.add_tables();
          table.set_id(id);
          table.set_version(version);
        }
        const std::vector<rpc::v1::Alert> alerts = AlertsOf(event);
        response.mutable_alerts()->Assign(alerts.begin(), alerts.end());
        *response.mutable_again() = DecideAgain(response.command(), before, known, event);
        return absl::OkStatus();
      }));
  return response;
}

absl::StatusOr<v1::CompareRuleTablesResponse> DecisionService::Compare(
    const v1::CompareRuleTablesRequest& request) const {
  ASSIGN_OR_RETURN(RuleHistory rules, RuleHistory::Read(log_));
  if (const absl::Status replaced = rules.Replace({request.tables().begin(), request.tables().end()}); !replaced.ok()) {
    return decider::InvalidTable(v1::RULE_TABLE_INVALID, "tables", replaced);
  }
  v1::CompareRuleTablesResponse response;
  response.set_tail_position(log_.Tail());
  response.set_position(response.tail_position());
  // The page's decisions by stream; each stream is then replayed once.
  const uint32_t most = request.page_size() == 0 ? kDefaultPage : request.page_size();
  std::map<std::string, std::set<Position>> wanted;
  const auto cursor = log_.Read({}, request.after_position(), eventlog::Direction::kForwards);
  for (uint32_t found = 0; cursor->Valid() && cursor->record().position <= response.tail_position(); cursor->Next()) {
    const Record& record = cursor->record();
    if (!IsDecisionType(record.type)) continue;
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
  std::map<Position, v1::DifferentDecision> differences;
  for (const auto& [stream, positions] : wanted) {
    RETURN_IF_ERROR(Replay(
        log_, stream, *positions.rbegin(),
        [&](const Record& at, const v1::MedicationEvent& event, const v1::MedicationState& before) -> absl::Status {
          if (!positions.contains(at.position)) return absl::OkStatus();
          Known known;
          ASSIGN_OR_RETURN(known.others,
                           facts_.At(std::string(eventlog::EntityOf(at.stream)), at.metadata.decided_against));
          known.age_seconds = AgeOf(event);
          ASSIGN_OR_RETURN(known.rules, rules.Before(at.position));
          response.set_decisions(response.decisions() + 1);
          v1::DecidedAgain again = DecideAgain(*CommandOf(at, event), before, known, event);
          if (!Differs(event, again)) return absl::OkStatus();
          v1::DifferentDecision& difference = differences[at.position];
          difference.set_position(at.position);
          difference.set_patient_id(std::string(eventlog::EntityOf(at.stream)));
          *difference.mutable_effective_time() = ToTimestamp(at.effective_micros);
          difference.set_type(at.type);
          const std::vector<rpc::v1::Alert> alerts = AlertsOf(event);
          difference.mutable_alerts()->Assign(alerts.begin(), alerts.end());
          *difference.mutable_again() = std::move(again);
          return absl::OkStatus();
        }));
  }
  for (auto& [position, difference] : differences) *response.add_differences() = std::move(difference);
  return response;
}

}  // namespace anamnesis::medication
