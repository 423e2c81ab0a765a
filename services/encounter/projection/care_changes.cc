#include "services/encounter/projection/care_changes.h"

#include "absl/strings/str_cat.h"
#include "anamnesis/projection/v1/views.pb.h"
#include "projection/change.h"
#include "services/encounter/projection/whole_view.h"

namespace anamnesis::encounter {
namespace {

using projection::Patch;
using projection::Put;
using projection::Remove;
using projection::v1::ViewChange;

namespace views = projection::v1;

// A study order's new status and etag.
template <class Step>
View OrderMoved(const Step& event, v1::StudyOrderStatus status) {
  View view;
  view.mutable_study_order()->mutable_study_order()->set_status(status);
  view.mutable_study_order()->set_etag(absl::StrCat(event.revision()));
  return view;
}

// A referral's new status and etag.
template <class Step>
View ReferralMoved(const Step& event, v1::ReferralStatus status) {
  View view;
  view.mutable_outgoing_referral()->mutable_referral()->set_status(status);
  view.mutable_outgoing_referral()->set_etag(absl::StrCat(event.revision()));
  return view;
}

}  // namespace

// Questionnaires.
ViewChange ChangeBy(const v1::QuestionnaireResponseRecorded& event, const std::string& subject_id) {
  return Put({subject_id, event.questionnaire_response().id()},
             Whole(event.questionnaire_response(), event.revision(), &View::mutable_questionnaire_response,
                   &views::QuestionnaireResponseView::mutable_questionnaire_response));
}
ViewChange ChangeBy(const v1::QuestionnaireResponseRetracted& event, const std::string& subject_id) {
  return Remove({subject_id, event.questionnaire_response_id()}, Only(&View::mutable_questionnaire_response));
}

// Credentials.
ViewChange ChangeBy(const v1::CredentialRecorded& event, const std::string& subject_id) {
  return Put({subject_id, event.credential().id()},
             Whole(event.credential(), event.revision(), &View::mutable_credential,
                   &views::CredentialView::mutable_credential));
}
ViewChange ChangeBy(const v1::CredentialRevised& event, const std::string& subject_id) {
  View view = Whole(event.credential(), event.revision(), &View::mutable_credential,
                    &views::CredentialView::mutable_credential);
  view.mutable_credential()->set_revise_reason(event.reason());
  return Put({subject_id, event.credential().id()}, view);
}
ViewChange ChangeBy(const v1::CredentialRetracted& event, const std::string& subject_id) {
  return Remove({subject_id, event.credential_id()}, Only(&View::mutable_credential));
}

// Physical examinations.
ViewChange ChangeBy(const v1::PhysicalExaminationRecorded& event, const std::string& subject_id) {
  return Put({subject_id, event.physical_examination().id()},
             Whole(event.physical_examination(), event.revision(), &View::mutable_physical_examination,
                   &views::PhysicalExaminationView::mutable_physical_examination));
}
ViewChange ChangeBy(const v1::PhysicalExaminationAmended& event, const std::string& subject_id) {
  View view = Whole(event.physical_examination(), event.revision(), &View::mutable_physical_examination,
                    &views::PhysicalExaminationView::mutable_physical_examination);
  view.mutable_physical_examination()->set_amend_reason(event.reason());
  return Put({subject_id, event.physical_examination().id()}, view);
}
ViewChange ChangeBy(const v1::PhysicalExaminationRetracted& event, const std::string& subject_id) {
  return Remove({subject_id, event.physical_examination_id()}, Only(&View::mutable_physical_examination));
}

// Differential diagnoses.
ViewChange ChangeBy(const v1::DifferentialDiagnosisRecorded& event, const std::string& subject_id) {
  return Put({subject_id, event.differential_diagnosis().id()},
             Whole(event.differential_diagnosis(), event.revision(), &View::mutable_differential_diagnosis,
                   &views::DifferentialDiagnosisView::mutable_differential_diagnosis));
}
ViewChange ChangeBy(const v1::DifferentialDiagnosisRevised& event, const std::string& subject_id) {
  View view = Whole(event.differential_diagnosis(), event.revision(), &View::mutable_differential_diagnosis,
                    &views::DifferentialDiagnosisView::mutable_differential_diagnosis);
  view.mutable_differential_diagnosis()->set_revise_reason(event.reason());
  return Put({subject_id, event.differential_diagnosis().id()}, view);
}
ViewChange ChangeBy(const v1::DifferentialDiagnosisRetracted& event, const std::string& subject_id) {
  return Remove({subject_id, event.differential_diagnosis_id()}, Only(&View::mutable_differential_diagnosis));
}

// Orders for studies. A message that a step sets is cleared first: merging would keep the parts of it that are zero
// now.
ViewChange ChangeBy(const v1::StudyOrderRecorded& event, const std::string& subject_id) {
  return Put({subject_id, event.study_order().id()},
             Whole(event.study_order(), event.revision(), &View::mutable_study_order,
                   &views::StudyOrderView::mutable_study_order));
}
ViewChange ChangeBy(const v1::StudyOrdered& event, const std::string& subject_id) {
  return Put({subject_id, event.study_order().id()},
             Whole(event.study_order(), event.revision(), &View::mutable_study_order,
                   &views::StudyOrderView::mutable_study_order));
}
ViewChange ChangeBy(const v1::StudyScheduled& event, const std::string& subject_id) {
  View view = OrderMoved(event, v1::STUDY_ORDER_STATUS_SCHEDULED);
  v1::StudyOrder& order = *view.mutable_study_order()->mutable_study_order();
  *order.mutable_scheduled_time() = event.scheduled_time();
  order.set_performer_id(event.performer_id());
  return Patch({subject_id, event.study_order_id()}, view, {"study_order.scheduled_time"});
}
ViewChange ChangeBy(const v1::StudyCompleted& event, const std::string& subject_id) {
  View view = OrderMoved(event, v1::STUDY_ORDER_STATUS_COMPLETED);
  v1::StudyOrder& order = *view.mutable_study_order()->mutable_study_order();
  *order.mutable_completed_time() = event.completed_time();
  order.set_diagnostic_report_id(event.diagnostic_report_id());
  order.set_imaging_study_id(event.imaging_study_id());
  return Patch({subject_id, event.study_order_id()}, view, {"study_order.completed_time"});
}
ViewChange ChangeBy(const v1::StudyCancelled& event, const std::string& subject_id) {
  View view = OrderMoved(event, v1::STUDY_ORDER_STATUS_CANCELLED);
  view.mutable_study_order()->mutable_study_order()->set_cancel_reason(event.reason());
  return Patch({subject_id, event.study_order_id()}, view);
}
ViewChange ChangeBy(const v1::StudyOrderRetracted& event, const std::string& subject_id) {
  return Remove({subject_id, event.study_order_id()}, Only(&View::mutable_study_order));
}

// Referrals.
ViewChange ChangeBy(const v1::ReferralRecorded& event, const std::string& subject_id) {
  return Put({subject_id, event.referral().id()},
             Whole(event.referral(), event.revision(), &View::mutable_outgoing_referral,
                   &views::OutgoingReferralView::mutable_referral));
}
ViewChange ChangeBy(const v1::ReferralSent& event, const std::string& subject_id) {
  return Put({subject_id, event.referral().id()},
             Whole(event.referral(), event.revision(), &View::mutable_outgoing_referral,
                   &views::OutgoingReferralView::mutable_referral));
}
ViewChange ChangeBy(const v1::ReferralAccepted& event, const std::string& subject_id) {
  View view = ReferralMoved(event, v1::REFERRAL_STATUS_ACCEPTED);
  v1::OutgoingReferral& referral = *view.mutable_outgoing_referral()->mutable_referral();
  *referral.mutable_answered_time() = event.answered_time();
  if (event.has_appointment_time()) *referral.mutable_appointment_time() = event.appointment_time();
  return Patch({subject_id, event.referral_id()}, view, {"referral.answered_time", "referral.appointment_time"});
}
ViewChange ChangeBy(const v1::ReferralAttended& event, const std::string& subject_id) {
  View view = ReferralMoved(event, v1::REFERRAL_STATUS_ATTENDED);
  *view.mutable_outgoing_referral()->mutable_referral()->mutable_attended_time() = event.attended_time();
  return Patch({subject_id, event.referral_id()}, view, {"referral.attended_time"});
}
ViewChange ChangeBy(const v1::ReferralReported& event, const std::string& subject_id) {
  View view = ReferralMoved(event, v1::REFERRAL_STATUS_REPORTED);
  v1::OutgoingReferral& referral = *view.mutable_outgoing_referral()->mutable_referral();
  *referral.mutable_reported_time() = event.reported_time();
  *referral.mutable_report() = event.report();
  return Patch({subject_id, event.referral_id()}, view, {"referral.reported_time", "referral.report"});
}
ViewChange ChangeBy(const v1::ReferralDeclined& event, const std::string& subject_id) {
  View view = ReferralMoved(event, v1::REFERRAL_STATUS_DECLINED);
  v1::OutgoingReferral& referral = *view.mutable_outgoing_referral()->mutable_referral();
  *referral.mutable_answered_time() = event.answered_time();
  referral.set_close_reason(event.reason());
  return Patch({subject_id, event.referral_id()}, view, {"referral.answered_time"});
}
ViewChange ChangeBy(const v1::ReferralCancelled& event, const std::string& subject_id) {
  View view = ReferralMoved(event, v1::REFERRAL_STATUS_CANCELLED);
  view.mutable_outgoing_referral()->mutable_referral()->set_close_reason(event.reason());
  return Patch({subject_id, event.referral_id()}, view);
}
ViewChange ChangeBy(const v1::ReferralRetracted& event, const std::string& subject_id) {
  return Remove({subject_id, event.referral_id()}, Only(&View::mutable_outgoing_referral));
}

// Conferences.
ViewChange ChangeBy(const v1::ConferenceRecorded& event, const std::string& subject_id) {
  return Put({subject_id, event.conference().id()},
             Whole(event.conference(), event.revision(), &View::mutable_conference,
                   &views::ConferenceView::mutable_conference));
}
ViewChange ChangeBy(const v1::ConferenceAmended& event, const std::string& subject_id) {
  View view = Whole(event.conference(), event.revision(), &View::mutable_conference,
                    &views::ConferenceView::mutable_conference);
  view.mutable_conference()->set_amend_reason(event.reason());
  return Put({subject_id, event.conference().id()}, view);
}
ViewChange ChangeBy(const v1::ConferenceRetracted& event, const std::string& subject_id) {
  return Remove({subject_id, event.conference_id()}, Only(&View::mutable_conference));
}

}  // namespace anamnesis::encounter
