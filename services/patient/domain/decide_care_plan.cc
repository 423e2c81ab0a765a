// Plans of treatment. An ended plan may be corrected, not reopened. An end before the beginning is kept where a source
// says so (record), not where it is said here (revise, end).
#include <set>
#include <string>

#include "absl/strings/str_cat.h"
#include "base/refusal.h"
#include "base/status.h"
#include "services/patient/domain/decide.h"
#include "services/patient/domain/ended.h"
#include "services/patient/domain/plan_activity.h"
#include "services/patient/domain/resource.h"

namespace anamnesis::patient {
namespace {

constexpr v1::ResourceKind kKind = v1::RESOURCE_KIND_CARE_PLAN;

// INVALID_FIELDS where two parts of the plan have the same id.
absl::Status CheckActivities(const v1::CarePlan& plan) {
  std::set<std::string> ids;
  for (int i = 0; i < plan.activities_size(); ++i) {
    const std::string& id = plan.activities(i).id();
    if (!id.empty() && !ids.insert(id).second) {
      return InvalidField(absl::StrCat("care_plan.activities[", i, "].id"), "must not be that of another activity");
    }
  }
  return absl::OkStatus();
}

// PLAN_ACTIVITY_STATUS_NOT_NEXT: a revision says what the parts of a plan are, not that one has moved on.
absl::Status CheckStatuses(const v1::ResourceState& before, const v1::CarePlan& after) {
  for (const v1::PlanActivity& was : before.activities()) {
    for (const v1::PlanActivity& is : after.activities()) {
      if (is.id() != was.id() || is.status() == was.status()) continue;
      return Refuse(v1::PLAN_ACTIVITY_STATUS_NOT_NEXT, {.metadata = {{"status", v1::PlanStatus_Name(was.status())}}});
    }
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<Decision> Decide(const Situation& at, const v1::RecordCarePlanRequest& request) {
  RETURN_IF_ERROR(CheckActivities(request.care_plan()));
  v1::PatientEvent event;
  v1::CarePlanRecorded& recorded = *event.mutable_care_plan_recorded();
  v1::CarePlan plan = request.care_plan();
  if (plan.id().empty()) plan.set_id(at.input.new_id);
  NameActivities(plan.id(), "", *plan.mutable_activities());
  return Record(at, plan, event, recorded, *recorded.mutable_care_plan());
}

absl::StatusOr<Decision> Decide(const Situation& at, const v1::ReviseCarePlanRequest& request) {
  RETURN_IF_ERROR(CheckActivities(request.care_plan()));
  const std::string& id = request.care_plan().id();
  ASSIGN_OR_RETURN(const v1::ResourceState* found, FindResource(at.patient, kKind, id, request.context()));
  if (found->ended() && !HasEnded(request.care_plan())) return Refuse(v1::CARE_PLAN_ALREADY_ENDED);
  const clinical::v1::Period& period = request.care_plan().period();
  RETURN_IF_ERROR(CheckOrder(period.has_start(), period.start(), period.has_end(), period.end()));
  RETURN_IF_ERROR(CheckStatuses(*found, request.care_plan()));
  v1::PatientEvent event;
  v1::CarePlanRevised& revised = *event.mutable_care_plan_revised();
  *revised.mutable_care_plan() = request.care_plan();
  NameActivities(id, at.input.new_id, *revised.mutable_care_plan()->mutable_activities());
  return Changed(id, *found, event, revised);
}

absl::StatusOr<Decision> Decide(const Situation& at, const v1::EndCarePlanRequest& request) {
  if (!IsEnd(request.status())) return InvalidField("status", "must be COMPLETED or STOPPED");
  const std::string& id = request.care_plan_id();
  ASSIGN_OR_RETURN(const v1::ResourceState* found, FindResource(at.patient, kKind, id, request.context()));
  if (found->ended()) return Refuse(v1::CARE_PLAN_ALREADY_ENDED);
  v1::PatientEvent event;
  v1::CarePlanEnded& ended = *event.mutable_care_plan_ended();
  ended.set_care_plan_id(id);
  ended.set_status(request.status());
  *ended.mutable_end() = request.has_end() ? request.end() : EffectiveTime(at, request.context());
  RETURN_IF_ERROR(CheckOrder(found->has_start(), found->start(), true, ended.end()));
  if (request.status() == v1::PLAN_STATUS_STOPPED) {
    RETURN_IF_ERROR(CheckReason(request.context()));
    ended.set_reason(request.context().reason());
  }
  return Changed(id, *found, event, ended);
}

absl::StatusOr<Decision> Decide(const Situation& at, const v1::RetractCarePlanRequest& request) {
  v1::PatientEvent event;
  v1::CarePlanRetracted& retracted = *event.mutable_care_plan_retracted();
  retracted.set_care_plan_id(request.care_plan_id());
  return Retract(at, kKind, request.care_plan_id(), request.context(), event, retracted);
}

}  // namespace anamnesis::patient
