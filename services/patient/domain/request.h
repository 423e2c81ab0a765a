// From a command to the request that it carries.
#pragma once

#include "anamnesis/patient/v1/patient_service.pb.h"

namespace anamnesis::patient {

// Calls `visit` with the request that the command carries; not at all if it carries none.
template <class Visitor>
void WithRequest(const v1::PatientCommand& command, Visitor&& visit) {
  switch (command.command_case()) {
    case v1::PatientCommand::kRegisterPatient:
      return visit(command.register_patient());
    case v1::PatientCommand::kUpdateDemographics:
      return visit(command.update_demographics());
    case v1::PatientCommand::kAddIdentifier:
      return visit(command.add_identifier());
    case v1::PatientCommand::kRetireIdentifier:
      return visit(command.retire_identifier());
    case v1::PatientCommand::kRecordDeath:
      return visit(command.record_death());
    case v1::PatientCommand::kRetractDeath:
      return visit(command.retract_death());
    case v1::PatientCommand::kMergePatients:
      return visit(command.merge_patients());
    case v1::PatientCommand::kRecordAllergy:
      return visit(command.record_allergy());
    case v1::PatientCommand::kReviseAllergy:
      return visit(command.revise_allergy());
    case v1::PatientCommand::kRetractAllergy:
      return visit(command.retract_allergy());
    case v1::PatientCommand::kRecordProblem:
      return visit(command.record_problem());
    case v1::PatientCommand::kReviseProblem:
      return visit(command.revise_problem());
    case v1::PatientCommand::kResolveProblem:
      return visit(command.resolve_problem());
    case v1::PatientCommand::kRetractProblem:
      return visit(command.retract_problem());
    case v1::PatientCommand::kRecordCarePlan:
      return visit(command.record_care_plan());
    case v1::PatientCommand::kReviseCarePlan:
      return visit(command.revise_care_plan());
    case v1::PatientCommand::kEndCarePlan:
      return visit(command.end_care_plan());
    case v1::PatientCommand::kRetractCarePlan:
      return visit(command.retract_care_plan());
    case v1::PatientCommand::kRecordGoal:
      return visit(command.record_goal());
    case v1::PatientCommand::kReviseGoal:
      return visit(command.revise_goal());
    case v1::PatientCommand::kRetractGoal:
      return visit(command.retract_goal());
    case v1::PatientCommand::kErasePatient:
      return visit(command.erase_patient());
    case v1::PatientCommand::kUnmergePatients:
      return visit(command.unmerge_patients());
    case v1::PatientCommand::kRecordReferralIn:
      return visit(command.record_referral_in());
    case v1::PatientCommand::kAcceptReferralIn:
      return visit(command.accept_referral_in());
    case v1::PatientCommand::kDeclineReferralIn:
      return visit(command.decline_referral_in());
    case v1::PatientCommand::kCloseReferralIn:
      return visit(command.close_referral_in());
    case v1::PatientCommand::kRetractReferralIn:
      return visit(command.retract_referral_in());
    case v1::PatientCommand::kReceiveDocument:
      return visit(command.receive_document());
    case v1::PatientCommand::kRetractDocument:
      return visit(command.retract_document());
    case v1::PatientCommand::kRecordPainHistory:
      return visit(command.record_pain_history());
    case v1::PatientCommand::kRevisePainHistory:
      return visit(command.revise_pain_history());
    case v1::PatientCommand::kRetractPainHistory:
      return visit(command.retract_pain_history());
    case v1::PatientCommand::kChangePlanActivityStatus:
      return visit(command.change_plan_activity_status());
    case v1::PatientCommand::kRecordPlanReview:
      return visit(command.record_plan_review());
    case v1::PatientCommand::kRetractPlanReview:
      return visit(command.retract_plan_review());
    case v1::PatientCommand::kRecordGoalProgress:
      return visit(command.record_goal_progress());
    case v1::PatientCommand::kRetractGoalProgress:
      return visit(command.retract_goal_progress());
    case v1::PatientCommand::kAddCareTeamMember:
      return visit(command.add_care_team_member());
    case v1::PatientCommand::kEndCareTeamMember:
      return visit(command.end_care_team_member());
    case v1::PatientCommand::kRetractCareTeamMember:
      return visit(command.retract_care_team_member());
    case v1::PatientCommand::kRecordConsent:
      return visit(command.record_consent());
    case v1::PatientCommand::kWithdrawConsent:
      return visit(command.withdraw_consent());
    case v1::PatientCommand::kRetractConsent:
      return visit(command.retract_consent());
    case v1::PatientCommand::kRecordAdvanceDirective:
      return visit(command.record_advance_directive());
    case v1::PatientCommand::kRevokeAdvanceDirective:
      return visit(command.revoke_advance_directive());
    case v1::PatientCommand::kRetractAdvanceDirective:
      return visit(command.retract_advance_directive());
    case v1::PatientCommand::kRecordEducation:
      return visit(command.record_education());
    case v1::PatientCommand::kRetractEducation:
      return visit(command.retract_education());
    case v1::PatientCommand::kRecordSupportGroup:
      return visit(command.record_support_group());
    case v1::PatientCommand::kEndSupportGroup:
      return visit(command.end_support_group());
    case v1::PatientCommand::kRetractSupportGroup:
      return visit(command.retract_support_group());
    case v1::PatientCommand::COMMAND_NOT_SET:
      return;
  }
}

}  // namespace anamnesis::patient
