// What becomes of plans and goals over time: reviews and progress.
#include <string>

#include "base/status.h"
#include "services/patient/domain/decide.h"
#include "services/patient/domain/resource.h"

namespace anamnesis::patient {

absl::StatusOr<Decision> Decide(const Situation& at, const v1::RecordPlanReviewRequest& request) {
  v1::PatientEvent event;
  v1::PlanReviewRecorded& recorded = *event.mutable_plan_review_recorded();
  return RecordAbout(at, v1::RESOURCE_KIND_CARE_PLAN, request.plan_review().care_plan_id(), request.plan_review(),
                     event, recorded, *recorded.mutable_plan_review());
}

absl::StatusOr<Decision> Decide(const Situation& at, const v1::RetractPlanReviewRequest& request) {
  v1::PatientEvent event;
  v1::PlanReviewRetracted& retracted = *event.mutable_plan_review_retracted();
  retracted.set_plan_review_id(request.plan_review_id());
  return Retract(at, v1::RESOURCE_KIND_PLAN_REVIEW, request.plan_review_id(), request.context(), event, retracted);
}

absl::StatusOr<Decision> Decide(const Situation& at, const v1::RecordGoalProgressRequest& request) {
  const v1::GoalProgress& progress = request.goal_progress();
  if (progress.value().value().empty() && !progress.has_achievement()) {
    return InvalidField("goal_progress.value", "must be set where `achievement` is not");
  }
  v1::PatientEvent event;
  v1::GoalProgressRecorded& recorded = *event.mutable_goal_progress_recorded();
  return RecordAbout(at, v1::RESOURCE_KIND_GOAL, request.goal_progress().goal_id(), request.goal_progress(), event,
                     recorded, *recorded.mutable_goal_progress());
}

absl::StatusOr<Decision> Decide(const Situation& at, const v1::RetractGoalProgressRequest& request) {
  v1::PatientEvent event;
  v1::GoalProgressRetracted& retracted = *event.mutable_goal_progress_retracted();
  retracted.set_goal_progress_id(request.goal_progress_id());
  return Retract(at, v1::RESOURCE_KIND_GOAL_PROGRESS, request.goal_progress_id(), request.context(), event, retracted);
}

}  // namespace anamnesis::patient
