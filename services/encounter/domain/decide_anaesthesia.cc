// Anaesthesia: running → recovering. Vital signs are added while it runs; its end tells where they are missing.
#include "base/clock.h"
#include "services/encounter/domain/anaesthesia/gaps.h"
#include "services/encounter/domain/decide.h"
#include "services/encounter/domain/intervention/time_span.h"

namespace anamnesis::encounter {
namespace {

template <class Request>
absl::StatusOr<const v1::AnaesthesiaState*> FindRecord(const Situation& at, const Request& request) {
  return Find(at.state.anaesthesia_records(), request.anaesthesia_id(), request.context());
}

// ANAESTHESIA_ENDED.
absl::Status CheckRunning(const v1::AnaesthesiaState& record) {
  return record.status() == v1::ANAESTHESIA_STATUS_RUNNING ? absl::OkStatus() : Refuse(v1::ANAESTHESIA_ENDED);
}

// RECOVERY_ALREADY_LEFT.
absl::Status CheckOpen(const v1::AnaesthesiaState& record) {
  return record.status() == v1::ANAESTHESIA_STATUS_CLOSED ? Refuse(v1::RECOVERY_ALREADY_LEFT) : absl::OkStatus();
}

}  // namespace

absl::StatusOr<Decision> Decide(const Situation& at, const v1::StartAnaesthesiaRequest& request) {
  v1::AnaesthesiaRecord record = request.record();
  if (record.id().empty()) record.set_id(at.input.new_id);
  RETURN_IF_ERROR(CheckInUse(at.facts));
  RETURN_IF_ERROR(CheckNew(at.state.anaesthesia_records(), record.id()));
  if (at.facts.deceased()) return Refuse(v1::PATIENT_DECEASED);

  record.set_status(v1::ANAESTHESIA_STATUS_RUNNING);
  record.clear_end();
  if (!record.has_start()) *record.mutable_start() = EffectiveTime(at, request.context());
  std::string id = record.id();
  v1::EncounterEvent event;
  *event.mutable_anaesthesia_started()->mutable_record() = std::move(record);
  event.mutable_anaesthesia_started()->set_revision(1);
  return decider::Accepted(std::move(id), 1, std::move(event));
}

absl::StatusOr<Decision> Decide(const Situation& at, const v1::RecordAnaesthesiaRequest& request) {
  return Record(at, at.state.anaesthesia_records(), request.record(), &v1::EncounterEvent::mutable_anaesthesia_recorded,
                &v1::AnaesthesiaRecorded::mutable_record);
}

absl::StatusOr<Decision> Decide(const Situation& at, const v1::RecordAnaesthesiaVitalsRequest& request) {
  ASSIGN_OR_RETURN(const v1::AnaesthesiaState* record, FindRecord(at, request));
  RETURN_IF_ERROR(CheckRunning(*record));

  v1::EncounterEvent event;
  v1::AnaesthesiaVitalsRecorded& recorded = *event.mutable_anaesthesia_vitals_recorded();
  recorded.set_anaesthesia_id(request.anaesthesia_id());
  *recorded.mutable_samples() = request.samples();
  recorded.set_revision(record->revision() + 1);
  return decider::Accepted(request.anaesthesia_id(), recorded.revision(), std::move(event));
}

absl::StatusOr<Decision> Decide(const Situation& at, const v1::RecordAnaesthesiaEntriesRequest& request) {
  ASSIGN_OR_RETURN(const v1::AnaesthesiaState* record, FindRecord(at, request));
  RETURN_IF_ERROR(CheckOpen(*record));

  v1::EncounterEvent event;
  v1::AnaesthesiaEntriesRecorded& recorded = *event.mutable_anaesthesia_entries_recorded();
  recorded.set_anaesthesia_id(request.anaesthesia_id());
  *recorded.mutable_entries() = request.entries();
  recorded.set_revision(record->revision() + 1);
  return decider::Accepted(request.anaesthesia_id(), recorded.revision(), std::move(event));
}

absl::StatusOr<Decision> Decide(const Situation& at, const v1::EndAnaesthesiaRequest& request) {
  constexpr char kRule[] = "anaesthesia-vitals";
  ASSIGN_OR_RETURN(const v1::AnaesthesiaState* record, FindRecord(at, request));
  v1::EncounterEvent event;
  v1::AnaesthesiaEnded& ended = *event.mutable_anaesthesia_ended();
  *ended.mutable_end() = request.has_end() ? request.end() : EffectiveTime(at, request.context());
  const int64_t end = ToMicros(ended.end());
  if (record->has_start() && end < ToMicros(record->start())) return Refuse(v1::END_BEFORE_START);
  RETURN_IF_ERROR(CheckRunning(*record));

  const RuleBook& rules = decider::RulesAt(at.shelf, end);
  Alerts alerts;
  if (rules.Setting(kRule) != nullptr) {
    const auto gaps = VitalsGaps(*record, end, rules.Limit(kRule, "minutes") * kMicrosPerMinute);
    ended.mutable_gaps()->Assign(gaps.begin(), gaps.end());
    Findings findings;
    if (!gaps.empty()) {
      Raise(rules, kRule, "Blood pressure or heart rate was not measured often enough under anaesthesia.", {}, findings,
            {Number("gaps", static_cast<int64_t>(gaps.size()))});
    }
    // What is over cannot be prevented: an alert, however grave, never stops the end.
    for (const Finding& finding : findings) alerts.push_back(finding.alert);
  }
  ended.set_anaesthesia_id(request.anaesthesia_id());
  ended.mutable_alerts()->Assign(alerts.begin(), alerts.end());
  ended.set_table_version(rules.version());
  ended.set_revision(record->revision() + 1);
  Decision decision = decider::Accepted(request.anaesthesia_id(), ended.revision(), std::move(event));
  decision.alerts = std::move(alerts);
  return decision;
}

absl::StatusOr<Decision> Decide(const Situation& at, const v1::RetractAnaesthesiaRequest& request) {
  return Retract(at.state.anaesthesia_records(), request.context(), request.anaesthesia_id(),
                 &v1::EncounterEvent::mutable_anaesthesia_retracted, &v1::AnaesthesiaRetracted::mutable_anaesthesia_id);
}

}  // namespace anamnesis::encounter
