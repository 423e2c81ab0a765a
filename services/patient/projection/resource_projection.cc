#include "services/patient/projection/resource_projection.h"

#include "absl/strings/str_cat.h"
#include "anamnesis/projection/v1/views.pb.h"
#include "projection/change.h"
#include "services/patient/domain/plan_activity.h"

namespace anamnesis::patient {
namespace {

using projection::Patch;
using projection::Put;
using projection::Remove;
using projection::ViewKey;
using projection::v1::View;
using projection::v1::ViewChange;

template <class Change>
std::string EtagOf(const Change& change) {
  return absl::StrCat(change.revision());
}

// The view of a resource that an event carries whole.
projection::v1::AllergyView& Body(View& view, const v1::Allergy& resource) {
  *view.mutable_allergy()->mutable_allergy() = resource;
  return *view.mutable_allergy();
}

projection::v1::ProblemView& Body(View& view, const v1::Problem& resource) {
  *view.mutable_problem()->mutable_problem() = resource;
  return *view.mutable_problem();
}

projection::v1::GoalView& Body(View& view, const v1::Goal& resource) {
  *view.mutable_goal()->mutable_goal() = resource;
  return *view.mutable_goal();
}

projection::v1::ReferralInView& Body(View& view, const v1::ReferralIn& resource) {
  *view.mutable_referral_in()->mutable_referral_in() = resource;
  return *view.mutable_referral_in();
}

projection::v1::DocumentView& Body(View& view, const v1::ReceivedDocument& resource) {
  *view.mutable_document()->mutable_document() = resource;
  return *view.mutable_document();
}

projection::v1::PainHistoryView& Body(View& view, const v1::PainHistory& resource) {
  *view.mutable_pain_history()->mutable_pain_history() = resource;
  return *view.mutable_pain_history();
}

projection::v1::PlanReviewView& Body(View& view, const v1::PlanReview& resource) {
  *view.mutable_plan_review()->mutable_plan_review() = resource;
  return *view.mutable_plan_review();
}

projection::v1::GoalProgressView& Body(View& view, const v1::GoalProgress& resource) {
  *view.mutable_goal_progress()->mutable_goal_progress() = resource;
  return *view.mutable_goal_progress();
}

projection::v1::CareTeamMemberView& Body(View& view, const v1::CareTeamMember& resource) {
  *view.mutable_care_team_member()->mutable_care_team_member() = resource;
  return *view.mutable_care_team_member();
}

projection::v1::ConsentView& Body(View& view, const v1::Consent& resource) {
  *view.mutable_consent()->mutable_consent() = resource;
  return *view.mutable_consent();
}

projection::v1::AdvanceDirectiveView& Body(View& view, const v1::AdvanceDirective& resource) {
  *view.mutable_advance_directive()->mutable_advance_directive() = resource;
  return *view.mutable_advance_directive();
}

projection::v1::EducationView& Body(View& view, const v1::Education& resource) {
  *view.mutable_education()->mutable_education() = resource;
  return *view.mutable_education();
}

projection::v1::SupportGroupView& Body(View& view, const v1::SupportGroup& resource) {
  *view.mutable_support_group()->mutable_support_group() = resource;
  return *view.mutable_support_group();
}

template <class Change, class Resource>
ViewChange Shown(const std::string& patient_id, const Change& event, const Resource& resource) {
  View view;
  Body(view, resource).set_etag(EtagOf(event));
  return Put({patient_id, resource.id()}, view);
}

ViewChange Resolved(const std::string& patient_id, const v1::ProblemResolved& event) {
  View view;
  *view.mutable_problem()->mutable_problem()->mutable_abatement() = event.abatement();
  view.mutable_problem()->mutable_problem()->set_clinical_status(v1::CLINICAL_STATUS_RESOLVED);
  view.mutable_problem()->set_etag(EtagOf(event));
  return Patch({patient_id, event.problem_id()}, view, {"problem.abatement"});
}

template <class Change>
View PlanView(const Change& event) {
  View view;
  v1::CarePlan& plan = *view.mutable_care_plan()->mutable_care_plan();
  plan = event.care_plan();
  NameActivities(plan.id(), "", *plan.mutable_activities());
  view.mutable_care_plan()->set_etag(EtagOf(event));
  return view;
}

ViewChange Planned(const std::string& patient_id, const v1::CarePlanRecorded& event) {
  return Put({patient_id, event.care_plan().id()}, PlanView(event));
}

// A stopped plan that is corrected keeps the reason why it was stopped.
ViewChange Replanned(const std::string& patient_id, const v1::CarePlanRevised& event) {
  const ViewKey key{patient_id, event.care_plan().id()};
  if (event.care_plan().status() == v1::PLAN_STATUS_STOPPED) return Patch(key, PlanView(event), {"care_plan"});
  return Put(key, PlanView(event));
}

ViewChange Ended(const std::string& patient_id, const v1::CarePlanEnded& event) {
  View view;
  projection::v1::CarePlanView& plan = *view.mutable_care_plan();
  plan.mutable_care_plan()->set_status(event.status());
  *plan.mutable_care_plan()->mutable_period()->mutable_end() = event.end();
  plan.set_stop_reason(event.reason());
  plan.set_etag(EtagOf(event));
  return Patch({patient_id, event.care_plan_id()}, view, {"care_plan.period.end", "stop_reason"});
}

ViewChange Changed(const std::string& patient_id, const v1::PlanActivityStatusChanged& event) {
  View view;
  *view.mutable_care_plan()->mutable_care_plan()->mutable_activities() = event.activities();
  view.mutable_care_plan()->set_etag(EtagOf(event));
  return Patch({patient_id, event.care_plan_id()}, view, {"care_plan.activities"});
}

ViewChange Changed(const std::string& patient_id, const v1::ReferralInAccepted& event) {
  View view;
  v1::ReferralIn& referral = *view.mutable_referral_in()->mutable_referral_in();
  referral.set_status(v1::REFERRAL_STATUS_ACCEPTED);
  *referral.mutable_answered_time() = event.answered_time();
  view.mutable_referral_in()->set_etag(EtagOf(event));
  return Patch({patient_id, event.referral_in_id()}, view, {"referral_in.answered_time"});
}

ViewChange Changed(const std::string& patient_id, const v1::ReferralInDeclined& event) {
  View view;
  v1::ReferralIn& referral = *view.mutable_referral_in()->mutable_referral_in();
  referral.set_status(v1::REFERRAL_STATUS_DECLINED);
  *referral.mutable_answered_time() = event.answered_time();
  view.mutable_referral_in()->set_end_reason(event.reason());
  view.mutable_referral_in()->set_etag(EtagOf(event));
  return Patch({patient_id, event.referral_in_id()}, view, {"referral_in.answered_time", "end_reason"});
}

ViewChange Changed(const std::string& patient_id, const v1::ReferralInClosed& event) {
  View view;
  v1::ReferralIn& referral = *view.mutable_referral_in()->mutable_referral_in();
  referral.set_status(v1::REFERRAL_STATUS_CLOSED);
  *referral.mutable_closed_time() = event.closed_time();
  *referral.mutable_outcome() = event.outcome();
  view.mutable_referral_in()->set_etag(EtagOf(event));
  return Patch({patient_id, event.referral_in_id()}, view, {"referral_in.closed_time", "referral_in.outcome"});
}

ViewChange Changed(const std::string& patient_id, const v1::CareTeamMemberEnded& event) {
  View view;
  *view.mutable_care_team_member()->mutable_care_team_member()->mutable_period()->mutable_end() = event.end();
  view.mutable_care_team_member()->set_end_reason(event.reason());
  view.mutable_care_team_member()->set_etag(EtagOf(event));
  return Patch({patient_id, event.care_team_member_id()}, view, {"care_team_member.period.end", "end_reason"});
}

ViewChange Changed(const std::string& patient_id, const v1::ConsentWithdrawn& event) {
  View view;
  v1::Consent& consent = *view.mutable_consent()->mutable_consent();
  consent.set_decision(v1::CONSENT_DECISION_WITHDRAWN);
  *consent.mutable_withdrawn_time() = event.end();
  view.mutable_consent()->set_end_reason(event.reason());
  view.mutable_consent()->set_etag(EtagOf(event));
  return Patch({patient_id, event.consent_id()}, view, {"consent.withdrawn_time", "end_reason"});
}

ViewChange Changed(const std::string& patient_id, const v1::AdvanceDirectiveRevoked& event) {
  View view;
  *view.mutable_advance_directive()->mutable_advance_directive()->mutable_revoked_time() = event.end();
  view.mutable_advance_directive()->set_end_reason(event.reason());
  view.mutable_advance_directive()->set_etag(EtagOf(event));
  return Patch({patient_id, event.advance_directive_id()}, view, {"advance_directive.revoked_time", "end_reason"});
}

ViewChange Changed(const std::string& patient_id, const v1::SupportGroupEnded& event) {
  View view;
  *view.mutable_support_group()->mutable_support_group()->mutable_period()->mutable_end() = event.end();
  view.mutable_support_group()->set_end_reason(event.reason());
  view.mutable_support_group()->set_etag(EtagOf(event));
  return Patch({patient_id, event.support_group_id()}, view, {"support_group.period.end", "end_reason"});
}

// A resource was entered in error. `kind` only tells which kind of view goes.
template <class Kind>
ViewChange Retracted(const std::string& patient_id, const std::string& id, Kind* (View::*kind)()) {
  View view;
  (view.*kind)();
  return Remove({patient_id, id}, view);
}

}  // namespace

absl::StatusOr<ViewChange> ResourceChange(const std::string& patient, const v1::PatientEvent& event) {
  using Event = v1::PatientEvent;
  switch (event.event_case()) {
    case Event::kAllergyRecorded:
      return Shown(patient, event.allergy_recorded(), event.allergy_recorded().allergy());
    case Event::kAllergyRevised:
      return Shown(patient, event.allergy_revised(), event.allergy_revised().allergy());
    case Event::kAllergyRetracted:
      return Retracted(patient, event.allergy_retracted().allergy_id(), &View::mutable_allergy);
    case Event::kProblemRecorded:
      return Shown(patient, event.problem_recorded(), event.problem_recorded().problem());
    case Event::kProblemRevised:
      return Shown(patient, event.problem_revised(), event.problem_revised().problem());
    case Event::kProblemResolved:
      return Resolved(patient, event.problem_resolved());
    case Event::kProblemRetracted:
      return Retracted(patient, event.problem_retracted().problem_id(), &View::mutable_problem);
    case Event::kCarePlanRecorded:
      return Planned(patient, event.care_plan_recorded());
    case Event::kCarePlanRevised:
      return Replanned(patient, event.care_plan_revised());
    case Event::kCarePlanEnded:
      return Ended(patient, event.care_plan_ended());
    case Event::kCarePlanRetracted:
      return Retracted(patient, event.care_plan_retracted().care_plan_id(), &View::mutable_care_plan);
    case Event::kGoalRecorded:
      return Shown(patient, event.goal_recorded(), event.goal_recorded().goal());
    case Event::kGoalRevised:
      return Shown(patient, event.goal_revised(), event.goal_revised().goal());
    case Event::kGoalRetracted:
      return Retracted(patient, event.goal_retracted().goal_id(), &View::mutable_goal);
    case Event::kReferralInRecorded:
      return Shown(patient, event.referral_in_recorded(), event.referral_in_recorded().referral_in());
    case Event::kReferralInAccepted:
      return Changed(patient, event.referral_in_accepted());
    case Event::kReferralInDeclined:
      return Changed(patient, event.referral_in_declined());
    case Event::kReferralInClosed:
      return Changed(patient, event.referral_in_closed());
    case Event::kReferralInRetracted:
      return Retracted(patient, event.referral_in_retracted().referral_in_id(), &View::mutable_referral_in);
    case Event::kDocumentReceived:
      return Shown(patient, event.document_received(), event.document_received().document());
    case Event::kDocumentRetracted:
      return Retracted(patient, event.document_retracted().document_id(), &View::mutable_document);
    case Event::kPainHistoryRecorded:
      return Shown(patient, event.pain_history_recorded(), event.pain_history_recorded().pain_history());
    case Event::kPainHistoryRevised:
      return Shown(patient, event.pain_history_revised(), event.pain_history_revised().pain_history());
    case Event::kPainHistoryRetracted:
      return Retracted(patient, event.pain_history_retracted().pain_history_id(), &View::mutable_pain_history);
    case Event::kPlanActivityStatusChanged:
      return Changed(patient, event.plan_activity_status_changed());
    case Event::kPlanReviewRecorded:
      return Shown(patient, event.plan_review_recorded(), event.plan_review_recorded().plan_review());
    case Event::kPlanReviewRetracted:
      return Retracted(patient, event.plan_review_retracted().plan_review_id(), &View::mutable_plan_review);
    case Event::kGoalProgressRecorded:
      return Shown(patient, event.goal_progress_recorded(), event.goal_progress_recorded().goal_progress());
    case Event::kGoalProgressRetracted:
      return Retracted(patient, event.goal_progress_retracted().goal_progress_id(), &View::mutable_goal_progress);
    case Event::kCareTeamMemberAdded:
      return Shown(patient, event.care_team_member_added(), event.care_team_member_added().care_team_member());
    case Event::kCareTeamMemberEnded:
      return Changed(patient, event.care_team_member_ended());
    case Event::kCareTeamMemberRetracted:
      return Retracted(patient, event.care_team_member_retracted().care_team_member_id(),
                       &View::mutable_care_team_member);
    case Event::kConsentRecorded:
      return Shown(patient, event.consent_recorded(), event.consent_recorded().consent());
    case Event::kConsentWithdrawn:
      return Changed(patient, event.consent_withdrawn());
    case Event::kConsentRetracted:
      return Retracted(patient, event.consent_retracted().consent_id(), &View::mutable_consent);
    case Event::kAdvanceDirectiveRecorded:
      return Shown(patient, event.advance_directive_recorded(), event.advance_directive_recorded().advance_directive());
    case Event::kAdvanceDirectiveRevoked:
      return Changed(patient, event.advance_directive_revoked());
    case Event::kAdvanceDirectiveRetracted:
      return Retracted(patient, event.advance_directive_retracted().advance_directive_id(),
                       &View::mutable_advance_directive);
    case Event::kEducationRecorded:
      return Shown(patient, event.education_recorded(), event.education_recorded().education());
    case Event::kEducationRetracted:
      return Retracted(patient, event.education_retracted().education_id(), &View::mutable_education);
    case Event::kSupportGroupRecorded:
      return Shown(patient, event.support_group_recorded(), event.support_group_recorded().support_group());
    case Event::kSupportGroupEnded:
      return Changed(patient, event.support_group_ended());
    case Event::kSupportGroupRetracted:
      return Retracted(patient, event.support_group_retracted().support_group_id(), &View::mutable_support_group);
    default:
      return absl::DataLossError("a patient event of a kind that this release does not know");
  }
}

}  // namespace anamnesis::patient
