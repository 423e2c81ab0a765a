#include "base/status.h"
#include "decider/acknowledge.h"
#include "services/encounter/domain/alerts.h"
#include "services/encounter/domain/encounter_decider.h"
#include "services/encounter/domain/evolve_by.h"
#include "services/encounter/domain/evolve_entries.h"
#include "services/encounter/domain/evolve_procedure.h"

namespace anamnesis::encounter {
namespace {

// HL7 v3 ActCode of a visit without meeting.
constexpr char kVirtualClass[] = "VR";

// What each event does to the state.
struct Evolution {
  v1::EncounterState& state;

  // The directory.
  absl::Status Register(uint64_t revision) {
    state.set_directory_revision(revision);
    return absl::OkStatus();
  }
  absl::Status Update(const google::protobuf::Message& event, uint64_t revision) {
    if (state.directory_revision() == 0) return Missing(event);
    return Register(revision);
  }
  absl::Status operator()(const v1::PractitionerRegistered& event) { return Register(event.revision()); }
  absl::Status operator()(const v1::PractitionerUpdated& event) { return Update(event, event.revision()); }
  absl::Status operator()(const v1::OrganizationRegistered& event) { return Register(event.revision()); }
  absl::Status operator()(const v1::OrganizationUpdated& event) { return Update(event, event.revision()); }

  absl::Status operator()(const v1::RecordErased&) {
    state.Clear();
    return absl::OkStatus();
  }

  // Encounters.
  template <class Event>
  absl::Status Move(const Event& event, v1::EncounterStatus status) {
    ASSIGN_OR_RETURN(v1::EncounterEntry * entry, Touch(state.mutable_encounters(), event.encounter_id(), event));
    entry->set_status(status);
    return absl::OkStatus();
  }
  absl::Status operator()(const v1::EncounterRecorded& event) {
    v1::EncounterEntry& entry = Add(state.mutable_encounters(), event.encounter().id(), event);
    entry.set_status(event.encounter().status());
    if (event.encounter().period().has_start()) *entry.mutable_start() = event.encounter().period().start();
    return absl::OkStatus();
  }
  absl::Status operator()(const v1::EncounterPlanned& event) {
    const v1::Encounter& encounter = event.encounter();
    v1::EncounterEntry& entry = Add(state.mutable_encounters(), encounter.id(), event);
    entry.set_status(v1::ENCOUNTER_STATUS_PLANNED);
    entry.set_telemedicine(encounter.purpose() == v1::ENCOUNTER_PURPOSE_TELEMEDICINE ||
                           encounter.class_().code() == kVirtualClass);
    if (entry.telemedicine()) *entry.mutable_planned_telemedicine() = encounter.telemedicine();
    return absl::OkStatus();
  }
  absl::Status operator()(const v1::EncounterArrived& event) { return Move(event, v1::ENCOUNTER_STATUS_ARRIVED); }
  absl::Status operator()(const v1::EncounterStarted& event) {
    RETURN_IF_ERROR(Move(event, v1::ENCOUNTER_STATUS_IN_PROGRESS));
    *(*state.mutable_encounters())[event.encounter_id()].mutable_start() = event.start();
    return absl::OkStatus();
  }
  absl::Status operator()(const v1::EncounterFinished& event) { return Move(event, v1::ENCOUNTER_STATUS_FINISHED); }
  absl::Status operator()(const v1::EncounterCancelled& event) { return Move(event, v1::ENCOUNTER_STATUS_CANCELLED); }
  absl::Status operator()(const v1::EncounterMarkedNoShow& event) { return Move(event, v1::ENCOUNTER_STATUS_NO_SHOW); }
  absl::Status operator()(const v1::EncounterRetracted& event) {
    return Retract(state.mutable_encounters(), event.encounter_id(), event);
  }

  // Observations.
  absl::Status operator()(const v1::ObservationRecorded& event) {
    Add(state.mutable_observations(), event.observation().id(), event);
    return absl::OkStatus();
  }
  absl::Status operator()(const v1::ObservationAmended& event) {
    return Touch(state.mutable_observations(), event.observation().id(), event).status();
  }
  absl::Status operator()(const v1::ObservationRetracted& event) {
    return Retract(state.mutable_observations(), event.observation_id(), event);
  }

  // Procedures.
  absl::Status operator()(const v1::ProcedureRecorded& event) {
    Add(state.mutable_procedures(), event.procedure().id(), event);
    return absl::OkStatus();
  }
  absl::Status operator()(const v1::ProcedureRevised& event) {
    return Touch(state.mutable_procedures(), event.procedure().id(), event).status();
  }
  absl::Status operator()(const v1::ProcedureRetracted& event) {
    return Retract(state.mutable_procedures(), event.procedure_id(), event);
  }

  // Diagnostic reports.
  absl::Status operator()(const v1::DiagnosticReportRecorded& event) {
    Add(state.mutable_diagnostic_reports(), event.diagnostic_report().id(), event);
    return absl::OkStatus();
  }
  absl::Status operator()(const v1::DiagnosticReportAmended& event) {
    return Touch(state.mutable_diagnostic_reports(), event.diagnostic_report().id(), event).status();
  }
  absl::Status operator()(const v1::DiagnosticReportRetracted& event) {
    return Retract(state.mutable_diagnostic_reports(), event.diagnostic_report_id(), event);
  }

  // Imaging studies.
  absl::Status operator()(const v1::ImagingStudyRecorded& event) {
    Add(state.mutable_imaging_studies(), event.imaging_study().id(), event);
    return absl::OkStatus();
  }
  absl::Status operator()(const v1::ImagingStudyRetracted& event) {
    return Retract(state.mutable_imaging_studies(), event.imaging_study_id(), event);
  }

  // Immunizations.
  absl::Status operator()(const v1::ImmunizationRecorded& event) {
    Add(state.mutable_immunizations(), event.immunization().id(), event);
    return absl::OkStatus();
  }
  absl::Status operator()(const v1::ImmunizationRetracted& event) {
    return Retract(state.mutable_immunizations(), event.immunization_id(), event);
  }

  // Notes.
  absl::Status operator()(const v1::NoteRecorded& event) {
    Add(state.mutable_notes(), event.note().id(), event).set_status(event.note().status());
    return absl::OkStatus();
  }
  absl::Status operator()(const v1::NoteDrafted& event) {
    Add(state.mutable_notes(), event.note_id(), event).set_status(v1::NOTE_STATUS_DRAFT);
    return absl::OkStatus();
  }
  absl::Status operator()(const v1::DraftRevised& event) {
    return Touch(state.mutable_notes(), event.note_id(), event).status();
  }
  absl::Status operator()(const v1::NoteSigned& event) {
    ASSIGN_OR_RETURN(v1::NoteEntry * note, Touch(state.mutable_notes(), event.note_id(), event));
    note->set_status(v1::NOTE_STATUS_SIGNED);
    return absl::OkStatus();
  }
  absl::Status operator()(const v1::AddendumAdded& event) {
    return Touch(state.mutable_notes(), event.note_id(), event).status();
  }
  absl::Status operator()(const v1::NoteRetracted& event) {
    return Retract(state.mutable_notes(), event.note_id(), event);
  }
};

// DATA_LOSS where no event is set, or one that this program does not know.
absl::Status Apply(const v1::EncounterEvent& event, Evolution evolution) {
  using v1::EncounterEvent;
  switch (event.event_case()) {
    case EncounterEvent::kPractitionerRegistered:
      return evolution(event.practitioner_registered());
    case EncounterEvent::kPractitionerUpdated:
      return evolution(event.practitioner_updated());
    case EncounterEvent::kOrganizationRegistered:
      return evolution(event.organization_registered());
    case EncounterEvent::kOrganizationUpdated:
      return evolution(event.organization_updated());
    case EncounterEvent::kEncounterRecorded:
      return evolution(event.encounter_recorded());
    case EncounterEvent::kEncounterPlanned:
      return evolution(event.encounter_planned());
    case EncounterEvent::kEncounterArrived:
      return evolution(event.encounter_arrived());
    case EncounterEvent::kEncounterStarted:
      return evolution(event.encounter_started());
    case EncounterEvent::kEncounterFinished:
      return evolution(event.encounter_finished());
    case EncounterEvent::kEncounterCancelled:
      return evolution(event.encounter_cancelled());
    case EncounterEvent::kEncounterMarkedNoShow:
      return evolution(event.encounter_marked_no_show());
    case EncounterEvent::kEncounterRetracted:
      return evolution(event.encounter_retracted());
    case EncounterEvent::kObservationRecorded:
      return evolution(event.observation_recorded());
    case EncounterEvent::kObservationAmended:
      return evolution(event.observation_amended());
    case EncounterEvent::kObservationRetracted:
      return evolution(event.observation_retracted());
    case EncounterEvent::kProcedureRecorded:
      return evolution(event.procedure_recorded());
    case EncounterEvent::kProcedureRevised:
      return evolution(event.procedure_revised());
    case EncounterEvent::kProcedureRetracted:
      return evolution(event.procedure_retracted());
    case EncounterEvent::kDiagnosticReportRecorded:
      return evolution(event.diagnostic_report_recorded());
    case EncounterEvent::kDiagnosticReportAmended:
      return evolution(event.diagnostic_report_amended());
    case EncounterEvent::kDiagnosticReportRetracted:
      return evolution(event.diagnostic_report_retracted());
    case EncounterEvent::kImagingStudyRecorded:
      return evolution(event.imaging_study_recorded());
    case EncounterEvent::kImagingStudyRetracted:
      return evolution(event.imaging_study_retracted());
    case EncounterEvent::kImmunizationRecorded:
      return evolution(event.immunization_recorded());
    case EncounterEvent::kImmunizationRetracted:
      return evolution(event.immunization_retracted());
    case EncounterEvent::kNoteRecorded:
      return evolution(event.note_recorded());
    case EncounterEvent::kNoteDrafted:
      return evolution(event.note_drafted());
    case EncounterEvent::kDraftRevised:
      return evolution(event.draft_revised());
    case EncounterEvent::kNoteSigned:
      return evolution(event.note_signed());
    case EncounterEvent::kAddendumAdded:
      return evolution(event.addendum_added());
    case EncounterEvent::kNoteRetracted:
      return evolution(event.note_retracted());
    case EncounterEvent::kRecordErased:
      return evolution(event.record_erased());
    case EncounterEvent::kPrivilegeGranted:
    case EncounterEvent::kPrivilegeRevoked:
    case EncounterEvent::kRuleTableLoaded:
    case EncounterEvent::kInterventionRecorded:
    case EncounterEvent::kInterventionPlanned:
    case EncounterEvent::kInterventionPlanRevised:
    case EncounterEvent::kInterventionConsented:
    case EncounterEvent::kTimeOutDone:
    case EncounterEvent::kInterventionPerformed:
    case EncounterEvent::kInterventionAborted:
    case EncounterEvent::kInterventionRetracted:
    case EncounterEvent::kComplicationReported:
    case EncounterEvent::kOutcomeReported:
    case EncounterEvent::kOutcomeRetracted:
    case EncounterEvent::kAnaesthesiaStarted:
    case EncounterEvent::kAnaesthesiaRecorded:
    case EncounterEvent::kAnaesthesiaVitalsRecorded:
    case EncounterEvent::kAnaesthesiaEntriesRecorded:
    case EncounterEvent::kAnaesthesiaEnded:
    case EncounterEvent::kAldreteScored:
    case EncounterEvent::kRecoveryLeft:
    case EncounterEvent::kErasElementsRecorded:
    case EncounterEvent::kAnaesthesiaRetracted:
    case EncounterEvent::kPainConsultRecorded:
    case EncounterEvent::kPainConsultRetracted:
    case EncounterEvent::kDeviceProgrammeRecorded:
    case EncounterEvent::kDeviceProgrammeRetracted:
    case EncounterEvent::kInterventionRefused:
    case EncounterEvent::kRecoveryRefused:
      return EvolveProcedure(event, evolution.state);
    case EncounterEvent::kAlertsAcknowledged:
      return absl::OkStatus();  // See EvolveAlerts.
    case EncounterEvent::kQuestionnaireResponseRecorded:
      return EvolveBy(event.questionnaire_response_recorded(), evolution.state);
    case EncounterEvent::kQuestionnaireResponseRetracted:
      return EvolveBy(event.questionnaire_response_retracted(), evolution.state);
    case EncounterEvent::kCredentialRecorded:
      return EvolveBy(event.credential_recorded(), evolution.state);
    case EncounterEvent::kCredentialRevised:
      return EvolveBy(event.credential_revised(), evolution.state);
    case EncounterEvent::kCredentialRetracted:
      return EvolveBy(event.credential_retracted(), evolution.state);
    case EncounterEvent::kPhysicalExaminationRecorded:
      return EvolveBy(event.physical_examination_recorded(), evolution.state);
    case EncounterEvent::kPhysicalExaminationAmended:
      return EvolveBy(event.physical_examination_amended(), evolution.state);
    case EncounterEvent::kPhysicalExaminationRetracted:
      return EvolveBy(event.physical_examination_retracted(), evolution.state);
    case EncounterEvent::kDifferentialDiagnosisRecorded:
      return EvolveBy(event.differential_diagnosis_recorded(), evolution.state);
    case EncounterEvent::kDifferentialDiagnosisRevised:
      return EvolveBy(event.differential_diagnosis_revised(), evolution.state);
    case EncounterEvent::kDifferentialDiagnosisRetracted:
      return EvolveBy(event.differential_diagnosis_retracted(), evolution.state);
    case EncounterEvent::kStudyOrderRecorded:
      return EvolveBy(event.study_order_recorded(), evolution.state);
    case EncounterEvent::kStudyOrdered:
      return EvolveBy(event.study_ordered(), evolution.state);
    case EncounterEvent::kStudyScheduled:
      return EvolveBy(event.study_scheduled(), evolution.state);
    case EncounterEvent::kStudyCompleted:
      return EvolveBy(event.study_completed(), evolution.state);
    case EncounterEvent::kStudyCancelled:
      return EvolveBy(event.study_cancelled(), evolution.state);
    case EncounterEvent::kStudyOrderRetracted:
      return EvolveBy(event.study_order_retracted(), evolution.state);
    case EncounterEvent::kReferralRecorded:
      return EvolveBy(event.referral_recorded(), evolution.state);
    case EncounterEvent::kReferralSent:
      return EvolveBy(event.referral_sent(), evolution.state);
    case EncounterEvent::kReferralAccepted:
      return EvolveBy(event.referral_accepted(), evolution.state);
    case EncounterEvent::kReferralAttended:
      return EvolveBy(event.referral_attended(), evolution.state);
    case EncounterEvent::kReferralReported:
      return EvolveBy(event.referral_reported(), evolution.state);
    case EncounterEvent::kReferralDeclined:
      return EvolveBy(event.referral_declined(), evolution.state);
    case EncounterEvent::kReferralCancelled:
      return EvolveBy(event.referral_cancelled(), evolution.state);
    case EncounterEvent::kReferralRetracted:
      return EvolveBy(event.referral_retracted(), evolution.state);
    case EncounterEvent::kConferenceRecorded:
      return EvolveBy(event.conference_recorded(), evolution.state);
    case EncounterEvent::kConferenceAmended:
      return EvolveBy(event.conference_amended(), evolution.state);
    case EncounterEvent::kConferenceRetracted:
      return EvolveBy(event.conference_retracted(), evolution.state);
    case EncounterEvent::EVENT_NOT_SET:
      break;
  }
  return absl::DataLossError("the event is not one that this program knows");
}

}  // namespace

absl::Status EncounterDecider::Evolve(State& state, const Event& event) {
  RETURN_IF_ERROR(Apply(event, {.state = state}));
  decider::EvolveAlerts(event, RaisedBy(event), RetractedBy(event), *state.mutable_open_alerts());
  return absl::OkStatus();
}

}  // namespace anamnesis::encounter
