// Orders for studies: ordered → scheduled → completed, no step skipped; cancelled only before it was done. What is
// recorded as a fact is taken in whatever status.
#include "base/clock.h"
#include "services/encounter/domain/decide.h"

namespace anamnesis::encounter {
namespace {

// Find's refusals.
template <class Request>
absl::StatusOr<const v1::StudyOrderEntry*> FindOrder(const Situation& at, const Request& request) {
  return Find(at.state.study_orders(), request.study_order_id(), request.context());
}

// STUDY_ORDER_COMPLETED, STUDY_ORDER_CANCELLED.
absl::Status CheckOpen(const v1::StudyOrderEntry& order) {
  if (order.status() == v1::STUDY_ORDER_STATUS_COMPLETED) return Refuse(v1::STUDY_ORDER_COMPLETED);
  if (order.status() == v1::STUDY_ORDER_STATUS_CANCELLED) return Refuse(v1::STUDY_ORDER_CANCELLED);
  return absl::OkStatus();
}

template <class Step>
Decision Taken(const v1::StudyOrderEntry& order, const std::string& id, Step step,
               Step* (v1::EncounterEvent::*event)()) {
  const uint64_t revision = order.revision() + 1;
  step.set_study_order_id(id);
  step.set_revision(revision);
  v1::EncounterEvent envelope;
  *(envelope.*event)() = std::move(step);
  return decider::Accepted(id, revision, std::move(envelope));
}

}  // namespace

absl::StatusOr<Decision> Decide(const Situation& at, const v1::RecordStudyOrderRequest& request) {
  return Record(at, at.state.study_orders(), request.study_order(), &v1::EncounterEvent::mutable_study_order_recorded,
                &v1::StudyOrderRecorded::mutable_study_order);
}

absl::StatusOr<Decision> Decide(const Situation& at, const v1::OrderStudyRequest& request) {
  v1::StudyOrder order = request.study_order();
  if (order.id().empty()) order.set_id(at.input.new_id);
  RETURN_IF_ERROR(CheckInUse(at.facts));
  RETURN_IF_ERROR(CheckNew(at.state.study_orders(), order.id()));
  if (at.facts.deceased()) return Refuse(v1::PATIENT_DECEASED);

  order.set_status(v1::STUDY_ORDER_STATUS_ORDERED);
  if (!order.has_ordered_time()) *order.mutable_ordered_time() = EffectiveTime(at, request.context());
  return Record(at, at.state.study_orders(), std::move(order), &v1::EncounterEvent::mutable_study_ordered,
                &v1::StudyOrdered::mutable_study_order);
}

absl::StatusOr<Decision> Decide(const Situation& at, const v1::ScheduleStudyRequest& request) {
  RETURN_IF_ERROR(CheckInUse(at.facts));
  ASSIGN_OR_RETURN(const v1::StudyOrderEntry* order, FindOrder(at, request));
  if (at.facts.deceased()) return Refuse(v1::PATIENT_DECEASED);
  RETURN_IF_ERROR(CheckOpen(*order));

  v1::StudyScheduled scheduled;
  *scheduled.mutable_scheduled_time() = request.scheduled_time();
  scheduled.set_performer_id(request.performer_id());
  return Taken(*order, request.study_order_id(), std::move(scheduled), &v1::EncounterEvent::mutable_study_scheduled);
}

absl::StatusOr<Decision> Decide(const Situation& at, const v1::CompleteStudyRequest& request) {
  ASSIGN_OR_RETURN(const v1::StudyOrderEntry* order, FindOrder(at, request));
  v1::StudyCompleted completed;
  *completed.mutable_completed_time() =
      request.has_completed_time() ? request.completed_time() : EffectiveTime(at, request.context());
  if (order->has_ordered_time() && ToMicros(completed.completed_time()) < ToMicros(order->ordered_time())) {
    return Refuse(v1::END_BEFORE_START);
  }
  RETURN_IF_ERROR(CheckOpen(*order));
  if (order->status() != v1::STUDY_ORDER_STATUS_SCHEDULED) return Refuse(v1::STUDY_NOT_SCHEDULED);
  if (request.diagnostic_report_id().empty() && request.imaging_study_id().empty()) {
    return Refuse(v1::STUDY_RESULT_REQUIRED);
  }

  completed.set_diagnostic_report_id(request.diagnostic_report_id());
  completed.set_imaging_study_id(request.imaging_study_id());
  return Taken(*order, request.study_order_id(), std::move(completed), &v1::EncounterEvent::mutable_study_completed);
}

absl::StatusOr<Decision> Decide(const Situation& at, const v1::CancelStudyRequest& request) {
  ASSIGN_OR_RETURN(const v1::StudyOrderEntry* order, FindOrder(at, request));
  if (request.context().reason().empty()) return Refuse(v1::REASON_REQUIRED);
  RETURN_IF_ERROR(CheckOpen(*order));

  v1::StudyCancelled cancelled;
  cancelled.set_reason(request.context().reason());
  return Taken(*order, request.study_order_id(), std::move(cancelled), &v1::EncounterEvent::mutable_study_cancelled);
}

absl::StatusOr<Decision> Decide(const Situation& at, const v1::RetractStudyOrderRequest& request) {
  return Retract(at.state.study_orders(), request.context(), request.study_order_id(),
                 &v1::EncounterEvent::mutable_study_order_retracted, &v1::StudyOrderRetracted::mutable_study_order_id);
}

}  // namespace anamnesis::encounter
