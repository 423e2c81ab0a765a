// Orders: active ↔ on hold → ended; entered in error from anywhere. An order that was recorded as a draft or in an
// unknown status can only be discontinued or retracted.
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "base/refusal.h"
#include "base/status.h"
#include "services/medication/domain/decide.h"
#include "services/medication/domain/dose/daily_mme.h"
#include "services/medication/domain/safety/regimen.h"
#include "services/medication/domain/safety/review.h"
#include "services/medication/domain/safety/rules.h"

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
  return ReviewSafety({order, at.state, at.facts, at.rules, effective, at.age_seconds}, request.overrides());
}

// Notes the tables that the rules were taken from, and how old the facts may have been.
template <class Event>
void NoteGrounds(const Situation& at, Event& event) {
  NoteTables(at, event);
  if (at.age_seconds.has_value()) event.set_facts_age_seconds(*at.age_seconds);
}

// The day's opioids when all that is in force is taken, but for one order, and `with`.
void NoteDailyMme(const Situation& at, int64_t from_micros, const std::string& without, const v1::Order* with,
                  v1::DailyMmeTotal& total) {
  std::vector<Medicine> medicines = MedicinesInForce(at.state, from_micros, at.rules, without);
  if (with != nullptr) medicines.push_back(MedicineOf(*with, from_micros, at.rules));
  const AtLeast mme = DailyMmeOf(medicines, at.rules).total;
  const rpc::v1::NamedNumber number = Number("mme_per_day", mme);
  *total.mutable_from() = ToTimestamp(from_micros);
  total.set_mme_per_day(number.value());
  total.set_at_least(number.at_least());
  for (const char* rule : {"mme-50", "mme-90"}) {
    if (at.rules.Setting(rule) != nullptr && mme.Reaches(at.rules.Limit(rule, "mme_per_day"))) total.add_reached(rule);
  }
}

// From when on a new order is to be taken.
int64_t Begins(const Situation& at, const v1::Order& order, const rpc::v1::CommandContext& context) {
  return order.has_authored_on() ? ToMicros(order.authored_on()) : decider::EffectiveMicros(context, at.input);
}

// An order ceases to count, or counts again, if it is for an opioid.
template <class Request, class Change>
void NoteChange(const Situation& at, const Request& request, bool counts, Change& change) {
  const auto order = at.state.in_force().find(request.order_id());
  if (order == at.state.in_force().end() || !order->second.opioid()) return;
  NoteDailyMme(at, decider::EffectiveMicros(request.context(), at.input), request.order_id(),
               counts ? &order->second.therapy() : nullptr, *change.mutable_daily_mme());
}

// The refusal, if the rules stop what is asked for: recorded with what they had to say. `asked` says what it is.
std::optional<Decision> Stopped(const Situation& at, const Alerts& alerts, const rpc::v1::CommandContext& context,
                                v1::PrescriptionRefused asked) {
  absl::Status refusal = CheckOverridden(alerts);
  if (refusal.ok()) return std::nullopt;
  asked.set_reason(context.reason());
  asked.set_refusal(RefusalInfo(refusal).reason());
  asked.mutable_alerts()->Assign(alerts.begin(), alerts.end());
  NoteGrounds(at, asked);
  v1::MedicationEvent event;
  *event.mutable_prescription_refused() = std::move(asked);
  Decision decision = decider::RefusedAndRecorded(std::move(refusal), std::move(event));
  decision.alerts = alerts;
  return decision;
}
v1::PrescriptionRefused Asked(const v1::Order& order) {
  v1::PrescriptionRefused asked;
  *asked.mutable_order() = order;
  return asked;
}
v1::PrescriptionRefused Asked(const v1::ChangeDoseRequest& request) {
  v1::PrescriptionRefused asked;
  asked.set_order_id(request.order_id());
  *asked.mutable_dosages() = request.dosages();
  return asked;
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
  if (auto stopped = Stopped(at, alerts, request.context(), Asked(order))) return *std::move(stopped);

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
  NoteGrounds(at, prescribed);
  const int64_t begins = Begins(at, prescribed.order(), request.context());
  if (MedicineOf(prescribed.order(), begins, at.rules).IsOpioid(at.rules)) {
    prescribed.set_opioid(true);
    NoteDailyMme(at, begins, id, &prescribed.order(), *prescribed.mutable_daily_mme());
  }
  Decision decision = decider::Accepted(id, 1, std::move(event));
  decision.alerts = alerts;
  return decision;
}

absl::StatusOr<Decision> Decide(const Situation& at, const v1::RecordOrderRequest& request) {
  ASSIGN_OR_RETURN(v1::Order order, NewOrder(at, request.order()));

  const std::string id = order.id();
  v1::MedicationEvent event;
  v1::OrderRecorded& recorded = *event.mutable_order_recorded();
  *recorded.mutable_order() = std::move(order);
  recorded.set_revision(1);
  const int64_t begins = Begins(at, recorded.order(), request.context());
  if (MedicineOf(recorded.order(), begins, at.rules).IsOpioid(at.rules)) {
    recorded.set_opioid(true);
    if (recorded.order().status() == v1::ORDER_STATUS_ACTIVE) {
      NoteDailyMme(at, begins, id, &recorded.order(), *recorded.mutable_daily_mme());
    }
  }
  return decider::Accepted(id, 1, std::move(event));
}

absl::StatusOr<Decision> Decide(const Situation& at, const v1::ChangeDoseRequest& request) {
  ASSIGN_OR_RETURN(const v1::OrderState* order, FindOrder(at.state, request.order_id(), request.context()));
  RETURN_IF_ERROR(CheckActive(*order));
  RETURN_IF_ERROR(CheckPatient(at.facts.patient()));
  v1::Order changed = at.state.in_force().at(request.order_id()).therapy();
  *changed.mutable_dosages() = request.dosages();
  const Alerts alerts = Review(at, changed, request);
  if (auto stopped = Stopped(at, alerts, request.context(), Asked(request))) return *std::move(stopped);

  Decision decision = Changed(*order, request, &v1::MedicationEvent::mutable_dose_changed);
  v1::DoseChanged& dose = *decision.events.front().event.mutable_dose_changed();
  *dose.mutable_dosages() = request.dosages();
  dose.mutable_alerts()->Assign(alerts.begin(), alerts.end());
  NoteGrounds(at, dose);
  if (at.state.in_force().at(request.order_id()).opioid()) {
    NoteDailyMme(at, decider::EffectiveMicros(request.context(), at.input), request.order_id(), &changed,
                 *dose.mutable_daily_mme());
  }
  decision.alerts = alerts;
  return decision;
}

absl::StatusOr<Decision> Decide(const Situation& at, const v1::HoldOrderRequest& request) {
  ASSIGN_OR_RETURN(const v1::OrderState* order, FindOrder(at.state, request.order_id(), request.context()));
  RETURN_IF_ERROR(CheckActive(*order));
  RETURN_IF_ERROR(CheckReason(request.context()));
  Decision decision = Changed(*order, request, &v1::MedicationEvent::mutable_order_held);
  NoteChange(at, request, false, *decision.events.front().event.mutable_order_held());
  return decision;
}

absl::StatusOr<Decision> Decide(const Situation& at, const v1::ResumeOrderRequest& request) {
  ASSIGN_OR_RETURN(const v1::OrderState* order, FindOrder(at.state, request.order_id(), request.context()));
  RETURN_IF_ERROR(CheckNotEnded(*order));
  if (order->status() != v1::ORDER_STATUS_ON_HOLD) return Refuse(v1::ORDER_NOT_ON_HOLD);
  RETURN_IF_ERROR(CheckPatient(at.facts.patient()));
  Decision decision = Changed(*order, request, &v1::MedicationEvent::mutable_order_resumed);
  NoteChange(at, request, true, *decision.events.front().event.mutable_order_resumed());
  return decision;
}

absl::StatusOr<Decision> Decide(const Situation& at, const v1::DiscontinueOrderRequest& request) {
  ASSIGN_OR_RETURN(const v1::OrderState* order, FindOrder(at.state, request.order_id(), request.context()));
  RETURN_IF_ERROR(CheckNotEnded(*order));
  RETURN_IF_ERROR(CheckReason(request.context()));
  Decision decision = Changed(*order, request, &v1::MedicationEvent::mutable_order_discontinued);
  v1::OrderDiscontinued& discontinued = *decision.events.front().event.mutable_order_discontinued();
  const int64_t ends = decider::EffectiveMicros(request.context(), at.input);
  *discontinued.mutable_ended() = ToTimestamp(ends);
  NoteChange(at, request, false, discontinued);
  const auto in_force = at.state.in_force().find(request.order_id());
  if (in_force == at.state.in_force().end()) return decision;
  decision.alerts = ReviewEnd({in_force->second.therapy(), at.state, at.facts, at.rules, ends});
  discontinued.mutable_alerts()->Assign(decision.alerts.begin(), decision.alerts.end());
  NoteTables(at, discontinued);
  return decision;
}

absl::StatusOr<Decision> Decide(const Situation& at, const v1::RetractOrderRequest& request) {
  ASSIGN_OR_RETURN(const v1::OrderState* order, FindOrder(at.state, request.order_id(), request.context()));
  RETURN_IF_ERROR(CheckNotRetracted(*order));
  RETURN_IF_ERROR(CheckReason(request.context()));
  Decision decision = Changed(*order, request, &v1::MedicationEvent::mutable_order_retracted);
  NoteChange(at, request, false, *decision.events.front().event.mutable_order_retracted());
  return decision;
}

}  // namespace anamnesis::medication
