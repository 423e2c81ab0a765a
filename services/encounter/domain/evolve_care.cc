#include "base/status.h"
#include "services/encounter/domain/evolve_by.h"
#include "services/encounter/domain/evolve_entries.h"

namespace anamnesis::encounter {
namespace {

// A state with one more study order.
template <class Event>
absl::Status AddOrder(const Event& event, v1::StudyOrderStatus status, v1::EncounterState& state) {
  v1::StudyOrderEntry& entry = Add(state.mutable_study_orders(), event.study_order().id(), event);
  entry.set_status(status);
  if (event.study_order().has_ordered_time()) *entry.mutable_ordered_time() = event.study_order().ordered_time();
  return absl::OkStatus();
}

template <class Event>
absl::Status MoveOrder(const Event& event, v1::StudyOrderStatus status, v1::EncounterState& state) {
  ASSIGN_OR_RETURN(v1::StudyOrderEntry * entry, Touch(state.mutable_study_orders(), event.study_order_id(), event));
  entry->set_status(status);
  return absl::OkStatus();
}

template <class Event>
absl::Status MoveReferral(const Event& event, v1::ReferralStatus status, v1::EncounterState& state) {
  ASSIGN_OR_RETURN(v1::ReferralEntry * entry, Touch(state.mutable_referrals(), event.referral_id(), event));
  entry->set_status(status);
  return absl::OkStatus();
}

}  // namespace

// Questionnaires.
absl::Status EvolveBy(const v1::QuestionnaireResponseRecorded& event, v1::EncounterState& state) {
  const v1::QuestionnaireResponse& response = event.questionnaire_response();
  v1::QuestionnaireEntry& entry = Add(state.mutable_questionnaires(), response.id(), event);
  entry.set_tool(response.tool());
  *entry.mutable_authored_time() = response.authored_time();
  *entry.mutable_score() = response.score().value();
  return absl::OkStatus();
}
absl::Status EvolveBy(const v1::QuestionnaireResponseRetracted& event, v1::EncounterState& state) {
  return Retract(state.mutable_questionnaires(), event.questionnaire_response_id(), event);
}

// Credentials.
absl::Status EvolveBy(const v1::CredentialRecorded& event, v1::EncounterState& state) {
  Add(state.mutable_credentials(), event.credential().id(), event)
      .set_kind(static_cast<uint32_t>(event.credential().credential_case()));
  return absl::OkStatus();
}
absl::Status EvolveBy(const v1::CredentialRevised& event, v1::EncounterState& state) {
  return Touch(state.mutable_credentials(), event.credential().id(), event).status();
}
absl::Status EvolveBy(const v1::CredentialRetracted& event, v1::EncounterState& state) {
  return Retract(state.mutable_credentials(), event.credential_id(), event);
}

// Physical examinations.
absl::Status EvolveBy(const v1::PhysicalExaminationRecorded& event, v1::EncounterState& state) {
  Add(state.mutable_physical_examinations(), event.physical_examination().id(), event);
  return absl::OkStatus();
}
absl::Status EvolveBy(const v1::PhysicalExaminationAmended& event, v1::EncounterState& state) {
  return Touch(state.mutable_physical_examinations(), event.physical_examination().id(), event).status();
}
absl::Status EvolveBy(const v1::PhysicalExaminationRetracted& event, v1::EncounterState& state) {
  return Retract(state.mutable_physical_examinations(), event.physical_examination_id(), event);
}

// Differential diagnoses.
absl::Status EvolveBy(const v1::DifferentialDiagnosisRecorded& event, v1::EncounterState& state) {
  Add(state.mutable_differential_diagnoses(), event.differential_diagnosis().id(), event);
  return absl::OkStatus();
}
absl::Status EvolveBy(const v1::DifferentialDiagnosisRevised& event, v1::EncounterState& state) {
  return Touch(state.mutable_differential_diagnoses(), event.differential_diagnosis().id(), event).status();
}
absl::Status EvolveBy(const v1::DifferentialDiagnosisRetracted& event, v1::EncounterState& state) {
  return Retract(state.mutable_differential_diagnoses(), event.differential_diagnosis_id(), event);
}

// Orders for studies.
absl::Status EvolveBy(const v1::StudyOrderRecorded& event, v1::EncounterState& state) {
  return AddOrder(event, event.study_order().status(), state);
}
absl::Status EvolveBy(const v1::StudyOrdered& event, v1::EncounterState& state) {
  return AddOrder(event, v1::STUDY_ORDER_STATUS_ORDERED, state);
}
absl::Status EvolveBy(const v1::StudyScheduled& event, v1::EncounterState& state) {
  return MoveOrder(event, v1::STUDY_ORDER_STATUS_SCHEDULED, state);
}
absl::Status EvolveBy(const v1::StudyCompleted& event, v1::EncounterState& state) {
  return MoveOrder(event, v1::STUDY_ORDER_STATUS_COMPLETED, state);
}
absl::Status EvolveBy(const v1::StudyCancelled& event, v1::EncounterState& state) {
  return MoveOrder(event, v1::STUDY_ORDER_STATUS_CANCELLED, state);
}
absl::Status EvolveBy(const v1::StudyOrderRetracted& event, v1::EncounterState& state) {
  return Retract(state.mutable_study_orders(), event.study_order_id(), event);
}

// Referrals.
absl::Status EvolveBy(const v1::ReferralRecorded& event, v1::EncounterState& state) {
  Add(state.mutable_referrals(), event.referral().id(), event).set_status(event.referral().status());
  return absl::OkStatus();
}
absl::Status EvolveBy(const v1::ReferralSent& event, v1::EncounterState& state) {
  Add(state.mutable_referrals(), event.referral().id(), event).set_status(v1::REFERRAL_STATUS_SENT);
  return absl::OkStatus();
}
absl::Status EvolveBy(const v1::ReferralAccepted& event, v1::EncounterState& state) {
  return MoveReferral(event, v1::REFERRAL_STATUS_ACCEPTED, state);
}
absl::Status EvolveBy(const v1::ReferralAttended& event, v1::EncounterState& state) {
  return MoveReferral(event, v1::REFERRAL_STATUS_ATTENDED, state);
}
absl::Status EvolveBy(const v1::ReferralReported& event, v1::EncounterState& state) {
  return MoveReferral(event, v1::REFERRAL_STATUS_REPORTED, state);
}
absl::Status EvolveBy(const v1::ReferralDeclined& event, v1::EncounterState& state) {
  return MoveReferral(event, v1::REFERRAL_STATUS_DECLINED, state);
}
absl::Status EvolveBy(const v1::ReferralCancelled& event, v1::EncounterState& state) {
  return MoveReferral(event, v1::REFERRAL_STATUS_CANCELLED, state);
}
absl::Status EvolveBy(const v1::ReferralRetracted& event, v1::EncounterState& state) {
  return Retract(state.mutable_referrals(), event.referral_id(), event);
}

// Conferences.
absl::Status EvolveBy(const v1::ConferenceRecorded& event, v1::EncounterState& state) {
  Add(state.mutable_conferences(), event.conference().id(), event);
  return absl::OkStatus();
}
absl::Status EvolveBy(const v1::ConferenceAmended& event, v1::EncounterState& state) {
  return Touch(state.mutable_conferences(), event.conference().id(), event).status();
}
absl::Status EvolveBy(const v1::ConferenceRetracted& event, v1::EncounterState& state) {
  return Retract(state.mutable_conferences(), event.conference_id(), event);
}

}  // namespace anamnesis::encounter
