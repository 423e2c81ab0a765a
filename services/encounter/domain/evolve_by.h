// What events of questionnaires, credentials, assessments, study orders, referrals and conferences do to the state.
#pragma once

#include "absl/status/status.h"
#include "anamnesis/encounter/v1/events.pb.h"
#include "anamnesis/encounter/v1/state.pb.h"

namespace anamnesis::encounter {

// DATA_LOSS where the event is about something that was never recorded.
absl::Status EvolveBy(const v1::QuestionnaireResponseRecorded& event, v1::EncounterState& state);
absl::Status EvolveBy(const v1::QuestionnaireResponseRetracted& event, v1::EncounterState& state);
absl::Status EvolveBy(const v1::CredentialRecorded& event, v1::EncounterState& state);
absl::Status EvolveBy(const v1::CredentialRevised& event, v1::EncounterState& state);
absl::Status EvolveBy(const v1::CredentialRetracted& event, v1::EncounterState& state);
absl::Status EvolveBy(const v1::PhysicalExaminationRecorded& event, v1::EncounterState& state);
absl::Status EvolveBy(const v1::PhysicalExaminationAmended& event, v1::EncounterState& state);
absl::Status EvolveBy(const v1::PhysicalExaminationRetracted& event, v1::EncounterState& state);
absl::Status EvolveBy(const v1::DifferentialDiagnosisRecorded& event, v1::EncounterState& state);
absl::Status EvolveBy(const v1::DifferentialDiagnosisRevised& event, v1::EncounterState& state);
absl::Status EvolveBy(const v1::DifferentialDiagnosisRetracted& event, v1::EncounterState& state);
absl::Status EvolveBy(const v1::StudyOrderRecorded& event, v1::EncounterState& state);
absl::Status EvolveBy(const v1::StudyOrdered& event, v1::EncounterState& state);
absl::Status EvolveBy(const v1::StudyScheduled& event, v1::EncounterState& state);
absl::Status EvolveBy(const v1::StudyCompleted& event, v1::EncounterState& state);
absl::Status EvolveBy(const v1::StudyCancelled& event, v1::EncounterState& state);
absl::Status EvolveBy(const v1::StudyOrderRetracted& event, v1::EncounterState& state);
absl::Status EvolveBy(const v1::ReferralRecorded& event, v1::EncounterState& state);
absl::Status EvolveBy(const v1::ReferralSent& event, v1::EncounterState& state);
absl::Status EvolveBy(const v1::ReferralAccepted& event, v1::EncounterState& state);
absl::Status EvolveBy(const v1::ReferralAttended& event, v1::EncounterState& state);
absl::Status EvolveBy(const v1::ReferralReported& event, v1::EncounterState& state);
absl::Status EvolveBy(const v1::ReferralDeclined& event, v1::EncounterState& state);
absl::Status EvolveBy(const v1::ReferralCancelled& event, v1::EncounterState& state);
absl::Status EvolveBy(const v1::ReferralRetracted& event, v1::EncounterState& state);
absl::Status EvolveBy(const v1::ConferenceRecorded& event, v1::EncounterState& state);
absl::Status EvolveBy(const v1::ConferenceAmended& event, v1::EncounterState& state);
absl::Status EvolveBy(const v1::ConferenceRetracted& event, v1::EncounterState& state);

}  // namespace anamnesis::encounter
