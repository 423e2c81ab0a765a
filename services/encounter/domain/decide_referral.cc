// Referrals out: sent → accepted → attended → reported, no step skipped; declined or cancelled only before the patient
// was there. What is recorded as a fact is taken in whatever status.
#include "services/encounter/domain/decide.h"

namespace anamnesis::encounter {
namespace {

using enum v1::ReferralStatus;

// Find's refusals.
template <class Request>
absl::StatusOr<const v1::ReferralEntry*> FindReferral(const Situation& at, const Request& request) {
  return Find(at.state.referrals(), request.referral_id(), request.context());
}

// REFERRAL_ALREADY_REPORTED, REFERRAL_CLOSED.
absl::Status CheckOpen(const v1::ReferralEntry& referral) {
  switch (referral.status()) {
    case REFERRAL_STATUS_REPORTED:
      return Refuse(v1::REFERRAL_ALREADY_REPORTED);
    case REFERRAL_STATUS_DECLINED:
    case REFERRAL_STATUS_CANCELLED:
      return Refuse(v1::REFERRAL_CLOSED);
    default:
      return absl::OkStatus();
  }
}

// CheckOpen's refusals, REFERRAL_ALREADY_ATTENDED.
absl::Status CheckNotAttended(const v1::ReferralEntry& referral) {
  RETURN_IF_ERROR(CheckOpen(referral));
  return referral.status() == REFERRAL_STATUS_ATTENDED ? Refuse(v1::REFERRAL_ALREADY_ATTENDED) : absl::OkStatus();
}

template <class Step>
Decision Taken(const v1::ReferralEntry& referral, const std::string& id, Step step,
               Step* (v1::EncounterEvent::*event)()) {
  const uint64_t revision = referral.revision() + 1;
  step.set_referral_id(id);
  step.set_revision(revision);
  v1::EncounterEvent envelope;
  *(envelope.*event)() = std::move(step);
  return decider::Accepted(id, revision, std::move(envelope));
}

}  // namespace

absl::StatusOr<Decision> Decide(const Situation& at, const v1::RecordReferralRequest& request) {
  return Record(at, at.state.referrals(), request.referral(), &v1::EncounterEvent::mutable_referral_recorded,
                &v1::ReferralRecorded::mutable_referral);
}

absl::StatusOr<Decision> Decide(const Situation& at, const v1::SendReferralRequest& request) {
  v1::OutgoingReferral referral = request.referral();
  if (referral.id().empty()) referral.set_id(at.input.new_id);
  RETURN_IF_ERROR(CheckInUse(at.facts));
  RETURN_IF_ERROR(CheckNew(at.state.referrals(), referral.id()));
  if (at.facts.deceased()) return Refuse(v1::PATIENT_DECEASED);

  referral.set_status(REFERRAL_STATUS_SENT);
  if (!referral.has_sent_time()) *referral.mutable_sent_time() = EffectiveTime(at, request.context());
  return Record(at, at.state.referrals(), std::move(referral), &v1::EncounterEvent::mutable_referral_sent,
                &v1::ReferralSent::mutable_referral);
}

absl::StatusOr<Decision> Decide(const Situation& at, const v1::AcceptReferralRequest& request) {
  ASSIGN_OR_RETURN(const v1::ReferralEntry* referral, FindReferral(at, request));
  RETURN_IF_ERROR(CheckNotAttended(*referral));
  if (referral->status() == REFERRAL_STATUS_ACCEPTED) return Refuse(v1::REFERRAL_ALREADY_ACCEPTED);

  v1::ReferralAccepted accepted;
  *accepted.mutable_answered_time() = EffectiveTime(at, request.context());
  if (request.has_appointment_time()) *accepted.mutable_appointment_time() = request.appointment_time();
  return Taken(*referral, request.referral_id(), std::move(accepted), &v1::EncounterEvent::mutable_referral_accepted);
}

absl::StatusOr<Decision> Decide(const Situation& at, const v1::AttendReferralRequest& request) {
  ASSIGN_OR_RETURN(const v1::ReferralEntry* referral, FindReferral(at, request));
  RETURN_IF_ERROR(CheckNotAttended(*referral));
  if (referral->status() != REFERRAL_STATUS_ACCEPTED) return Refuse(v1::REFERRAL_NOT_ACCEPTED);

  v1::ReferralAttended attended;
  *attended.mutable_attended_time() =
      request.has_attended_time() ? request.attended_time() : EffectiveTime(at, request.context());
  return Taken(*referral, request.referral_id(), std::move(attended), &v1::EncounterEvent::mutable_referral_attended);
}

absl::StatusOr<Decision> Decide(const Situation& at, const v1::ReportReferralRequest& request) {
  ASSIGN_OR_RETURN(const v1::ReferralEntry* referral, FindReferral(at, request));
  RETURN_IF_ERROR(CheckOpen(*referral));
  if (referral->status() != REFERRAL_STATUS_ATTENDED) {
    return Refuse(referral->status() == REFERRAL_STATUS_ACCEPTED ? v1::REFERRAL_NOT_ATTENDED
                                                                 : v1::REFERRAL_NOT_ACCEPTED);
  }
  if (request.report().text().empty() && request.report().document_id().empty()) {
    return Refuse(v1::REFERRAL_REPORT_EMPTY);
  }

  v1::ReferralReported reported;
  *reported.mutable_reported_time() = EffectiveTime(at, request.context());
  *reported.mutable_report() = request.report();
  return Taken(*referral, request.referral_id(), std::move(reported), &v1::EncounterEvent::mutable_referral_reported);
}

absl::StatusOr<Decision> Decide(const Situation& at, const v1::DeclineReferralRequest& request) {
  ASSIGN_OR_RETURN(const v1::ReferralEntry* referral, FindReferral(at, request));
  if (request.context().reason().empty()) return Refuse(v1::REASON_REQUIRED);
  RETURN_IF_ERROR(CheckNotAttended(*referral));

  v1::ReferralDeclined declined;
  *declined.mutable_answered_time() = EffectiveTime(at, request.context());
  declined.set_reason(request.context().reason());
  return Taken(*referral, request.referral_id(), std::move(declined), &v1::EncounterEvent::mutable_referral_declined);
}

absl::StatusOr<Decision> Decide(const Situation& at, const v1::CancelReferralRequest& request) {
  ASSIGN_OR_RETURN(const v1::ReferralEntry* referral, FindReferral(at, request));
  if (request.context().reason().empty()) return Refuse(v1::REASON_REQUIRED);
  RETURN_IF_ERROR(CheckNotAttended(*referral));

  v1::ReferralCancelled cancelled;
  cancelled.set_reason(request.context().reason());
  return Taken(*referral, request.referral_id(), std::move(cancelled), &v1::EncounterEvent::mutable_referral_cancelled);
}

absl::StatusOr<Decision> Decide(const Situation& at, const v1::RetractReferralRequest& request) {
  return Retract(at.state.referrals(), request.context(), request.referral_id(),
                 &v1::EncounterEvent::mutable_referral_retracted, &v1::ReferralRetracted::mutable_referral_id);
}

}  // namespace anamnesis::encounter
