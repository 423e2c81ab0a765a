// What events of questionnaires, credentials, assessments, study orders, referrals and conferences do to views.
#pragma once

#include <string>

#include "anamnesis/encounter/v1/events.pb.h"
#include "anamnesis/projection/v1/projection_service.pb.h"

namespace anamnesis::encounter {

projection::v1::ViewChange ChangeBy(const v1::QuestionnaireResponseRecorded& event, const std::string& subject_id);
projection::v1::ViewChange ChangeBy(const v1::QuestionnaireResponseRetracted& event, const std::string& subject_id);
projection::v1::ViewChange ChangeBy(const v1::CredentialRecorded& event, const std::string& subject_id);
projection::v1::ViewChange ChangeBy(const v1::CredentialRevised& event, const std::string& subject_id);
projection::v1::ViewChange ChangeBy(const v1::CredentialRetracted& event, const std::string& subject_id);
projection::v1::ViewChange ChangeBy(const v1::PhysicalExaminationRecorded& event, const std::string& subject_id);
projection::v1::ViewChange ChangeBy(const v1::PhysicalExaminationAmended& event, const std::string& subject_id);
projection::v1::ViewChange ChangeBy(const v1::PhysicalExaminationRetracted& event, const std::string& subject_id);
projection::v1::ViewChange ChangeBy(const v1::DifferentialDiagnosisRecorded& event, const std::string& subject_id);
projection::v1::ViewChange ChangeBy(const v1::DifferentialDiagnosisRevised& event, const std::string& subject_id);
projection::v1::ViewChange ChangeBy(const v1::DifferentialDiagnosisRetracted& event, const std::string& subject_id);
projection::v1::ViewChange ChangeBy(const v1::StudyOrderRecorded& event, const std::string& subject_id);
projection::v1::ViewChange ChangeBy(const v1::StudyOrdered& event, const std::string& subject_id);
projection::v1::ViewChange ChangeBy(const v1::StudyScheduled& event, const std::string& subject_id);
projection::v1::ViewChange ChangeBy(const v1::StudyCompleted& event, const std::string& subject_id);
projection::v1::ViewChange ChangeBy(const v1::StudyCancelled& event, const std::string& subject_id);
projection::v1::ViewChange ChangeBy(const v1::StudyOrderRetracted& event, const std::string& subject_id);
projection::v1::ViewChange ChangeBy(const v1::ReferralRecorded& event, const std::string& subject_id);
projection::v1::ViewChange ChangeBy(const v1::ReferralSent& event, const std::string& subject_id);
projection::v1::ViewChange ChangeBy(const v1::ReferralAccepted& event, const std::string& subject_id);
projection::v1::ViewChange ChangeBy(const v1::ReferralAttended& event, const std::string& subject_id);
projection::v1::ViewChange ChangeBy(const v1::ReferralReported& event, const std::string& subject_id);
projection::v1::ViewChange ChangeBy(const v1::ReferralDeclined& event, const std::string& subject_id);
projection::v1::ViewChange ChangeBy(const v1::ReferralCancelled& event, const std::string& subject_id);
projection::v1::ViewChange ChangeBy(const v1::ReferralRetracted& event, const std::string& subject_id);
projection::v1::ViewChange ChangeBy(const v1::ConferenceRecorded& event, const std::string& subject_id);
projection::v1::ViewChange ChangeBy(const v1::ConferenceAmended& event, const std::string& subject_id);
projection::v1::ViewChange ChangeBy(const v1::ConferenceRetracted& event, const std::string& subject_id);

}  // namespace anamnesis::encounter
