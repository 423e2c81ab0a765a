// Orders: active ↔ on hold → ended, or followed by a renewal; entered in error from anywhere. An order that was
// recorded as a draft or in an unknown status can only be discontinued or retracted.
#include <google/protobuf/util/message_differencer.h>

#include <algorithm>
#include <string>
#include <utility>

#include "base/clock.h"
#include "base/refusal.h"
#include "base/status.h"
#include "services/medication/domain/dose/medicine.h"
#include "services/medication/domain/order_decision.h"

namespace anamnesis::medication {
namespace {

using google::protobuf::util::MessageDifferencer;

// The order with its id; ORDER_ALREADY_EXISTS.
absl::StatusOr<v1::Order> NewOrder(const Situation& at, const v1::Order& requested) {
  v1::Order order = requested;
  if (order.id().empty()) order.set_id(at.input.new_id);
  if (at.state.orders().contains(order.id())) return Refuse(v1::ORDER_ALREADY_EXISTS);
  return order;
}

// From when on a new order is to be taken.
int64_t Begins(const Situation& at, const v1::Order& order, const rpc::v1::CommandContext& context) {
  return order.has_authored_on() ? ToMicros(order.authored_on()) : EffectiveAt(at, context);
}

// An order ceases to count, or counts again, if it is for an opioid.
template <class Request, class Change>
void NoteChange(const Situation& at, const Request& request, bool counts, Change& change) {
  const auto order = at.state.in_force().find(request.order_id());
  if (order == at.state.in_force().end() || !order->second.opioid()) return;
  *change.mutable_daily_mme() = DailyMmeFrom(at, EffectiveAt(at, request.context()), request.order_id(),
                                             counts ? &order->second.therapy() : nullptr);
}

// An order is no longer taken, for a while or for good: what the day comes to without it, and what the rules say.
template <class Request, class Stop>
void NoteStop(const Situation& at, const Request& request, Stop& stop, Alerts& alerts) {
  NoteChange(at, request, false, stop);
  const auto in_force = at.state.in_force().find(request.order_id());
  if (in_force == at.state.in_force().end()) return;
  alerts = ReviewEnd({in_force->second.therapy(), at.person, at.facts, at.rules, EffectiveAt(at, request.context())});
  stop.mutable_alerts()->Assign(alerts.begin(), alerts.end());
  NoteTables(at, stop);
}

// The end of an order, and when that is.
template <class Request, class End>
void NoteEnd(const Situation& at, const Request& request, End& end, Alerts& alerts) {
  *end.mutable_ended() = ToTimestamp(EffectiveAt(at, request.context()));
  NoteStop(at, request, end, alerts);
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

// The order prescribed, active; `replaces`: the active order whose place it takes, empty: none.
template <class Request>
absl::StatusOr<Decision> Prescribed(const Situation& at, v1::Order order, const Request& request,
                                    const std::string& replaces) {
  RETURN_IF_ERROR(CheckPatient(at.facts.patient()));
  const Alerts alerts = Review(at, order, request, replaces);
  v1::PrescriptionRefused asked;
  *asked.mutable_order() = order;
  asked.set_replaces(!replaces.empty());
  if (auto stopped = Stopped(at, alerts, request.context(), std::move(asked))) return *std::move(stopped);

  order.set_status(v1::ORDER_STATUS_ACTIVE);
  if (!order.has_authored_on()) *order.mutable_authored_on() = ToTimestamp(EffectiveAt(at, request.context()));
  const std::string id = order.id();
  v1::MedicationEvent event;
  v1::OrderPrescribed& prescribed = *event.mutable_order_prescribed();
  *prescribed.mutable_order() = std::move(order);
  prescribed.mutable_alerts()->Assign(alerts.begin(), alerts.end());
  prescribed.set_revision(1);
  prescribed.set_renewal(!replaces.empty());
  NoteGrounds(at, prescribed);
  const int64_t begins = Begins(at, prescribed.order(), request.context());
  const Medicine medicine = MedicineOf(prescribed.order(), begins, at.rules);
  *prescribed.mutable_doses() = DosesOf(at, medicine);
  if (medicine.IsOpioid(at.rules)) {
    prescribed.set_opioid(true);
    *prescribed.mutable_daily_mme() = DailyMmeFrom(at, begins, replaces.empty() ? id : replaces, &prescribed.order());
  }
  Decision decision = decider::Accepted(id, 1, std::move(event));
  decision.alerts = alerts;
  return decision;
}

}  // namespace

absl::StatusOr<Decision> Decide(const Situation& at, const v1::PrescribeRequest& request) {
  ASSIGN_OR_RETURN(v1::Order order, NewOrder(at, request.order()));
  if (order.status() != v1::ORDER_STATUS_UNSPECIFIED && order.status() != v1::ORDER_STATUS_ACTIVE) {
    return Refuse(v1::STATUS_NOT_PRESCRIBABLE);
  }
  return Prescribed(at, std::move(order), request, "");
}

absl::StatusOr<Decision> Decide(const Situation& at, const v1::RenewOrderRequest& request) {
  v1::Order order;
  order.set_id(request.new_order_id());
  ASSIGN_OR_RETURN(order, NewOrder(at, order));
  ASSIGN_OR_RETURN(const v1::OrderState* prior, FindOrder(at.state, request.order_id(), request.context()));
  RETURN_IF_ERROR(CheckActive(*prior));
  const int64_t effective = EffectiveAt(at, request.context());
  const v1::Order& therapy = at.state.in_force().at(request.order_id()).therapy();
  const bool other_dose = !request.dosages().empty() &&
                          !std::ranges::equal(request.dosages(), therapy.dosages(), MessageDifferencer::Equals);
  if (other_dose) RETURN_IF_ERROR(CheckNoTaper(at, request.order_id(), effective));

  *order.mutable_medication() = therapy.medication();
  *order.mutable_ingredients() = therapy.ingredients();
  *order.mutable_dosages() = request.dosages().empty() ? therapy.dosages() : request.dosages();
  if (request.has_quantity()) *order.mutable_quantity() = request.quantity();
  if (request.has_refills_allowed()) order.set_refills_allowed(request.refills_allowed());
  if (request.has_days_supply()) order.set_days_supply(request.days_supply());
  if (request.has_validity()) *order.mutable_validity() = request.validity();
  *order.mutable_indications() = request.indications();
  order.set_prescriber_id(request.prescriber_id());
  if (request.has_provenance()) *order.mutable_provenance() = request.provenance();
  order.set_prior_order_id(request.order_id());
  const std::string id = order.id();
  ASSIGN_OR_RETURN(Decision decision, Prescribed(at, std::move(order), request, request.order_id()));
  if (!decision.refusal.ok()) return decision;

  // After the new one, so that what decides again on that finds the prior one as it was.
  v1::MedicationEvent event;
  v1::OrderRenewed& renewed = *event.mutable_order_renewed();
  renewed.set_order_id(request.order_id());
  renewed.set_renewed_by(id);
  renewed.set_revision(prior->revision() + 1);
  *renewed.mutable_ended() = ToTimestamp(effective);
  renewed.set_taper_id(TaperOf(at.state, request.order_id(), effective));
  decision.events.push_back({.event = std::move(event)});
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
  const Medicine medicine = MedicineOf(recorded.order(), begins, at.rules);
  *recorded.mutable_doses() = DosesOf(at, medicine);
  if (medicine.IsOpioid(at.rules)) {
    recorded.set_opioid(true);
    if (recorded.order().status() == v1::ORDER_STATUS_ACTIVE) {
      *recorded.mutable_daily_mme() = DailyMmeFrom(at, begins, id, &recorded.order());
    }
  }
  return decider::Accepted(id, 1, std::move(event));
}

absl::StatusOr<Decision> Decide(const Situation& at, const v1::ChangeDoseRequest& request) {
  ASSIGN_OR_RETURN(const v1::OrderState* order, FindOrder(at.state, request.order_id(), request.context()));
  RETURN_IF_ERROR(CheckActive(*order));
  const int64_t effective = EffectiveAt(at, request.context());
  RETURN_IF_ERROR(CheckNoTaper(at, request.order_id(), effective));
  RETURN_IF_ERROR(CheckPatient(at.facts.patient()));
  v1::Order changed = at.state.in_force().at(request.order_id()).therapy();
  *changed.mutable_dosages() = request.dosages();
  const Alerts alerts = Review(at, changed, request);
  v1::PrescriptionRefused asked;
  asked.set_order_id(request.order_id());
  *asked.mutable_dosages() = request.dosages();
  if (auto stopped = Stopped(at, alerts, request.context(), std::move(asked))) return *std::move(stopped);

  Decision decision = Changed(*order, request, &v1::MedicationEvent::mutable_dose_changed);
  v1::DoseChanged& dose = *decision.events.front().event.mutable_dose_changed();
  *dose.mutable_dosages() = request.dosages();
  *dose.mutable_doses() = DosesOf(at, MedicineOf(changed, effective, at.rules));
  dose.mutable_alerts()->Assign(alerts.begin(), alerts.end());
  NoteGrounds(at, dose);
  if (at.state.in_force().at(request.order_id()).opioid()) {
    *dose.mutable_daily_mme() = DailyMmeFrom(at, effective, request.order_id(), &changed);
  }
  decision.alerts = alerts;
  return decision;
}

absl::StatusOr<Decision> Decide(const Situation& at, const v1::HoldOrderRequest& request) {
  ASSIGN_OR_RETURN(const v1::OrderState* order, FindOrder(at.state, request.order_id(), request.context()));
  RETURN_IF_ERROR(CheckActive(*order));
  RETURN_IF_ERROR(CheckReason(request.context()));
  Decision decision = Changed(*order, request, &v1::MedicationEvent::mutable_order_held);
  v1::OrderHeld& held = *decision.events.front().event.mutable_order_held();
  *held.mutable_held() = ToTimestamp(EffectiveAt(at, request.context()));
  NoteStop(at, request, held, decision.alerts);
  return decision;
}

absl::StatusOr<Decision> Decide(const Situation& at, const v1::ResumeOrderRequest& request) {
  ASSIGN_OR_RETURN(const v1::OrderState* order, FindOrder(at.state, request.order_id(), request.context()));
  RETURN_IF_ERROR(CheckNotEnded(*order));
  if (order->status() != v1::ORDER_STATUS_ON_HOLD) return Refuse(v1::ORDER_NOT_ON_HOLD);
  RETURN_IF_ERROR(CheckPatient(at.facts.patient()));
  // Nobody was asked about it while it was on hold: what was recorded since may speak against it.
  const int64_t effective = EffectiveAt(at, request.context());
  Proposal proposal = ProposalOf(at, at.state.in_force().at(request.order_id()).therapy(), effective);
  proposal.resumes = true;
  const Alerts alerts = ReviewSafety(proposal, request.overrides());
  v1::PrescriptionRefused asked;
  asked.set_order_id(request.order_id());
  asked.set_resumes(true);
  if (auto stopped = Stopped(at, alerts, request.context(), std::move(asked))) return *std::move(stopped);

  Decision decision = Changed(*order, request, &v1::MedicationEvent::mutable_order_resumed);
  v1::OrderResumed& resumed = *decision.events.front().event.mutable_order_resumed();
  *resumed.mutable_resumed() = ToTimestamp(effective);
  resumed.mutable_alerts()->Assign(alerts.begin(), alerts.end());
  NoteGrounds(at, resumed);
  NoteChange(at, request, true, resumed);
  decision.alerts = alerts;
  return decision;
}

absl::StatusOr<Decision> Decide(const Situation& at, const v1::DiscontinueOrderRequest& request) {
  ASSIGN_OR_RETURN(const v1::OrderState* order, FindOrder(at.state, request.order_id(), request.context()));
  RETURN_IF_ERROR(CheckNotEnded(*order));
  RETURN_IF_ERROR(CheckReason(request.context()));
  Decision decision = Changed(*order, request, &v1::MedicationEvent::mutable_order_discontinued);
  NoteEnd(at, request, *decision.events.front().event.mutable_order_discontinued(), decision.alerts);
  return decision;
}

absl::StatusOr<Decision> Decide(const Situation& at, const v1::CompleteOrderRequest& request) {
  ASSIGN_OR_RETURN(const v1::OrderState* order, FindOrder(at.state, request.order_id(), request.context()));
  RETURN_IF_ERROR(CheckActive(*order));
  v1::MedicationEvent event;
  v1::OrderCompleted& completed = *event.mutable_order_completed();
  completed.set_order_id(request.order_id());
  completed.set_revision(order->revision() + 1);
  Decision decision;
  NoteEnd(at, request, completed, decision.alerts);
  decision.resource_id = request.order_id();
  decision.revision = completed.revision();
  decision.events.push_back({.event = std::move(event)});
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
