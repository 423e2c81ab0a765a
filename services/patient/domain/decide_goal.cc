// What the patient wants to reach, function first.
#include <string>

#include "base/status.h"
#include "services/patient/domain/decide.h"
#include "services/patient/domain/resource.h"

namespace anamnesis::patient {
namespace {

constexpr v1::ResourceKind kKind = v1::RESOURCE_KIND_GOAL;

}  // namespace

absl::StatusOr<Decision> Decide(const Situation& at, const v1::RecordGoalRequest& request) {
  v1::PatientEvent event;
  v1::GoalRecorded& recorded = *event.mutable_goal_recorded();
  return Record(at, request.goal(), event, recorded, *recorded.mutable_goal());
}

absl::StatusOr<Decision> Decide(const Situation& at, const v1::ReviseGoalRequest& request) {
  const std::string& id = request.goal().id();
  ASSIGN_OR_RETURN(const v1::ResourceState* found, FindResource(at.patient, kKind, id, request.context()));
  v1::PatientEvent event;
  v1::GoalRevised& revised = *event.mutable_goal_revised();
  *revised.mutable_goal() = request.goal();
  return Changed(id, *found, event, revised);
}

absl::StatusOr<Decision> Decide(const Situation& at, const v1::RetractGoalRequest& request) {
  v1::PatientEvent event;
  v1::GoalRetracted& retracted = *event.mutable_goal_retracted();
  retracted.set_goal_id(request.goal_id());
  return Retract(at, kKind, request.goal_id(), request.context(), event, retracted);
}

}  // namespace anamnesis::patient
