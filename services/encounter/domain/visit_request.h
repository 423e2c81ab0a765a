// From the message that holds any command to the request that is set in it. The only place that lists them all: a new
// one that is not listed here does not compile.
#pragma once

#include "anamnesis/encounter/v1/encounter_service.pb.h"

namespace anamnesis::encounter {

// Calls `visit` with the request that the command carries; false if it carries none.
template <class Visitor>
bool VisitRequest(const v1::EncounterCommand& command, Visitor&& visit) {
  using v1::EncounterCommand;
  switch (command.command_case()) {
    case EncounterCommand::kRegisterPractitioner:
      return visit(command.register_practitioner()), true;
    case EncounterCommand::kUpdatePractitioner:
      return visit(command.update_practitioner()), true;
    case EncounterCommand::kRegisterOrganization:
      return visit(command.register_organization()), true;
    case EncounterCommand::kUpdateOrganization:
      return visit(command.update_organization()), true;
    case EncounterCommand::kRecordEncounter:
      return visit(command.record_encounter()), true;
    case EncounterCommand::kPlanEncounter:
      return visit(command.plan_encounter()), true;
    case EncounterCommand::kMarkArrived:
      return visit(command.mark_arrived()), true;
    case EncounterCommand::kStartEncounter:
      return visit(command.start_encounter()), true;
    case EncounterCommand::kFinishEncounter:
      return visit(command.finish_encounter()), true;
    case EncounterCommand::kCancelEncounter:
      return visit(command.cancel_encounter()), true;
    case EncounterCommand::kMarkNoShow:
      return visit(command.mark_no_show()), true;
    case EncounterCommand::kRetractEncounter:
      return visit(command.retract_encounter()), true;
    case EncounterCommand::kRecordObservation:
      return visit(command.record_observation()), true;
    case EncounterCommand::kAmendObservation:
      return visit(command.amend_observation()), true;
    case EncounterCommand::kRetractObservation:
      return visit(command.retract_observation()), true;
    case EncounterCommand::kRecordProcedure:
      return visit(command.record_procedure()), true;
    case EncounterCommand::kReviseProcedure:
      return visit(command.revise_procedure()), true;
    case EncounterCommand::kRetractProcedure:
      return visit(command.retract_procedure()), true;
    case EncounterCommand::kRecordDiagnosticReport:
      return visit(command.record_diagnostic_report()), true;
    case EncounterCommand::kAmendDiagnosticReport:
      return visit(command.amend_diagnostic_report()), true;
    case EncounterCommand::kRetractDiagnosticReport:
      return visit(command.retract_diagnostic_report()), true;
    case EncounterCommand::kRecordImagingStudy:
      return visit(command.record_imaging_study()), true;
    case EncounterCommand::kRetractImagingStudy:
      return visit(command.retract_imaging_study()), true;
    case EncounterCommand::kRecordImmunization:
      return visit(command.record_immunization()), true;
    case EncounterCommand::kRetractImmunization:
      return visit(command.retract_immunization()), true;
    case EncounterCommand::kRecordNote:
      return visit(command.record_note()), true;
    case EncounterCommand::kDraftNote:
      return visit(command.draft_note()), true;
    case EncounterCommand::kReviseDraft:
      return visit(command.revise_draft()), true;
    case EncounterCommand::kSignNote:
      return visit(command.sign_note()), true;
    case EncounterCommand::kAddAddendum:
      return visit(command.add_addendum()), true;
    case EncounterCommand::kRetractNote:
      return visit(command.retract_note()), true;
    case EncounterCommand::kEraseRecord:
      return visit(command.erase_record()), true;
    case EncounterCommand::kGrantPrivilege:
      return visit(command.grant_privilege()), true;
    case EncounterCommand::kRevokePrivilege:
      return visit(command.revoke_privilege()), true;
    case EncounterCommand::kLoadRuleTable:
      return visit(command.load_rule_table()), true;
    case EncounterCommand::kRecordIntervention:
      return visit(command.record_intervention()), true;
    case EncounterCommand::kPlanIntervention:
      return visit(command.plan_intervention()), true;
    case EncounterCommand::kReviseInterventionPlan:
      return visit(command.revise_intervention_plan()), true;
    case EncounterCommand::kRecordInterventionConsent:
      return visit(command.record_intervention_consent()), true;
    case EncounterCommand::kRecordTimeOut:
      return visit(command.record_time_out()), true;
    case EncounterCommand::kPerformIntervention:
      return visit(command.perform_intervention()), true;
    case EncounterCommand::kAbortIntervention:
      return visit(command.abort_intervention()), true;
    case EncounterCommand::kRetractIntervention:
      return visit(command.retract_intervention()), true;
    case EncounterCommand::kReportComplication:
      return visit(command.report_complication()), true;
    case EncounterCommand::kReportOutcome:
      return visit(command.report_outcome()), true;
    case EncounterCommand::kRetractOutcome:
      return visit(command.retract_outcome()), true;
    case EncounterCommand::kStartAnaesthesia:
      return visit(command.start_anaesthesia()), true;
    case EncounterCommand::kRecordAnaesthesia:
      return visit(command.record_anaesthesia()), true;
    case EncounterCommand::kRecordAnaesthesiaVitals:
      return visit(command.record_anaesthesia_vitals()), true;
    case EncounterCommand::kRecordAnaesthesiaEntries:
      return visit(command.record_anaesthesia_entries()), true;
    case EncounterCommand::kEndAnaesthesia:
      return visit(command.end_anaesthesia()), true;
    case EncounterCommand::kScoreAldrete:
      return visit(command.score_aldrete()), true;
    case EncounterCommand::kLeaveRecovery:
      return visit(command.leave_recovery()), true;
    case EncounterCommand::kRecordErasElements:
      return visit(command.record_eras_elements()), true;
    case EncounterCommand::kAcknowledgeAlerts:
      return visit(command.acknowledge_alerts()), true;
    case EncounterCommand::kRetractAnaesthesia:
      return visit(command.retract_anaesthesia()), true;
    case EncounterCommand::kRecordPainConsult:
      return visit(command.record_pain_consult()), true;
    case EncounterCommand::kRetractPainConsult:
      return visit(command.retract_pain_consult()), true;
    case EncounterCommand::kRecordDeviceProgramme:
      return visit(command.record_device_programme()), true;
    case EncounterCommand::kRetractDeviceProgramme:
      return visit(command.retract_device_programme()), true;
    case EncounterCommand::kRecordQuestionnaireResponse:
      return visit(command.record_questionnaire_response()), true;
    case EncounterCommand::kRetractQuestionnaireResponse:
      return visit(command.retract_questionnaire_response()), true;
    case EncounterCommand::kRecordCredential:
      return visit(command.record_credential()), true;
    case EncounterCommand::kReviseCredential:
      return visit(command.revise_credential()), true;
    case EncounterCommand::kRetractCredential:
      return visit(command.retract_credential()), true;
    case EncounterCommand::kRecordPhysicalExamination:
      return visit(command.record_physical_examination()), true;
    case EncounterCommand::kAmendPhysicalExamination:
      return visit(command.amend_physical_examination()), true;
    case EncounterCommand::kRetractPhysicalExamination:
      return visit(command.retract_physical_examination()), true;
    case EncounterCommand::kRecordDifferentialDiagnosis:
      return visit(command.record_differential_diagnosis()), true;
    case EncounterCommand::kReviseDifferentialDiagnosis:
      return visit(command.revise_differential_diagnosis()), true;
    case EncounterCommand::kRetractDifferentialDiagnosis:
      return visit(command.retract_differential_diagnosis()), true;
    case EncounterCommand::kRecordStudyOrder:
      return visit(command.record_study_order()), true;
    case EncounterCommand::kOrderStudy:
      return visit(command.order_study()), true;
    case EncounterCommand::kScheduleStudy:
      return visit(command.schedule_study()), true;
    case EncounterCommand::kCompleteStudy:
      return visit(command.complete_study()), true;
    case EncounterCommand::kCancelStudy:
      return visit(command.cancel_study()), true;
    case EncounterCommand::kRetractStudyOrder:
      return visit(command.retract_study_order()), true;
    case EncounterCommand::kRecordReferral:
      return visit(command.record_referral()), true;
    case EncounterCommand::kSendReferral:
      return visit(command.send_referral()), true;
    case EncounterCommand::kAcceptReferral:
      return visit(command.accept_referral()), true;
    case EncounterCommand::kAttendReferral:
      return visit(command.attend_referral()), true;
    case EncounterCommand::kReportReferral:
      return visit(command.report_referral()), true;
    case EncounterCommand::kDeclineReferral:
      return visit(command.decline_referral()), true;
    case EncounterCommand::kCancelReferral:
      return visit(command.cancel_referral()), true;
    case EncounterCommand::kRetractReferral:
      return visit(command.retract_referral()), true;
    case EncounterCommand::kRecordConference:
      return visit(command.record_conference()), true;
    case EncounterCommand::kAmendConference:
      return visit(command.amend_conference()), true;
    case EncounterCommand::kRetractConference:
      return visit(command.retract_conference()), true;
    case EncounterCommand::COMMAND_NOT_SET:
      return false;
  }
  return false;
}

}  // namespace anamnesis::encounter
