// What came of an intervention: outcome reports over time, and complications that showed themselves later.
#include <algorithm>
#include <optional>

#include "base/clock.h"
#include "services/encounter/domain/decide.h"
#include "services/encounter/domain/encounter_decider.h"
#include "services/encounter/domain/intervention/standing.h"

namespace anamnesis::encounter {
namespace {

template <class Request>
absl::StatusOr<const v1::InterventionEntry*> FindIntervention(const Situation& at, const Request& request) {
  return Find(at.state.interventions(), request.intervention_id(), request.context());
}

bool IsReported(const v1::InterventionEntry& entry, const std::string& id) {
  return std::ranges::find(entry.outcomes(), id, &v1::OutcomeEntry::id) != entry.outcomes().end();
}
bool WasRetracted(const v1::InterventionEntry& entry, const std::string& id) {
  return std::ranges::find(entry.retracted_outcome_ids(), id) != entry.retracted_outcome_ids().end();
}

// Notes what is next, and when the next report is due, by the state after the event.
template <class Change>
void NoteNext(const Situation& at, const v1::EncounterEvent& event, int64_t micros, Change& change) {
  v1::EncounterState after;
  *after.mutable_interventions() = at.person.interventions();
  if (!EncounterDecider::Evolve(after, event).ok()) return;
  const std::string& id = change.intervention_id();
  const RuleBook& rules = decider::RulesAt(at.shelf, micros);
  if (auto standing = StandingOf(after, id, at.facts, rules, micros)) *change.mutable_standing() = *std::move(standing);
  if (const auto due = NextOutcomeDue(after.interventions().at(id), rules)) {
    *change.mutable_outcome_due() = ToTimestamp(*due);
  }
}

}  // namespace

absl::StatusOr<Decision> Decide(const Situation& at, const v1::ReportOutcomeRequest& request) {
  ASSIGN_OR_RETURN(const v1::InterventionEntry* entry, FindIntervention(at, request));
  v1::OutcomeReport report = request.report();
  if (report.id().empty()) report.set_id(at.input.new_id);
  if (!report.has_time()) *report.mutable_time() = EffectiveTime(at, request.context());
  if (IsReported(*entry, report.id()) || WasRetracted(*entry, report.id())) {
    return Refuse(v1::RESOURCE_ALREADY_EXISTS);
  }
  const int64_t time = ToMicros(report.time());
  if (entry->has_performed_time() && time < ToMicros(entry->performed_time())) return Refuse(v1::END_BEFORE_START);
  if (entry->status() != v1::INTERVENTION_STATUS_PERFORMED) return Refuse(v1::INTERVENTION_NOT_PERFORMED);

  const uint64_t revision = entry->revision() + 1;
  v1::EncounterEvent event;
  v1::OutcomeReported& reported = *event.mutable_outcome_reported();
  reported.set_intervention_id(request.intervention_id());
  *reported.mutable_report() = std::move(report);
  reported.set_revision(revision);
  NoteNext(at, event, time, reported);
  return decider::Accepted(request.intervention_id(), revision, std::move(event));
}

absl::StatusOr<Decision> Decide(const Situation& at, const v1::RetractOutcomeRequest& request) {
  ASSIGN_OR_RETURN(const v1::InterventionEntry* entry, FindIntervention(at, request));
  if (WasRetracted(*entry, request.outcome_id())) return Refuse(v1::RESOURCE_RETRACTED);
  if (!IsReported(*entry, request.outcome_id())) return Refuse(v1::RESOURCE_NOT_FOUND);
  if (request.context().reason().empty()) return Refuse(v1::REASON_REQUIRED);

  const uint64_t revision = entry->revision() + 1;
  v1::EncounterEvent event;
  v1::OutcomeRetracted& retracted = *event.mutable_outcome_retracted();
  retracted.set_intervention_id(request.intervention_id());
  retracted.set_outcome_id(request.outcome_id());
  retracted.set_reason(request.context().reason());
  retracted.set_revision(revision);
  NoteNext(at, event, decider::EffectiveMicros(request.context(), at.input), retracted);
  return decider::Accepted(request.intervention_id(), revision, std::move(event));
}

absl::StatusOr<Decision> Decide(const Situation& at, const v1::ReportComplicationRequest& request) {
  ASSIGN_OR_RETURN(const v1::InterventionEntry* entry, FindIntervention(at, request));
  if (entry->status() != v1::INTERVENTION_STATUS_PERFORMED && entry->status() != v1::INTERVENTION_STATUS_ABORTED) {
    return Refuse(v1::INTERVENTION_NOT_PERFORMED);
  }

  const uint64_t revision = entry->revision() + 1;
  v1::EncounterEvent event;
  v1::ComplicationReported& reported = *event.mutable_complication_reported();
  reported.set_intervention_id(request.intervention_id());
  *reported.mutable_complication() = request.complication();
  if (!reported.complication().has_time()) {
    *reported.mutable_complication()->mutable_time() = EffectiveTime(at, request.context());
  }
  reported.set_revision(revision);
  return decider::Accepted(request.intervention_id(), revision, std::move(event));
}

}  // namespace anamnesis::encounter
