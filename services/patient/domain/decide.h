// What the decide_*.cc files share. Each Decide is a ladder of named refusals, asked in the order of errors.proto, and
// ends in the event that is to be recorded.
#pragma once

#include <span>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "anamnesis/patient/v1/errors.pb.h"
#include "anamnesis/patient/v1/events.pb.h"
#include "anamnesis/patient/v1/patient_service.pb.h"
#include "anamnesis/patient/v1/state.pb.h"
#include "decider/decision.h"
#include "google/protobuf/timestamp.pb.h"

namespace anamnesis::patient {

using Decision = decider::Decision<v1::PatientEvent>;

// What a command meets: all that a decision may know.
struct Situation {
  const v1::PatientState& patient;
  // For a merge of two records, or its undoing, the other one; for an erasure, what was recorded under this id of an
  // erasure; else nullptr.
  const v1::PatientState* duplicate;
  const decider::DecisionInput& input;
};

absl::StatusOr<Decision> Decide(const Situation& at, const v1::RegisterPatientRequest& request);
absl::StatusOr<Decision> Decide(const Situation& at, const v1::UpdateDemographicsRequest& request);
absl::StatusOr<Decision> Decide(const Situation& at, const v1::AddIdentifierRequest& request);
absl::StatusOr<Decision> Decide(const Situation& at, const v1::RetireIdentifierRequest& request);
absl::StatusOr<Decision> Decide(const Situation& at, const v1::RecordDeathRequest& request);
absl::StatusOr<Decision> Decide(const Situation& at, const v1::RetractDeathRequest& request);
absl::StatusOr<Decision> Decide(const Situation& at, const v1::MergePatientsRequest& request);
absl::StatusOr<Decision> Decide(const Situation& at, const v1::UnmergePatientsRequest& request);
absl::StatusOr<Decision> Decide(const Situation& at, const v1::ErasePatientRequest& request);
absl::StatusOr<Decision> Decide(const Situation& at, const v1::RecordAllergyRequest& request);
absl::StatusOr<Decision> Decide(const Situation& at, const v1::ReviseAllergyRequest& request);
absl::StatusOr<Decision> Decide(const Situation& at, const v1::RetractAllergyRequest& request);
absl::StatusOr<Decision> Decide(const Situation& at, const v1::RecordProblemRequest& request);
absl::StatusOr<Decision> Decide(const Situation& at, const v1::ReviseProblemRequest& request);
absl::StatusOr<Decision> Decide(const Situation& at, const v1::ResolveProblemRequest& request);
absl::StatusOr<Decision> Decide(const Situation& at, const v1::RetractProblemRequest& request);
absl::StatusOr<Decision> Decide(const Situation& at, const v1::RecordCarePlanRequest& request);
absl::StatusOr<Decision> Decide(const Situation& at, const v1::ReviseCarePlanRequest& request);
absl::StatusOr<Decision> Decide(const Situation& at, const v1::EndCarePlanRequest& request);
absl::StatusOr<Decision> Decide(const Situation& at, const v1::RetractCarePlanRequest& request);
absl::StatusOr<Decision> Decide(const Situation& at, const v1::RecordGoalRequest& request);
absl::StatusOr<Decision> Decide(const Situation& at, const v1::ReviseGoalRequest& request);
absl::StatusOr<Decision> Decide(const Situation& at, const v1::RetractGoalRequest& request);
absl::StatusOr<Decision> Decide(const Situation& at, const v1::RecordReferralInRequest& request);
absl::StatusOr<Decision> Decide(const Situation& at, const v1::AcceptReferralInRequest& request);
absl::StatusOr<Decision> Decide(const Situation& at, const v1::DeclineReferralInRequest& request);
absl::StatusOr<Decision> Decide(const Situation& at, const v1::CloseReferralInRequest& request);
absl::StatusOr<Decision> Decide(const Situation& at, const v1::RetractReferralInRequest& request);
absl::StatusOr<Decision> Decide(const Situation& at, const v1::ReceiveDocumentRequest& request);
absl::StatusOr<Decision> Decide(const Situation& at, const v1::RetractDocumentRequest& request);
absl::StatusOr<Decision> Decide(const Situation& at, const v1::RecordPainHistoryRequest& request);
absl::StatusOr<Decision> Decide(const Situation& at, const v1::RevisePainHistoryRequest& request);
absl::StatusOr<Decision> Decide(const Situation& at, const v1::RetractPainHistoryRequest& request);
absl::StatusOr<Decision> Decide(const Situation& at, const v1::ChangePlanActivityStatusRequest& request);
absl::StatusOr<Decision> Decide(const Situation& at, const v1::RecordPlanReviewRequest& request);
absl::StatusOr<Decision> Decide(const Situation& at, const v1::RetractPlanReviewRequest& request);
absl::StatusOr<Decision> Decide(const Situation& at, const v1::RecordGoalProgressRequest& request);
absl::StatusOr<Decision> Decide(const Situation& at, const v1::RetractGoalProgressRequest& request);
absl::StatusOr<Decision> Decide(const Situation& at, const v1::AddCareTeamMemberRequest& request);
absl::StatusOr<Decision> Decide(const Situation& at, const v1::EndCareTeamMemberRequest& request);
absl::StatusOr<Decision> Decide(const Situation& at, const v1::RetractCareTeamMemberRequest& request);
absl::StatusOr<Decision> Decide(const Situation& at, const v1::RecordConsentRequest& request);
absl::StatusOr<Decision> Decide(const Situation& at, const v1::WithdrawConsentRequest& request);
absl::StatusOr<Decision> Decide(const Situation& at, const v1::RetractConsentRequest& request);
absl::StatusOr<Decision> Decide(const Situation& at, const v1::RecordAdvanceDirectiveRequest& request);
absl::StatusOr<Decision> Decide(const Situation& at, const v1::RevokeAdvanceDirectiveRequest& request);
absl::StatusOr<Decision> Decide(const Situation& at, const v1::RetractAdvanceDirectiveRequest& request);
absl::StatusOr<Decision> Decide(const Situation& at, const v1::RecordEducationRequest& request);
absl::StatusOr<Decision> Decide(const Situation& at, const v1::RetractEducationRequest& request);
absl::StatusOr<Decision> Decide(const Situation& at, const v1::RecordSupportGroupRequest& request);
absl::StatusOr<Decision> Decide(const Situation& at, const v1::EndSupportGroupRequest& request);
absl::StatusOr<Decision> Decide(const Situation& at, const v1::RetractSupportGroupRequest& request);

// PATIENT_NOT_FOUND, PATIENT_MERGED_AWAY.
absl::Status CheckPatient(const v1::PatientState& patient);
// The same, then ETAG_MISMATCH: for a change of the patient resource itself.
absl::Status CheckPatient(const v1::PatientState& patient, const rpc::v1::CommandContext& context);

// The id of a resource to be recorded, where it may be: as given, or a new one where none is. PATIENT_NOT_FOUND,
// PATIENT_MERGED_AWAY, RESOURCE_ALREADY_EXISTS.
absl::StatusOr<std::string> IdOfNew(const Situation& at, const std::string& given);

// The resource that a command changes. PATIENT_NOT_FOUND, PATIENT_MERGED_AWAY, RESOURCE_NOT_FOUND, ETAG_MISMATCH,
// RESOURCE_RETRACTED.
absl::StatusOr<const v1::ResourceState*> FindResource(const v1::PatientState& patient, v1::ResourceKind kind,
                                                      const std::string& id, const rpc::v1::CommandContext& context);

// END_BEFORE_START; a time that is not known contradicts nothing.
absl::Status CheckOrder(bool has_start, const google::protobuf::Timestamp& start, bool has_end,
                        const google::protobuf::Timestamp& end);

// When the command happened in the clinic.
google::protobuf::Timestamp EffectiveTime(const Situation& at, const rpc::v1::CommandContext& context);

// REASON_REQUIRED.
absl::Status CheckReason(const rpc::v1::CommandContext& context);

// INVALID_FIELDS for one field.
absl::Status InvalidField(std::string field, std::string description);

}  // namespace anamnesis::patient
