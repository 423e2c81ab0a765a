// After anaesthesia: recovering → closed. The score is computed here from its items, and so is adherence to the
// elements of enhanced recovery.
#include <string>
#include <string_view>

#include "base/clock.h"
#include "services/encounter/domain/anaesthesia/gaps.h"
#include "services/encounter/domain/decide.h"

namespace anamnesis::encounter {
namespace {

template <class Request>
absl::StatusOr<const v1::AnaesthesiaState*> FindRecord(const Situation& at, const Request& request) {
  return Find(at.state.anaesthesia_records(), request.anaesthesia_id(), request.context());
}

// ANAESTHESIA_NOT_ENDED, RECOVERY_ALREADY_LEFT.
absl::Status CheckRecovering(const v1::AnaesthesiaState& record) {
  switch (record.status()) {
    case v1::ANAESTHESIA_STATUS_RECOVERING:
      return absl::OkStatus();
    case v1::ANAESTHESIA_STATUS_CLOSED:
      return Refuse(v1::RECOVERY_ALREADY_LEFT);
    default:
      return Refuse(v1::ANAESTHESIA_NOT_ENDED);
  }
}

// ALDRETE_ITEM_MISSING, naming each.
absl::Status CheckAnswered(const v1::AldreteItems& items) {
  RefusalDetails details;
  for (const std::string_view item : MissingItems(items)) {
    google::rpc::BadRequest::FieldViolation& violation = details.fields.emplace_back();
    violation.set_field("items." + std::string(item));
    violation.set_description("must be answered");
  }
  return details.fields.empty() ? absl::OkStatus() : Refuse(v1::ALDRETE_ITEM_MISSING, details);
}

}  // namespace

absl::StatusOr<Decision> Decide(const Situation& at, const v1::ScoreAldreteRequest& request) {
  ASSIGN_OR_RETURN(const v1::AnaesthesiaState* record, FindRecord(at, request));
  const google::protobuf::Timestamp time = EffectiveTime(at, request.context());
  if (record->has_end() && ToMicros(time) < ToMicros(record->end())) return Refuse(v1::END_BEFORE_START);
  RETURN_IF_ERROR(CheckRecovering(*record));
  RETURN_IF_ERROR(CheckAnswered(request.items()));

  v1::EncounterEvent event;
  v1::AldreteScored& scored = *event.mutable_aldrete_scored();
  scored.set_anaesthesia_id(request.anaesthesia_id());
  v1::AldreteScore& score = *scored.mutable_score();
  *score.mutable_time() = time;
  *score.mutable_items() = request.items();
  score.set_total(AldreteTotal(request.items()));
  score.set_scorer_id(request.scorer_id());
  scored.set_revision(record->revision() + 1);
  return decider::Accepted(request.anaesthesia_id(), scored.revision(), std::move(event));
}

absl::StatusOr<Decision> Decide(const Situation& at, const v1::LeaveRecoveryRequest& request) {
  constexpr char kRule[] = "recovery-aldrete";
  ASSIGN_OR_RETURN(const v1::AnaesthesiaState* record, FindRecord(at, request));
  const google::protobuf::Timestamp leaves = EffectiveTime(at, request.context());
  const int64_t time = ToMicros(leaves);
  if (record->has_end() && time < ToMicros(record->end())) return Refuse(v1::END_BEFORE_START);
  RETURN_IF_ERROR(CheckRecovering(*record));

  const RuleBook& rules = decider::RulesAt(at.shelf, time);
  Findings findings;
  if (rules.Setting(kRule) != nullptr) {
    if (!record->has_last_score()) {
      Raise(rules, kRule, "The patient was not scored in recovery.", {}, findings);
    } else if (record->last_score().total() < rules.Limit(kRule, "score")) {
      Raise(rules, kRule, "The last recovery score is too low.", {}, findings,
            {Number("score", record->last_score().total())});
    }
  }
  const Overrides none;
  auto [alerts, refusal] =
      Weigh(findings, rules, {.now = request.overrides(), .roles = at.input.roles, .before = none});
  if (!refusal.ok()) {
    v1::RecoveryRefused refused;
    refused.set_anaesthesia_id(request.anaesthesia_id());
    *refused.mutable_time() = leaves;
    return RefusedByRules(at, request, {std::move(alerts), std::move(refusal)}, rules.version(), std::move(refused),
                          &v1::EncounterEvent::mutable_recovery_refused);
  }
  v1::EncounterEvent event;
  v1::RecoveryLeft& left = *event.mutable_recovery_left();
  left.set_anaesthesia_id(request.anaesthesia_id());
  *left.mutable_time() = leaves;
  left.mutable_alerts()->Assign(alerts.begin(), alerts.end());
  left.set_table_version(rules.version());
  left.set_revision(record->revision() + 1);
  Decision decision = decider::Accepted(request.anaesthesia_id(), left.revision(), std::move(event));
  decision.alerts = std::move(alerts);
  return decision;
}

absl::StatusOr<Decision> Decide(const Situation& at, const v1::RecordErasElementsRequest& request) {
  ASSIGN_OR_RETURN(const v1::AnaesthesiaState* record, FindRecord(at, request));
  v1::ErasAdherence adherence;
  for (const v1::ErasElement& element : request.elements()) {
    if (element.result() == v1::ERAS_RESULT_NOT_DONE && element.reason().empty()) return Refuse(v1::REASON_REQUIRED);
    if (!element.planned()) continue;
    adherence.set_planned(adherence.planned() + 1);
    if (element.result() == v1::ERAS_RESULT_DONE) adherence.set_done(adherence.done() + 1);
  }

  v1::EncounterEvent event;
  v1::ErasElementsRecorded& recorded = *event.mutable_eras_elements_recorded();
  recorded.set_anaesthesia_id(request.anaesthesia_id());
  *recorded.mutable_elements() = request.elements();
  if (adherence.planned() > 0) *recorded.mutable_adherence() = adherence;
  recorded.set_revision(record->revision() + 1);
  return decider::Accepted(request.anaesthesia_id(), recorded.revision(), std::move(event));
}

}  // namespace anamnesis::encounter
