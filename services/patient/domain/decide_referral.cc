// Referrals to this practice: received, then accepted or declined, then closed with what came of it. One may be closed
// without an answer: the patient came, or never will.
#include <string>

#include "base/refusal.h"
#include "base/status.h"
#include "services/patient/domain/decide.h"
#include "services/patient/domain/resource.h"

namespace anamnesis::patient {
namespace {

constexpr v1::ResourceKind kKind = v1::RESOURCE_KIND_REFERRAL_IN;

template <class Request>
google::protobuf::Timestamp AnsweredTime(const Situation& at, const Request& request) {
  return request.has_answered_time() ? request.answered_time() : EffectiveTime(at, request.context());
}

// RESOURCE_ALREADY_ENDED, REFERRAL_ALREADY_ANSWERED.
absl::Status CheckUnanswered(const v1::ResourceState& referral) {
  if (referral.ended()) return Refuse(v1::RESOURCE_ALREADY_ENDED);
  return referral.answered() ? Refuse(v1::REFERRAL_ALREADY_ANSWERED) : absl::OkStatus();
}

}  // namespace

absl::StatusOr<Decision> Decide(const Situation& at, const v1::RecordReferralInRequest& request) {
  v1::PatientEvent event;
  v1::ReferralInRecorded& recorded = *event.mutable_referral_in_recorded();
  return Record(at, request.referral_in(), event, recorded, *recorded.mutable_referral_in());
}

absl::StatusOr<Decision> Decide(const Situation& at, const v1::AcceptReferralInRequest& request) {
  const std::string& id = request.referral_in_id();
  ASSIGN_OR_RETURN(const v1::ResourceState* found, FindResource(at.patient, kKind, id, request.context()));
  v1::PatientEvent event;
  v1::ReferralInAccepted& accepted = *event.mutable_referral_in_accepted();
  accepted.set_referral_in_id(id);
  *accepted.mutable_answered_time() = AnsweredTime(at, request);
  RETURN_IF_ERROR(CheckOrder(found->has_start(), found->start(), true, accepted.answered_time()));
  RETURN_IF_ERROR(CheckUnanswered(*found));
  return Changed(id, *found, event, accepted);
}

absl::StatusOr<Decision> Decide(const Situation& at, const v1::DeclineReferralInRequest& request) {
  const std::string& id = request.referral_in_id();
  ASSIGN_OR_RETURN(const v1::ResourceState* found, FindResource(at.patient, kKind, id, request.context()));
  v1::PatientEvent event;
  v1::ReferralInDeclined& declined = *event.mutable_referral_in_declined();
  declined.set_referral_in_id(id);
  *declined.mutable_answered_time() = AnsweredTime(at, request);
  RETURN_IF_ERROR(CheckOrder(found->has_start(), found->start(), true, declined.answered_time()));
  RETURN_IF_ERROR(CheckReason(request.context()));
  RETURN_IF_ERROR(CheckUnanswered(*found));
  declined.set_reason(request.context().reason());
  return Changed(id, *found, event, declined);
}

absl::StatusOr<Decision> Decide(const Situation& at, const v1::CloseReferralInRequest& request) {
  const std::string& id = request.referral_in_id();
  ASSIGN_OR_RETURN(const v1::ResourceState* found, FindResource(at.patient, kKind, id, request.context()));
  v1::PatientEvent event;
  v1::ReferralInClosed& closed = *event.mutable_referral_in_closed();
  closed.set_referral_in_id(id);
  *closed.mutable_outcome() = request.outcome();
  *closed.mutable_closed_time() =
      request.has_closed_time() ? request.closed_time() : EffectiveTime(at, request.context());
  RETURN_IF_ERROR(CheckOrder(found->has_start(), found->start(), true, closed.closed_time()));
  if (found->ended()) return Refuse(v1::RESOURCE_ALREADY_ENDED);
  return Changed(id, *found, event, closed);
}

absl::StatusOr<Decision> Decide(const Situation& at, const v1::RetractReferralInRequest& request) {
  v1::PatientEvent event;
  v1::ReferralInRetracted& retracted = *event.mutable_referral_in_retracted();
  retracted.set_referral_in_id(request.referral_in_id());
  return Retract(at, kKind, request.referral_in_id(), request.context(), event, retracted);
}

}  // namespace anamnesis::patient
