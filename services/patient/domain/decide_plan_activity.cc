// The parts of a care plan move on, one by one.
#include <algorithm>
#include <string>

#include "base/refusal.h"
#include "base/status.h"
#include "services/patient/domain/decide.h"
#include "services/patient/domain/ended.h"
#include "services/patient/domain/plan_activity.h"
#include "services/patient/domain/resource.h"

namespace anamnesis::patient {
namespace {

// What has come to this status at this time.
void MoveOn(v1::PlanActivity& activity, v1::PlanStatus status, const std::string& reason,
            const google::protobuf::Timestamp& time) {
  activity.set_status(status);
  activity.set_stop_reason(reason);
  if (IsEnd(status)) {
    *activity.mutable_period()->mutable_end() = time;
  } else if (status == v1::PLAN_STATUS_ACTIVE && !activity.period().has_start()) {
    *activity.mutable_period()->mutable_start() = time;
  }
}

}  // namespace

absl::StatusOr<Decision> Decide(const Situation& at, const v1::ChangePlanActivityStatusRequest& request) {
  const std::string& id = request.care_plan_id();
  ASSIGN_OR_RETURN(const v1::ResourceState* plan,
                   FindResource(at.patient, v1::RESOURCE_KIND_CARE_PLAN, id, request.context()));
  if (plan->ended()) return Refuse(v1::CARE_PLAN_ALREADY_ENDED);
  v1::PatientEvent event;
  v1::PlanActivityStatusChanged& changed = *event.mutable_plan_activity_status_changed();
  changed.set_care_plan_id(id);
  changed.set_activity_id(request.activity_id());
  changed.set_status(request.status());
  *changed.mutable_time() = request.has_time() ? request.time() : EffectiveTime(at, request.context());
  *changed.mutable_activities() = plan->activities();
  const auto activity = std::find_if(changed.mutable_activities()->begin(), changed.mutable_activities()->end(),
                                     [&](const auto& part) { return part.id() == request.activity_id(); });
  const bool found = activity != changed.mutable_activities()->end();
  if (found) {
    const clinical::v1::Period& period = activity->period();
    RETURN_IF_ERROR(CheckOrder(period.has_start(), period.start(), IsEnd(request.status()), changed.time()));
  }
  if (request.status() == v1::PLAN_STATUS_STOPPED) {
    RETURN_IF_ERROR(CheckReason(request.context()));
    changed.set_reason(request.context().reason());
  }
  if (!found) return Refuse(v1::PLAN_ACTIVITY_NOT_FOUND);
  if (!IsNext(activity->status(), request.status())) {
    return Refuse(v1::PLAN_ACTIVITY_STATUS_NOT_NEXT,
                  {.metadata = {{"status", v1::PlanStatus_Name(activity->status())}}});
  }
  MoveOn(*activity, request.status(), changed.reason(), changed.time());
  return Changed(id, *plan, event, changed);
}

}  // namespace anamnesis::patient
