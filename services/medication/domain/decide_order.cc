// Orders: active ↔ on hold → ended; entered in error from anywhere. An order that was recorded as a draft or in an
// unknown status can only be discontinued or retracted.
#include <string>
#include <utility>

#include "base/clock.h"
#include "base/refusal.h"
#include "base/status.h"
#include "services/medication/domain/decide.h"
#include "services/medication/domain/safety/review.h"

namespace anamnesis::medication {
namespace {

// The order with its id; ORDER_ALREADY_EXISTS.
absl::StatusOr<v1::Order> NewOrder(const Situation& at, const v1::Order& requested) {
  v1::Order order = requested;
  if (order.id().empty()) order.set_id(at.input.new_id);
  if (at.state.orders().contains(order.id())) return Refuse(v1::ORDER_ALREADY_EXISTS);
  return order;
}

// PATIENT_MERGED_AWAY, PATIENT_DECEASED: nobody begins or goes on to treat such a patient. History is taken all the
// same.
absl::Status CheckPatient(const v1::PatientFacts& patient) {
  if (!patient.survivor_id().empty()) {
    return Refuse(v1::PATIENT_MERGED_AWAY, {.metadata = {{"survivor_id", patient.survivor_id()}}});
  }
  if (patient.deceased()) return Refuse(v1::PATIENT_DECEASED);
  return absl::OkStatus();
}

// What the rules say about the order as the request would have it.
template <class Request>
Alerts Review(const Situation& at, const v1::Order& order, const Request& request) {
  const int64_t effective = decider::EffectiveMicros(request.context(), at.input);
  return ReviewSafety({order, at.state, at.facts, at.rules, effective}, request.overrides());
}

// Notes the tables that the rules were taken from.
template <class Event>
void NoteTables(const Situation& at, Event& event) {
  for (const auto& [id, version] : at.rules.versions()) {
    v1::RuleTableVersion& table = *event.add_decided_by();
    table.set_id(id);
    table.set_version(version);
  }
}

// Accepts with an event that says no more than which order, why, and its revision: held, resumed, discontinued,
// retracted.
template <class Request, class Change>
Decision Changed(const v1::OrderState& order, const Request& request, Change* (v1::MedicationEvent::*change_of)()) {
  const uint64_t revision = order.revision() + 1;
  v1::MedicationEvent event;
  Change& change = *(event.*change_of)();
  change.set_order_id(request.order_id());
  change.set_reason(request.context().reason());
  change.set_revision(revision);
  return decider::Accepted(request.order_id(), revision, std::move(event));
}

}  // namespace

absl::StatusOr<Decision> Decide(const Situation& at, const v1::PrescribeRequest& request) {
  ASSIGN_OR_RETURN(v1::Order order, NewOrder(at, request.order()));
  if (order.status() != v1::ORDER_STATUS_UNSPECIFIED && order.status() != v1::ORDER_STATUS_ACTIVE) {
    return Refuse(v1::STATUS_NOT_PRESCRIBABLE);
  }
  RETURN_IF_ERROR(CheckPatient(at.facts.patient()));
  const Alerts alerts = Review(at, order, request);
  RETURN_IF_ERROR(CheckOverridden(alerts));

  order.set_status(v1::ORDER_STATUS_ACTIVE);
  if (!order.has_authored_on()) {
    *order.mutable_authored_on() = ToTimestamp(decider::EffectiveMicros(request.context(), at.input));
  }
  const std::string id = order.id();
  v1::MedicationEvent event;
  v1::OrderPrescribed& prescribed = *event.mutable_order_prescribed();
  *prescribed.mutable_order() = std::move(order);
  prescribed.mutable_alerts()->Assign(alerts.begin(), alerts.end());
  prescribed.set_revision(1);
  NoteTables(at, prescribed);
  Decision decision = decider::Accepted(id, 1, std::move(event));
  decision.alerts = alerts;
  return decision;
}

absl::StatusOr<Decision> Decide(const Situation& at, const v1::RecordOrderRequest& request) {
  ASSIGN_OR_RETURN(v1::Order order, NewOrder(at, request.order()));

  const std::string id = order.id();
  v1::MedicationEvent event;
  *event.mutable_order_recorded()->mutable_order() = std::move(order);
  event.mutable_order_recorded()->set_revision(1);
  return decider::Accepted(id, 1, std::move(event));
}

absl::StatusOr<Decision> Decide(const Situation& at, const v1::ChangeDoseRequest& request) {
  ASSIGN_OR_RETURN(const v1::OrderState* order, FindOrder(at.state, request.order_id(), request.context()));
  RETURN_IF_ERROR(CheckActive(*order));
  RETURN_IF_ERROR(CheckPatient(at.facts.patient()));
  v1::Order changed = order->therapy();
  *changed.mutable_dosages() = request.dosages();
  const Alerts alerts = Review(at, changed, request);
  RETURN_IF_ERROR(CheckOverridden(alerts));

  Decision decision = Changed(*order, request, &v1::MedicationEvent::mutable_dose_changed);
  v1::DoseChanged& dose = *decision.events.front().event.mutable_dose_changed();
  *dose.mutable_dosages() = request.dosages();
  dose.mutable_alerts()->Assign(alerts.begin(), alerts.end());
  NoteTables(at, dose);
  decision.alerts = alerts;
  return decision;
}

absl::StatusOr<Decision> Decide(const Situation& at, const v1::HoldOrderRequest& request) {
  ASSIGN_OR_RETURN(const v1::OrderState* order, FindOrder(at.state, request.order_id(), request.context()));
  RETURN_IF_ERROR(CheckActive(*order));
  RETURN_IF_ERROR(CheckReason(request.context()));
  return Changed(*order, request, &v1::MedicationEvent::mutable_order_held);
}

absl::StatusOr<Decision> Decide(const Situation& at, const v1::ResumeOrderRequest& request) {
  ASSIGN_OR_RETURN(const v1::OrderState* order, FindOrder(at.state, request.order_id(), request.context()));
  RETURN_IF_ERROR(CheckNotEnded(*order));
  if (order->status() != v1::ORDER_STATUS_ON_HOLD) return Refuse(v1::ORDER_NOT_ON_HOLD);
  RETURN_IF_ERROR(CheckPatient(at.facts.patient()));
  return Changed(*order, request, &v1::MedicationEvent::mutable_order_resumed);
}

absl::StatusOr<Decision> Decide(const Situation& at, const v1::DiscontinueOrderRequest& request) {
  ASSIGN_OR_RETURN(const v1::OrderState* order, FindOrder(at.state, request.order_id(), request.context()));
  RETURN_IF_ERROR(CheckNotEnded(*order));
  RETURN_IF_ERROR(CheckReason(request.context()));
  return Changed(*order, request, &v1::MedicationEvent::mutable_order_discontinued);
}

absl::StatusOr<Decision> Decide(const Situation& at, const v1::RetractOrderRequest& request) {
  ASSIGN_OR_RETURN(const v1::OrderState* order, FindOrder(at.state, request.order_id(), request.context()));
  RETURN_IF_ERROR(CheckNotRetracted(*order));
  RETURN_IF_ERROR(CheckReason(request.context()));
  return Changed(*order, request, &v1::MedicationEvent::mutable_order_retracted);
}

}  // namespace anamnesis::medication
