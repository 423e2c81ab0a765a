#include "services/patient/domain/evolve_resource.h"

#include <string>

#include "services/patient/domain/ended.h"
#include "services/patient/domain/plan_activity.h"

namespace anamnesis::patient {
namespace {

// What the rules ask of a resource besides its revision.
void Describe(v1::ResourceState& state, const v1::Allergy&) {
  state.set_kind(v1::RESOURCE_KIND_ALLERGY);
}

void Describe(v1::ResourceState& state, const v1::Goal&) {
  state.set_kind(v1::RESOURCE_KIND_GOAL);
}

void Describe(v1::ResourceState& state, const v1::Problem& problem) {
  state.set_kind(v1::RESOURCE_KIND_PROBLEM);
  state.set_ended(HasEnded(problem));
  if (problem.has_onset()) *state.mutable_start() = problem.onset();
}

void Describe(v1::ResourceState& state, const v1::CarePlan& plan) {
  state.set_kind(v1::RESOURCE_KIND_CARE_PLAN);
  state.set_ended(HasEnded(plan));
  if (plan.period().has_start()) *state.mutable_start() = plan.period().start();
  *state.mutable_activities() = plan.activities();
  NameActivities(plan.id(), "", *state.mutable_activities());
}

void Describe(v1::ResourceState& state, const v1::ReferralIn& referral) {
  state.set_kind(v1::RESOURCE_KIND_REFERRAL_IN);
  state.set_ended(HasEnded(referral));
  state.set_answered(referral.status() == v1::REFERRAL_STATUS_ACCEPTED);
  if (referral.has_received_time()) *state.mutable_start() = referral.received_time();
}

void Describe(v1::ResourceState& state, const v1::ReceivedDocument&) {
  state.set_kind(v1::RESOURCE_KIND_DOCUMENT);
}

void Describe(v1::ResourceState& state, const v1::PainHistory&) {
  state.set_kind(v1::RESOURCE_KIND_PAIN_HISTORY);
}

void Describe(v1::ResourceState& state, const v1::PlanReview&) {
  state.set_kind(v1::RESOURCE_KIND_PLAN_REVIEW);
}

void Describe(v1::ResourceState& state, const v1::GoalProgress&) {
  state.set_kind(v1::RESOURCE_KIND_GOAL_PROGRESS);
}

void Describe(v1::ResourceState& state, const v1::CareTeamMember& member) {
  state.set_kind(v1::RESOURCE_KIND_CARE_TEAM_MEMBER);
  state.set_ended(HasEnded(member));
  if (member.period().has_start()) *state.mutable_start() = member.period().start();
}

void Describe(v1::ResourceState& state, const v1::Consent& consent) {
  state.set_kind(v1::RESOURCE_KIND_CONSENT);
  state.set_ended(HasEnded(consent));
  if (consent.has_decided_time()) *state.mutable_start() = consent.decided_time();
}

void Describe(v1::ResourceState& state, const v1::AdvanceDirective& directive) {
  state.set_kind(v1::RESOURCE_KIND_ADVANCE_DIRECTIVE);
  state.set_ended(HasEnded(directive));
  if (directive.has_made_time()) *state.mutable_start() = directive.made_time();
}

void Describe(v1::ResourceState& state, const v1::Education&) {
  state.set_kind(v1::RESOURCE_KIND_EDUCATION);
}

void Describe(v1::ResourceState& state, const v1::SupportGroup& group) {
  state.set_kind(v1::RESOURCE_KIND_SUPPORT_GROUP);
  state.set_ended(HasEnded(group));
  if (group.period().has_start()) *state.mutable_start() = group.period().start();
}

absl::Status NeverRecorded() {
  return absl::DataLossError("a patient event changes a resource that was never recorded");
}

// Recorded: the resource is from now on as the event says.
template <class Resource>
absl::Status Keep(v1::PatientState& state, const Resource& resource, uint64_t revision) {
  v1::ResourceState& kept = (*state.mutable_resources())[resource.id()];
  kept.Clear();
  kept.set_revision(revision);
  kept.set_changed_at(state.events());
  Describe(kept, resource);
  return absl::OkStatus();
}

// Revised: the same, for a resource that is there.
template <class Resource>
absl::Status Replace(v1::PatientState& state, const Resource& resource, uint64_t revision) {
  return state.resources().contains(resource.id()) ? Keep(state, resource, revision) : NeverRecorded();
}

// The resource at its new revision; nullptr if it was never recorded.
v1::ResourceState* Find(v1::PatientState& state, const std::string& id, uint64_t revision) {
  const auto found = state.mutable_resources()->find(id);
  if (found == state.mutable_resources()->end()) return nullptr;
  found->second.set_revision(revision);
  found->second.set_changed_at(state.events());
  return &found->second;
}

absl::Status End(v1::PatientState& state, const std::string& id, uint64_t revision) {
  v1::ResourceState* resource = Find(state, id, revision);
  if (resource == nullptr) return NeverRecorded();
  resource->set_ended(true);
  return absl::OkStatus();
}

absl::Status Retract(v1::PatientState& state, const std::string& id, uint64_t revision) {
  v1::ResourceState* resource = Find(state, id, revision);
  if (resource == nullptr) return NeverRecorded();
  resource->set_retracted(true);
  return absl::OkStatus();
}

absl::Status Answer(v1::PatientState& state, const v1::ReferralInAccepted& event) {
  v1::ResourceState* resource = Find(state, event.referral_in_id(), event.revision());
  if (resource == nullptr) return NeverRecorded();
  resource->set_answered(true);
  return absl::OkStatus();
}

absl::Status SetActivities(v1::PatientState& state, const v1::PlanActivityStatusChanged& event) {
  v1::ResourceState* resource = Find(state, event.care_plan_id(), event.revision());
  if (resource == nullptr) return NeverRecorded();
  *resource->mutable_activities() = event.activities();
  return absl::OkStatus();
}

}  // namespace

absl::Status EvolveResource(v1::PatientState& state, const v1::PatientEvent& event) {
  using Event = v1::PatientEvent;
  switch (event.event_case()) {
    case Event::kAllergyRecorded:
      return Keep(state, event.allergy_recorded().allergy(), event.allergy_recorded().revision());
    case Event::kAllergyRevised:
      return Replace(state, event.allergy_revised().allergy(), event.allergy_revised().revision());
    case Event::kAllergyRetracted:
      return Retract(state, event.allergy_retracted().allergy_id(), event.allergy_retracted().revision());
    case Event::kProblemRecorded:
      return Keep(state, event.problem_recorded().problem(), event.problem_recorded().revision());
    case Event::kProblemRevised:
      return Replace(state, event.problem_revised().problem(), event.problem_revised().revision());
    case Event::kProblemResolved:
      return End(state, event.problem_resolved().problem_id(), event.problem_resolved().revision());
    case Event::kProblemRetracted:
      return Retract(state, event.problem_retracted().problem_id(), event.problem_retracted().revision());
    case Event::kCarePlanRecorded:
      return Keep(state, event.care_plan_recorded().care_plan(), event.care_plan_recorded().revision());
    case Event::kCarePlanRevised:
      return Replace(state, event.care_plan_revised().care_plan(), event.care_plan_revised().revision());
    case Event::kCarePlanEnded:
      return End(state, event.care_plan_ended().care_plan_id(), event.care_plan_ended().revision());
    case Event::kCarePlanRetracted:
      return Retract(state, event.care_plan_retracted().care_plan_id(), event.care_plan_retracted().revision());
    case Event::kGoalRecorded:
      return Keep(state, event.goal_recorded().goal(), event.goal_recorded().revision());
    case Event::kGoalRevised:
      return Replace(state, event.goal_revised().goal(), event.goal_revised().revision());
    case Event::kGoalRetracted:
      return Retract(state, event.goal_retracted().goal_id(), event.goal_retracted().revision());
    case Event::kReferralInRecorded:
      return Keep(state, event.referral_in_recorded().referral_in(), event.referral_in_recorded().revision());
    case Event::kReferralInAccepted:
      return Answer(state, event.referral_in_accepted());
    case Event::kReferralInDeclined:
      return End(state, event.referral_in_declined().referral_in_id(), event.referral_in_declined().revision());
    case Event::kReferralInClosed:
      return End(state, event.referral_in_closed().referral_in_id(), event.referral_in_closed().revision());
    case Event::kReferralInRetracted:
      return Retract(state, event.referral_in_retracted().referral_in_id(), event.referral_in_retracted().revision());
    case Event::kDocumentReceived:
      return Keep(state, event.document_received().document(), event.document_received().revision());
    case Event::kDocumentRetracted:
      return Retract(state, event.document_retracted().document_id(), event.document_retracted().revision());
    case Event::kPainHistoryRecorded:
      return Keep(state, event.pain_history_recorded().pain_history(), event.pain_history_recorded().revision());
    case Event::kPainHistoryRevised:
      return Replace(state, event.pain_history_revised().pain_history(), event.pain_history_revised().revision());
    case Event::kPainHistoryRetracted:
      return Retract(state, event.pain_history_retracted().pain_history_id(),
                     event.pain_history_retracted().revision());
    case Event::kPlanActivityStatusChanged:
      return SetActivities(state, event.plan_activity_status_changed());
    case Event::kPlanReviewRecorded:
      return Keep(state, event.plan_review_recorded().plan_review(), event.plan_review_recorded().revision());
    case Event::kPlanReviewRetracted:
      return Retract(state, event.plan_review_retracted().plan_review_id(), event.plan_review_retracted().revision());
    case Event::kGoalProgressRecorded:
      return Keep(state, event.goal_progress_recorded().goal_progress(), event.goal_progress_recorded().revision());
    case Event::kGoalProgressRetracted:
      return Retract(state, event.goal_progress_retracted().goal_progress_id(),
                     event.goal_progress_retracted().revision());
    case Event::kCareTeamMemberAdded:
      return Keep(state, event.care_team_member_added().care_team_member(), event.care_team_member_added().revision());
    case Event::kCareTeamMemberEnded:
      return End(state, event.care_team_member_ended().care_team_member_id(),
                 event.care_team_member_ended().revision());
    case Event::kCareTeamMemberRetracted:
      return Retract(state, event.care_team_member_retracted().care_team_member_id(),
                     event.care_team_member_retracted().revision());
    case Event::kConsentRecorded:
      return Keep(state, event.consent_recorded().consent(), event.consent_recorded().revision());
    case Event::kConsentWithdrawn:
      return End(state, event.consent_withdrawn().consent_id(), event.consent_withdrawn().revision());
    case Event::kConsentRetracted:
      return Retract(state, event.consent_retracted().consent_id(), event.consent_retracted().revision());
    case Event::kAdvanceDirectiveRecorded:
      return Keep(state, event.advance_directive_recorded().advance_directive(),
                  event.advance_directive_recorded().revision());
    case Event::kAdvanceDirectiveRevoked:
      return End(state, event.advance_directive_revoked().advance_directive_id(),
                 event.advance_directive_revoked().revision());
    case Event::kAdvanceDirectiveRetracted:
      return Retract(state, event.advance_directive_retracted().advance_directive_id(),
                     event.advance_directive_retracted().revision());
    case Event::kEducationRecorded:
      return Keep(state, event.education_recorded().education(), event.education_recorded().revision());
    case Event::kEducationRetracted:
      return Retract(state, event.education_retracted().education_id(), event.education_retracted().revision());
    case Event::kSupportGroupRecorded:
      return Keep(state, event.support_group_recorded().support_group(), event.support_group_recorded().revision());
    case Event::kSupportGroupEnded:
      return End(state, event.support_group_ended().support_group_id(), event.support_group_ended().revision());
    case Event::kSupportGroupRetracted:
      return Retract(state, event.support_group_retracted().support_group_id(),
                     event.support_group_retracted().revision());
    default:
      return absl::DataLossError("a patient event of a kind that this release does not know");
  }
}

}  // namespace anamnesis::patient
