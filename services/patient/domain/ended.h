// When a resource is over: deciding and evolving must not differ in this.
#pragma once

#include "anamnesis/patient/v1/care.pb.h"
#include "anamnesis/patient/v1/history.pb.h"
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

inline bool HasEnded(const v1::ReferralIn& referral) {
  return referral.status() == v1::REFERRAL_STATUS_DECLINED || referral.status() == v1::REFERRAL_STATUS_CLOSED;
}

inline bool HasEnded(const v1::CareTeamMember& member) {
  return member.period().has_end();
}

inline bool HasEnded(const v1::SupportGroup& group) {
  return group.period().has_end();
}

inline bool HasEnded(const v1::Consent& consent) {
  return consent.decision() == v1::CONSENT_DECISION_WITHDRAWN;
}

inline bool HasEnded(const v1::AdvanceDirective& directive) {
  return directive.has_revoked_time();
}

}  // namespace anamnesis::patient
