#include "services/patient/domain/plan_activity.h"

#include <string>

#include "absl/strings/str_cat.h"
#include "base/uuid.h"

namespace anamnesis::patient {

void NameActivities(std::string_view plan_id, std::string_view salt,
                    google::protobuf::RepeatedPtrField<v1::PlanActivity>& activities) {
  if (!IsUuid(plan_id)) return;
  for (int i = 0; i < activities.size(); ++i) {
    if (activities[i].id().empty()) {
      activities[i].set_id(NamedUuid(plan_id, absl::StrCat("activity ", std::string(salt), " ", i)));
    }
  }
}

bool IsNext(v1::PlanStatus from, v1::PlanStatus to) {
  switch (from) {
    case v1::PLAN_STATUS_UNSPECIFIED:
      return to != v1::PLAN_STATUS_UNSPECIFIED;
    case v1::PLAN_STATUS_PLANNED:
      return to == v1::PLAN_STATUS_ACTIVE || to == v1::PLAN_STATUS_STOPPED;
    case v1::PLAN_STATUS_ACTIVE:
      return to == v1::PLAN_STATUS_ON_HOLD || to == v1::PLAN_STATUS_COMPLETED || to == v1::PLAN_STATUS_STOPPED;
    case v1::PLAN_STATUS_ON_HOLD:
      return to == v1::PLAN_STATUS_ACTIVE || to == v1::PLAN_STATUS_STOPPED;
    default:
      return false;
  }
}

}  // namespace anamnesis::patient
