// Who cares for the patient with us: members of the care team, support groups.
#include <string>

#include "base/status.h"
#include "services/patient/domain/decide.h"
#include "services/patient/domain/resource.h"

namespace anamnesis::patient {

absl::StatusOr<Decision> Decide(const Situation& at, const v1::AddCareTeamMemberRequest& request) {
  v1::PatientEvent event;
  v1::CareTeamMemberAdded& recorded = *event.mutable_care_team_member_added();
  return Record(at, request.care_team_member(), event, recorded, *recorded.mutable_care_team_member());
}

absl::StatusOr<Decision> Decide(const Situation& at, const v1::EndCareTeamMemberRequest& request) {
  v1::PatientEvent event;
  v1::CareTeamMemberEnded& ended = *event.mutable_care_team_member_ended();
  ended.set_care_team_member_id(request.care_team_member_id());
  return End(at, v1::RESOURCE_KIND_CARE_TEAM_MEMBER, request.care_team_member_id(), request, event, ended);
}

absl::StatusOr<Decision> Decide(const Situation& at, const v1::RetractCareTeamMemberRequest& request) {
  v1::PatientEvent event;
  v1::CareTeamMemberRetracted& retracted = *event.mutable_care_team_member_retracted();
  retracted.set_care_team_member_id(request.care_team_member_id());
  return Retract(at, v1::RESOURCE_KIND_CARE_TEAM_MEMBER, request.care_team_member_id(), request.context(), event,
                 retracted);
}

absl::StatusOr<Decision> Decide(const Situation& at, const v1::RecordSupportGroupRequest& request) {
  v1::PatientEvent event;
  v1::SupportGroupRecorded& recorded = *event.mutable_support_group_recorded();
  return Record(at, request.support_group(), event, recorded, *recorded.mutable_support_group());
}

absl::StatusOr<Decision> Decide(const Situation& at, const v1::EndSupportGroupRequest& request) {
  v1::PatientEvent event;
  v1::SupportGroupEnded& ended = *event.mutable_support_group_ended();
  ended.set_support_group_id(request.support_group_id());
  return End(at, v1::RESOURCE_KIND_SUPPORT_GROUP, request.support_group_id(), request, event, ended);
}

absl::StatusOr<Decision> Decide(const Situation& at, const v1::RetractSupportGroupRequest& request) {
  v1::PatientEvent event;
  v1::SupportGroupRetracted& retracted = *event.mutable_support_group_retracted();
  retracted.set_support_group_id(request.support_group_id());
  return Retract(at, v1::RESOURCE_KIND_SUPPORT_GROUP, request.support_group_id(), request.context(), event, retracted);
}

}  // namespace anamnesis::patient
