// From the message that holds any event to the one that is set in it.
#pragma once

#include "anamnesis/encounter/v1/events.pb.h"

namespace anamnesis::encounter {

// Calls `visit` with the event that is set; false if none is, or one that this program does not know.
template <class Visitor>
bool VisitEvent(const v1::EncounterEvent& event, Visitor&& visit) {
  using v1::EncounterEvent;
  switch (event.event_case()) {
    case EncounterEvent::kPractitionerRegistered:
      return visit(event.practitioner_registered()), true;
    case EncounterEvent::kPractitionerUpdated:
      return visit(event.practitioner_updated()), true;
    case EncounterEvent::kOrganizationRegistered:
      return visit(event.organization_registered()), true;
    case EncounterEvent::kOrganizationUpdated:
      return visit(event.organization_updated()), true;
    case EncounterEvent::kEncounterRecorded:
      return visit(event.encounter_recorded()), true;
    case EncounterEvent::kEncounterPlanned:
      return visit(event.encounter_planned()), true;
    case EncounterEvent::kEncounterArrived:
      return visit(event.encounter_arrived()), true;
    case EncounterEvent::kEncounterStarted:
      return visit(event.encounter_started()), true;
    case EncounterEvent::kEncounterFinished:
      return visit(event.encounter_finished()), true;
    case EncounterEvent::kEncounterCancelled:
      return visit(event.encounter_cancelled()), true;
    case EncounterEvent::kEncounterMarkedNoShow:
      return visit(event.encounter_marked_no_show()), true;
    case EncounterEvent::kEncounterRetracted:
      return visit(event.encounter_retracted()), true;
    case EncounterEvent::kObservationRecorded:
      return visit(event.observation_recorded()), true;
    case EncounterEvent::kObservationAmended:
      return visit(event.observation_amended()), true;
    case EncounterEvent::kObservationRetracted:
      return visit(event.observation_retracted()), true;
    case EncounterEvent::kProcedureRecorded:
      return visit(event.procedure_recorded()), true;
    case EncounterEvent::kProcedureRevised:
      return visit(event.procedure_revised()), true;
    case EncounterEvent::kProcedureRetracted:
      return visit(event.procedure_retracted()), true;
    case EncounterEvent::kDiagnosticReportRecorded:
      return visit(event.diagnostic_report_recorded()), true;
    case EncounterEvent::kDiagnosticReportAmended:
      return visit(event.diagnostic_report_amended()), true;
    case EncounterEvent::kDiagnosticReportRetracted:
      return visit(event.diagnostic_report_retracted()), true;
    case EncounterEvent::kImagingStudyRecorded:
      return visit(event.imaging_study_recorded()), true;
    case EncounterEvent::kImagingStudyRetracted:
      return visit(event.imaging_study_retracted()), true;
    case EncounterEvent::kImmunizationRecorded:
      return visit(event.immunization_recorded()), true;
    case EncounterEvent::kImmunizationRetracted:
      return visit(event.immunization_retracted()), true;
    case EncounterEvent::kNoteRecorded:
      return visit(event.note_recorded()), true;
    case EncounterEvent::kNoteDrafted:
      return visit(event.note_drafted()), true;
    case EncounterEvent::kDraftRevised:
      return visit(event.draft_revised()), true;
    case EncounterEvent::kNoteSigned:
      return visit(event.note_signed()), true;
    case EncounterEvent::kAddendumAdded:
      return visit(event.addendum_added()), true;
    case EncounterEvent::kNoteRetracted:
      return visit(event.note_retracted()), true;
    case EncounterEvent::kRecordErased:
      return visit(event.record_erased()), true;
    case EncounterEvent::kPrivilegeGranted:
      return visit(event.privilege_granted()), true;
    case EncounterEvent::kPrivilegeRevoked:
      return visit(event.privilege_revoked()), true;
    case EncounterEvent::kRuleTableLoaded:
      return visit(event.rule_table_loaded()), true;
    case EncounterEvent::kInterventionRecorded:
      return visit(event.intervention_recorded()), true;
    case EncounterEvent::kInterventionPlanned:
      return visit(event.intervention_planned()), true;
    case EncounterEvent::kInterventionPlanRevised:
      return visit(event.intervention_plan_revised()), true;
    case EncounterEvent::kInterventionConsented:
      return visit(event.intervention_consented()), true;
    case EncounterEvent::kTimeOutDone:
      return visit(event.time_out_done()), true;
    case EncounterEvent::kInterventionPerformed:
      return visit(event.intervention_performed()), true;
    case EncounterEvent::kInterventionAborted:
      return visit(event.intervention_aborted()), true;
    case EncounterEvent::kInterventionRetracted:
      return visit(event.intervention_retracted()), true;
    case EncounterEvent::kComplicationReported:
      return visit(event.complication_reported()), true;
    case EncounterEvent::kOutcomeReported:
      return visit(event.outcome_reported()), true;
    case EncounterEvent::kOutcomeRetracted:
      return visit(event.outcome_retracted()), true;
    case EncounterEvent::kAnaesthesiaStarted:
      return visit(event.anaesthesia_started()), true;
    case EncounterEvent::kAnaesthesiaRecorded:
      return visit(event.anaesthesia_recorded()), true;
    case EncounterEvent::kAnaesthesiaVitalsRecorded:
      return visit(event.anaesthesia_vitals_recorded()), true;
    case EncounterEvent::kAnaesthesiaEntriesRecorded:
      return visit(event.anaesthesia_entries_recorded()), true;
    case EncounterEvent::kAnaesthesiaEnded:
      return visit(event.anaesthesia_ended()), true;
    case EncounterEvent::kAldreteScored:
      return visit(event.aldrete_scored()), true;
    case EncounterEvent::kRecoveryLeft:
      return visit(event.recovery_left()), true;
    case EncounterEvent::kErasElementsRecorded:
      return visit(event.eras_elements_recorded()), true;
    case EncounterEvent::kAlertsAcknowledged:
      return visit(event.alerts_acknowledged()), true;
    case EncounterEvent::kAnaesthesiaRetracted:
      return visit(event.anaesthesia_retracted()), true;
    case EncounterEvent::kPainConsultRecorded:
      return visit(event.pain_consult_recorded()), true;
    case EncounterEvent::kPainConsultRetracted:
      return visit(event.pain_consult_retracted()), true;
    case EncounterEvent::kDeviceProgrammeRecorded:
      return visit(event.device_programme_recorded()), true;
    case EncounterEvent::kDeviceProgrammeRetracted:
      return visit(event.device_programme_retracted()), true;
    case EncounterEvent::kInterventionRefused:
      return visit(event.intervention_refused()), true;
    case EncounterEvent::kRecoveryRefused:
      return visit(event.recovery_refused()), true;
    case EncounterEvent::kQuestionnaireResponseRecorded:
      return visit(event.questionnaire_response_recorded()), true;
    case EncounterEvent::kQuestionnaireResponseRetracted:
      return visit(event.questionnaire_response_retracted()), true;
    case EncounterEvent::kCredentialRecorded:
      return visit(event.credential_recorded()), true;
    case EncounterEvent::kCredentialRevised:
      return visit(event.credential_revised()), true;
    case EncounterEvent::kCredentialRetracted:
      return visit(event.credential_retracted()), true;
    case EncounterEvent::kPhysicalExaminationRecorded:
      return visit(event.physical_examination_recorded()), true;
    case EncounterEvent::kPhysicalExaminationAmended:
      return visit(event.physical_examination_amended()), true;
    case EncounterEvent::kPhysicalExaminationRetracted:
      return visit(event.physical_examination_retracted()), true;
    case EncounterEvent::kDifferentialDiagnosisRecorded:
      return visit(event.differential_diagnosis_recorded()), true;
    case EncounterEvent::kDifferentialDiagnosisRevised:
      return visit(event.differential_diagnosis_revised()), true;
    case EncounterEvent::kDifferentialDiagnosisRetracted:
      return visit(event.differential_diagnosis_retracted()), true;
    case EncounterEvent::kStudyOrderRecorded:
      return visit(event.study_order_recorded()), true;
    case EncounterEvent::kStudyOrdered:
      return visit(event.study_ordered()), true;
    case EncounterEvent::kStudyScheduled:
      return visit(event.study_scheduled()), true;
    case EncounterEvent::kStudyCompleted:
      return visit(event.study_completed()), true;
    case EncounterEvent::kStudyCancelled:
      return visit(event.study_cancelled()), true;
    case EncounterEvent::kStudyOrderRetracted:
      return visit(event.study_order_retracted()), true;
    case EncounterEvent::kReferralRecorded:
      return visit(event.referral_recorded()), true;
    case EncounterEvent::kReferralSent:
      return visit(event.referral_sent()), true;
    case EncounterEvent::kReferralAccepted:
      return visit(event.referral_accepted()), true;
    case EncounterEvent::kReferralAttended:
      return visit(event.referral_attended()), true;
    case EncounterEvent::kReferralReported:
      return visit(event.referral_reported()), true;
    case EncounterEvent::kReferralDeclined:
      return visit(event.referral_declined()), true;
    case EncounterEvent::kReferralCancelled:
      return visit(event.referral_cancelled()), true;
    case EncounterEvent::kReferralRetracted:
      return visit(event.referral_retracted()), true;
    case EncounterEvent::kConferenceRecorded:
      return visit(event.conference_recorded()), true;
    case EncounterEvent::kConferenceAmended:
      return visit(event.conference_amended()), true;
    case EncounterEvent::kConferenceRetracted:
      return visit(event.conference_retracted()), true;
    case EncounterEvent::EVENT_NOT_SET:
      return false;
  }
  return false;
}

}  // namespace anamnesis::encounter
