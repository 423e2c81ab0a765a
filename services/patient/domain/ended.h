// When a problem or a care plan is over: deciding and evolving must not differ in this.
#pragma once

#include "anamnesis/patient/v1/types.pb.h"

namespace anamnesis::patient {

inline bool IsEnd(v1::PlanStatus status) {
  return status == v1::PLAN_STATUS_COMPLETED || status == v1::PLAN_STATUS_STOPPED;
}

inline bool HasEnded(const v1::CarePlan& plan) {
  return IsEnd(plan.status());
}

inline bool HasEnded(const v1::Problem& problem) {
  return problem.has_abatement() || problem.clinical_status() == v1::CLINICAL_STATUS_RESOLVED;
}

}  // namespace anamnesis::patient
