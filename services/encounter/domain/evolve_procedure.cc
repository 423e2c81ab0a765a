#include "services/encounter/domain/evolve_procedure.h"

#include <algorithm>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "base/clock.h"
#include "base/status.h"
#include "decider/rule_tables.h"
#include "google/protobuf/map.h"
#include "services/encounter/domain/intervention/review.h"

namespace anamnesis::encounter {
namespace {

absl::Status Missing(const google::protobuf::Message& event) {
  return absl::DataLossError(absl::StrCat(event.GetTypeName(), " is about something that was never recorded"));
}

// The resource changed; DATA_LOSS where there is none.
template <class Entry, class Event>
absl::StatusOr<Entry*> Touch(google::protobuf::Map<std::string, Entry>* entries, const std::string& id,
                             const Event& event) {
  const auto found = entries->find(id);
  if (found == entries->end()) return Missing(event);
  found->second.set_revision(event.revision());
  return &found->second;
}

template <class Entry, class Event>
absl::Status Retract(google::protobuf::Map<std::string, Entry>* entries, const std::string& id, const Event& event) {
  ASSIGN_OR_RETURN(Entry * entry, Touch(entries, id, event));
  entry->set_retracted(true);
  return absl::OkStatus();
}

// Keeps what was overridden, so that it need not be overridden again.
template <class Event>
void KeepOverrides(const Event& event, v1::InterventionEntry& entry) {
  for (const rpc::v1::Alert& alert : event.alerts()) {
    if (alert.override_reason().empty()) continue;
    rpc::v1::AlertOverride& kept = *entry.add_overrides();
    kept.set_rule_id(alert.rule_id());
    kept.set_reason(alert.override_reason());
  }
}

// Forgets the last time-out: the next one asks its own questions anew.
void ForgetTimeOut(v1::InterventionEntry& entry) {
  entry.clear_checks();
  entry.clear_time_out_time();
  auto& overrides = *entry.mutable_overrides();
  overrides.erase(std::remove_if(overrides.begin(), overrides.end(),
                                 [](const auto& given) { return IsOfTimeOut(given.rule_id()); }),
                  overrides.end());
}

// Once it is over, only what was done where, and why, counts.
void KeepOutcomeOnly(v1::InterventionEntry& entry) {
  entry.clear_checks();
  entry.clear_consented_time();
  entry.clear_time_out_time();
  entry.clear_overrides();
  entry.mutable_plan()->clear_code();
  entry.mutable_plan()->clear_reason_problem_ids();
}

struct ProcedureEvolution {
  v1::EncounterState& state;

  template <class Event>
  absl::StatusOr<v1::InterventionEntry*> Intervention(const Event& event) {
    return Touch(state.mutable_interventions(), event.intervention_id(), event);
  }
  template <class Event>
  absl::StatusOr<v1::AnaesthesiaState*> Anaesthesia(const Event& event) {
    return Touch(state.mutable_anaesthesia_records(), event.anaesthesia_id(), event);
  }

  // Privileges and rules.
  absl::Status operator()(const v1::PrivilegeGranted& event) {
    v1::PrivilegeEntry& entry = (*state.mutable_privileges())[event.privilege().id()];
    entry.set_revision(event.revision());
    *entry.mutable_privilege() = event.privilege();
    return absl::OkStatus();
  }
  absl::Status operator()(const v1::PrivilegeRevoked& event) {
    ASSIGN_OR_RETURN(v1::PrivilegeEntry * entry, Touch(state.mutable_privileges(), event.privilege_id(), event));
    *entry->mutable_revoked_time() = event.revoked_time();
    return absl::OkStatus();
  }
  absl::Status operator()(const v1::RuleTableLoaded& event) {
    (*state.mutable_rule_tables())[decider::RuleTableKey(event.table())] = event.table();
    return absl::OkStatus();
  }

  // Interventions.
  absl::Status operator()(const v1::InterventionRecorded& event) {
    const v1::Intervention& intervention = event.intervention();
    v1::InterventionEntry& entry = (*state.mutable_interventions())[intervention.id()];
    entry.set_revision(event.revision());
    entry.set_status(intervention.status());
    *entry.mutable_plan() = intervention.plan();
    if (intervention.time_out().has_checks()) *entry.mutable_checks() = intervention.time_out().checks();
    if (intervention.time_out().has_time()) *entry.mutable_time_out_time() = intervention.time_out().time();
    if (intervention.consent().has_time()) *entry.mutable_consented_time() = intervention.consent().time();
    if (intervention.performance().has_start()) *entry.mutable_performed_time() = intervention.performance().start();
    entry.set_encounter_id(intervention.provenance().encounter_id());
    if (entry.status() == v1::INTERVENTION_STATUS_PERFORMED) KeepOutcomeOnly(entry);
    return absl::OkStatus();
  }
  absl::Status operator()(const v1::InterventionPlanned& event) {
    v1::InterventionEntry& entry = (*state.mutable_interventions())[event.intervention().id()];
    entry.set_revision(event.revision());
    entry.set_status(v1::INTERVENTION_STATUS_PLANNED);
    *entry.mutable_plan() = event.intervention().plan();
    entry.set_encounter_id(event.intervention().provenance().encounter_id());
    KeepOverrides(event, entry);
    return absl::OkStatus();
  }
  absl::Status operator()(const v1::InterventionPlanRevised& event) {
    ASSIGN_OR_RETURN(v1::InterventionEntry * entry, Intervention(event));
    *entry->mutable_plan() = event.plan();
    entry->set_status(event.status());
    if (event.status() == v1::INTERVENTION_STATUS_PLANNED) {
      ForgetTimeOut(*entry);
      entry->clear_consented_time();
      entry->clear_overrides();
    }
    KeepOverrides(event, *entry);
    return absl::OkStatus();
  }
  absl::Status operator()(const v1::InterventionConsented& event) {
    ASSIGN_OR_RETURN(v1::InterventionEntry * entry, Intervention(event));
    entry->set_status(v1::INTERVENTION_STATUS_CONSENTED);
    *entry->mutable_consented_time() = event.consent().time();
    ForgetTimeOut(*entry);
    return absl::OkStatus();
  }
  absl::Status operator()(const v1::TimeOutDone& event) {
    ASSIGN_OR_RETURN(v1::InterventionEntry * entry, Intervention(event));
    entry->set_status(v1::INTERVENTION_STATUS_TIME_OUT_DONE);
    ForgetTimeOut(*entry);
    *entry->mutable_checks() = event.time_out().checks();
    *entry->mutable_time_out_time() = event.time_out().time();
    KeepOverrides(event, *entry);
    return absl::OkStatus();
  }
  absl::Status operator()(const v1::InterventionPerformed& event) {
    ASSIGN_OR_RETURN(v1::InterventionEntry * entry, Intervention(event));
    entry->set_status(v1::INTERVENTION_STATUS_PERFORMED);
    *entry->mutable_performed_time() = event.performance().start();
    KeepOutcomeOnly(*entry);
    return absl::OkStatus();
  }
  absl::Status operator()(const v1::InterventionAborted& event) {
    ASSIGN_OR_RETURN(v1::InterventionEntry * entry, Intervention(event));
    entry->set_status(v1::INTERVENTION_STATUS_ABORTED);
    KeepOutcomeOnly(*entry);
    return absl::OkStatus();
  }
  absl::Status operator()(const v1::InterventionRetracted& event) {
    return Retract(state.mutable_interventions(), event.intervention_id(), event);
  }
  absl::Status operator()(const v1::ComplicationReported& event) { return Intervention(event).status(); }
  absl::Status operator()(const v1::OutcomeReported& event) {
    ASSIGN_OR_RETURN(v1::InterventionEntry * entry, Intervention(event));
    v1::OutcomeEntry& outcome = *entry->add_outcomes();
    outcome.set_id(event.report().id());
    *outcome.mutable_time() = event.report().time();
    if (event.report().has_relief_basis_points()) {
      outcome.set_relief_basis_points(event.report().relief_basis_points());
    }
    if (event.report().has_relief_duration()) *outcome.mutable_relief_duration() = event.report().relief_duration();
    return absl::OkStatus();
  }
  absl::Status operator()(const v1::OutcomeRetracted& event) {
    ASSIGN_OR_RETURN(v1::InterventionEntry * entry, Intervention(event));
    auto& outcomes = *entry->mutable_outcomes();
    for (auto outcome = outcomes.begin(); outcome != outcomes.end(); ++outcome) {
      if (outcome->id() != event.outcome_id()) continue;
      outcomes.erase(outcome);
      entry->add_retracted_outcome_ids(event.outcome_id());
      return absl::OkStatus();
    }
    return Missing(event);
  }

  // Anaesthesia.
  absl::Status Begin(const v1::AnaesthesiaRecord& record, uint64_t revision) {
    v1::AnaesthesiaState& added = (*state.mutable_anaesthesia_records())[record.id()];
    added.set_revision(revision);
    added.set_status(record.status());
    if (record.has_start()) *added.mutable_start() = record.start();
    if (record.has_end()) *added.mutable_end() = record.end();
    return absl::OkStatus();
  }
  absl::Status operator()(const v1::AnaesthesiaStarted& event) { return Begin(event.record(), event.revision()); }
  absl::Status operator()(const v1::AnaesthesiaRecorded& event) { return Begin(event.record(), event.revision()); }
  absl::Status operator()(const v1::AnaesthesiaVitalsRecorded& event);
  absl::Status operator()(const v1::AnaesthesiaEntriesRecorded& event) { return Anaesthesia(event).status(); }
  absl::Status operator()(const v1::AnaesthesiaEnded& event) {
    ASSIGN_OR_RETURN(v1::AnaesthesiaState * record, Anaesthesia(event));
    record->set_status(v1::ANAESTHESIA_STATUS_RECOVERING);
    *record->mutable_end() = event.end();
    record->clear_pressure_micros();
    record->clear_heart_rate_micros();
    return absl::OkStatus();
  }
  absl::Status operator()(const v1::AldreteScored& event) {
    ASSIGN_OR_RETURN(v1::AnaesthesiaState * record, Anaesthesia(event));
    // One that is entered late is not the last one.
    const bool earlier =
        record->has_last_score() && ToMicros(event.score().time()) < ToMicros(record->last_score().time());
    if (!earlier) *record->mutable_last_score() = event.score();
    return absl::OkStatus();
  }
  absl::Status operator()(const v1::RecoveryLeft& event) {
    ASSIGN_OR_RETURN(v1::AnaesthesiaState * record, Anaesthesia(event));
    record->set_status(v1::ANAESTHESIA_STATUS_CLOSED);
    return absl::OkStatus();
  }
  absl::Status operator()(const v1::ErasElementsRecorded& event) { return Anaesthesia(event).status(); }
  absl::Status operator()(const v1::AnaesthesiaRetracted& event) {
    return Retract(state.mutable_anaesthesia_records(), event.anaesthesia_id(), event);
  }

  // Devices and consults.
  absl::Status operator()(const v1::PainConsultRecorded& event) {
    (*state.mutable_pain_consults())[event.pain_consult().id()].set_revision(event.revision());
    return absl::OkStatus();
  }
  absl::Status operator()(const v1::PainConsultRetracted& event) {
    return Retract(state.mutable_pain_consults(), event.pain_consult_id(), event);
  }
  absl::Status operator()(const v1::DeviceProgrammeRecorded& event) {
    (*state.mutable_device_programmes())[event.device_programme().id()].set_revision(event.revision());
    return absl::OkStatus();
  }
  absl::Status operator()(const v1::DeviceProgrammeRetracted& event) {
    return Retract(state.mutable_device_programmes(), event.device_programme_id(), event);
  }
};

absl::Status ProcedureEvolution::operator()(const v1::AnaesthesiaVitalsRecorded& event) {
  ASSIGN_OR_RETURN(v1::AnaesthesiaState * record, Anaesthesia(event));
  for (const v1::VitalSample& sample : event.samples()) {
    const int64_t time = ToMicros(sample.time());
    if (sample.has_systolic() && sample.has_diastolic()) record->add_pressure_micros(time);
    if (sample.has_heart_rate()) record->add_heart_rate_micros(time);
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status EvolveProcedure(const v1::EncounterEvent& event, v1::EncounterState& state) {
  ProcedureEvolution evolution{.state = state};
  using v1::EncounterEvent;
  switch (event.event_case()) {
    case EncounterEvent::kPrivilegeGranted:
      return evolution(event.privilege_granted());
    case EncounterEvent::kPrivilegeRevoked:
      return evolution(event.privilege_revoked());
    case EncounterEvent::kRuleTableLoaded:
      return evolution(event.rule_table_loaded());
    case EncounterEvent::kInterventionRecorded:
      return evolution(event.intervention_recorded());
    case EncounterEvent::kInterventionPlanned:
      return evolution(event.intervention_planned());
    case EncounterEvent::kInterventionPlanRevised:
      return evolution(event.intervention_plan_revised());
    case EncounterEvent::kInterventionConsented:
      return evolution(event.intervention_consented());
    case EncounterEvent::kTimeOutDone:
      return evolution(event.time_out_done());
    case EncounterEvent::kInterventionPerformed:
      return evolution(event.intervention_performed());
    case EncounterEvent::kInterventionAborted:
      return evolution(event.intervention_aborted());
    case EncounterEvent::kInterventionRetracted:
      return evolution(event.intervention_retracted());
    case EncounterEvent::kComplicationReported:
      return evolution(event.complication_reported());
    case EncounterEvent::kOutcomeReported:
      return evolution(event.outcome_reported());
    case EncounterEvent::kOutcomeRetracted:
      return evolution(event.outcome_retracted());
    case EncounterEvent::kAnaesthesiaStarted:
      return evolution(event.anaesthesia_started());
    case EncounterEvent::kAnaesthesiaRecorded:
      return evolution(event.anaesthesia_recorded());
    case EncounterEvent::kAnaesthesiaVitalsRecorded:
      return evolution(event.anaesthesia_vitals_recorded());
    case EncounterEvent::kAnaesthesiaEntriesRecorded:
      return evolution(event.anaesthesia_entries_recorded());
    case EncounterEvent::kAnaesthesiaEnded:
      return evolution(event.anaesthesia_ended());
    case EncounterEvent::kAldreteScored:
      return evolution(event.aldrete_scored());
    case EncounterEvent::kRecoveryLeft:
      return evolution(event.recovery_left());
    case EncounterEvent::kErasElementsRecorded:
      return evolution(event.eras_elements_recorded());
    case EncounterEvent::kAnaesthesiaRetracted:
      return evolution(event.anaesthesia_retracted());
    case EncounterEvent::kPainConsultRecorded:
      return evolution(event.pain_consult_recorded());
    case EncounterEvent::kPainConsultRetracted:
      return evolution(event.pain_consult_retracted());
    case EncounterEvent::kDeviceProgrammeRecorded:
      return evolution(event.device_programme_recorded());
    case EncounterEvent::kDeviceProgrammeRetracted:
      return evolution(event.device_programme_retracted());
    case EncounterEvent::kInterventionRefused:
    case EncounterEvent::kRecoveryRefused:
      return absl::OkStatus();  // Nothing came of it.
    default:
      return absl::DataLossError("the event is not one that this program knows");
  }
}

}  // namespace anamnesis::encounter
