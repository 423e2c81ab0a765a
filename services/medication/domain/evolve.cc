#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "base/clock.h"
#include "base/status.h"
#include "decider/acknowledge.h"
#include "decider/rule_tables.h"
#include "services/medication/domain/alerts.h"
#include "services/medication/domain/evolve_plans.h"
#include "services/medication/domain/evolve_stewardship.h"
#include "services/medication/domain/medication_decider.h"

namespace anamnesis::medication {
namespace {

absl::Status Missing(const google::protobuf::Message& event) {
  return absl::DataLossError(
      absl::StrCat(std::string(event.GetTypeName()), " is about something that was never recorded"));
}

bool MayBeInForce(v1::OrderStatus status) {
  return status == v1::ORDER_STATUS_ACTIVE || status == v1::ORDER_STATUS_ON_HOLD;
}

// The day's opioids from now on, where the event says so.
template <class Change>
void AddTotalOf(v1::MedicationState& state, const Change& event) {
  if (event.has_daily_mme()) AddTotal(state, event.daily_mme());
}

void AddPastUse(v1::MedicationState& state, const v1::OrderInForce& order, const google::protobuf::Timestamp* ended) {
  if (!order.opioid()) return;
  v1::OpioidUse& use = *state.add_past_opioid_uses();
  if (order.has_started()) *use.mutable_started() = order.started();
  if (ended != nullptr) *use.mutable_ended() = *ended;
}

// A new order. What the safety rules need of it is kept only while it may be in force.
template <class Change>
void Add(v1::MedicationState& state, const Change& event) {
  const v1::Order& order = event.order();
  v1::OrderState& added = (*state.mutable_orders())[order.id()];
  added.set_revision(event.revision());
  added.set_status(order.status());
  AddTotalOf(state, event);
  v1::OrderInForce in_force;
  in_force.set_opioid(event.opioid());
  if (order.has_authored_on()) *in_force.mutable_started() = order.authored_on();
  if (!MayBeInForce(order.status())) {
    if (order.status() != v1::ORDER_STATUS_ENTERED_IN_ERROR) AddPastUse(state, in_force, nullptr);
    return;
  }
  v1::Order& therapy = *in_force.mutable_therapy();
  therapy.set_id(order.id());
  *therapy.mutable_medication() = order.medication();
  *therapy.mutable_ingredients() = order.ingredients();
  *therapy.mutable_dosages() = order.dosages();
  if (order.status() == v1::ORDER_STATUS_ON_HOLD) in_force.add_holds();  // Nobody said since when.
  (*state.mutable_in_force())[order.id()] = std::move(in_force);
}

void AddTable(v1::MedicationState& state, const v1::RuleTable& table) {
  (*state.mutable_rule_tables())[decider::RuleTableKey(table)] = table;
}

absl::Status ChangeDose(v1::MedicationState& state, const v1::DoseChanged& event) {
  const auto order = state.mutable_orders()->find(event.order_id());
  if (order == state.mutable_orders()->end()) return Missing(event);
  order->second.set_revision(event.revision());
  AddTotalOf(state, event);
  *(*state.mutable_in_force())[event.order_id()].mutable_therapy()->mutable_dosages() = event.dosages();
  return absl::OkStatus();
}

// Held, resumed, discontinued, retracted: the order's status is another one from now on.
template <class Change>
absl::Status SetStatus(v1::MedicationState& state, const Change& event, v1::OrderStatus status) {
  const auto order = state.mutable_orders()->find(event.order_id());
  if (order == state.mutable_orders()->end()) return Missing(event);
  order->second.set_revision(event.revision());
  order->second.set_status(status);
  if constexpr (requires { event.has_daily_mme(); }) AddTotalOf(state, event);
  return absl::OkStatus();
}

void AddHold(v1::MedicationState& state, const v1::OrderHeld& event) {
  v1::Hold& hold = *(*state.mutable_in_force())[event.order_id()].add_holds();
  if (event.has_held()) *hold.mutable_from() = event.held();
}

void EndHold(v1::MedicationState& state, const v1::OrderResumed& event) {
  v1::OrderInForce& order = (*state.mutable_in_force())[event.order_id()];
  if (!order.holds().empty() && event.has_resumed()) *order.mutable_holds()->rbegin()->mutable_to() = event.resumed();
}

// The same, and the order is over.
template <class Change>
absl::Status End(v1::MedicationState& state, const Change& event, v1::OrderStatus status,
                 const google::protobuf::Timestamp* ended, const std::string& followed_by = "") {
  RETURN_IF_ERROR(SetStatus(state, event, status));
  EndTapersOf(state, event.order_id(), followed_by);
  const auto order = state.mutable_in_force()->find(event.order_id());
  if (order == state.mutable_in_force()->end()) return absl::OkStatus();
  if (status != v1::ORDER_STATUS_ENTERED_IN_ERROR) AddPastUse(state, order->second, ended);
  state.mutable_in_force()->erase(order);
  return absl::OkStatus();
}

absl::Status AddDispense(v1::MedicationState& state, const v1::DispenseRecorded& event) {
  if (!state.orders().contains(event.dispense().order_id())) return Missing(event);
  const v1::Dispense& dispense = event.dispense();
  (*state.mutable_dispenses())[dispense.id()].set_revision(event.revision());
  const auto order = state.mutable_in_force()->find(dispense.order_id());
  if (order == state.mutable_in_force()->end()) return absl::OkStatus();
  v1::OrderInForce& filled = order->second;
  if (!dispense.has_days_supply() || !dispense.has_handed_over()) return absl::OkStatus();
  if (filled.has_filled() && ToMicros(filled.filled()) > ToMicros(dispense.handed_over())) return absl::OkStatus();
  *filled.mutable_filled() = dispense.handed_over();
  filled.set_days_filled(dispense.days_supply());
  return absl::OkStatus();
}

absl::Status AddAdministration(v1::MedicationState& state, const v1::AdministrationRecorded& event) {
  if (!state.orders().contains(event.administration().order_id())) return Missing(event);
  v1::AdministrationState& added = (*state.mutable_administrations())[event.administration().id()];
  added.set_revision(event.revision());
  added.set_order_id(event.administration().order_id());
  return absl::OkStatus();
}

absl::Status RetractAdministration(v1::MedicationState& state, const v1::AdministrationRetracted& event) {
  const auto administration = state.mutable_administrations()->find(event.administration_id());
  if (administration == state.mutable_administrations()->end()) return Missing(event);
  administration->second.set_revision(event.revision());
  administration->second.set_retracted(true);
  return absl::OkStatus();
}

absl::Status Apply(v1::MedicationState& state, const v1::MedicationEvent& event) {
  using Event = v1::MedicationEvent;
  switch (event.event_case()) {
    case Event::kOrderPrescribed:
      Add(state, event.order_prescribed());
      return absl::OkStatus();
    case Event::kOrderRecorded:
      Add(state, event.order_recorded());
      return absl::OkStatus();
    case Event::kDoseChanged:
      return ChangeDose(state, event.dose_changed());
    case Event::kOrderHeld:
      RETURN_IF_ERROR(SetStatus(state, event.order_held(), v1::ORDER_STATUS_ON_HOLD));
      AddHold(state, event.order_held());
      return absl::OkStatus();
    case Event::kOrderResumed:
      RETURN_IF_ERROR(SetStatus(state, event.order_resumed(), v1::ORDER_STATUS_ACTIVE));
      EndHold(state, event.order_resumed());
      return absl::OkStatus();
    case Event::kOrderDiscontinued:
      return End(state, event.order_discontinued(), v1::ORDER_STATUS_STOPPED,
                 event.order_discontinued().has_ended() ? &event.order_discontinued().ended() : nullptr);
    case Event::kOrderCompleted:
      return End(state, event.order_completed(), v1::ORDER_STATUS_COMPLETED, &event.order_completed().ended());
    case Event::kOrderRenewed: {
      const v1::OrderRenewed& renewed = event.order_renewed();
      return End(state, renewed, v1::ORDER_STATUS_COMPLETED, &renewed.ended(), renewed.renewed_by());
    }
    case Event::kOrderRetracted:
      return End(state, event.order_retracted(), v1::ORDER_STATUS_ENTERED_IN_ERROR, nullptr);
    case Event::kDispenseRecorded:
      return AddDispense(state, event.dispense_recorded());
    case Event::kAdministrationRecorded:
      return AddAdministration(state, event.administration_recorded());
    case Event::kAdministrationRetracted:
      return RetractAdministration(state, event.administration_retracted());
    case Event::kTaperPlanned:
    case Event::kTaperRevised:
    case Event::kTaperStopped:
      return EvolveTaper(state, event);
    case Event::kPumpProgrammed:
    case Event::kPumpRefilled:
    case Event::kPumpBolusRecorded:
    case Event::kPumpStopped:
    case Event::kPumpRecordRetracted:
      return EvolvePump(state, event);
    case Event::kMedicationsReconciled:
    case Event::kReconciliationRetracted:
      return EvolveReconciliation(state, event);
    case Event::kRecordErased:
      state.Clear();
      return absl::OkStatus();
    case Event::kRuleTableLoaded:
      AddTable(state, event.rule_table_loaded().table());
      return absl::OkStatus();
    case Event::kPrescriptionRefused:
      return absl::OkStatus();  // Nothing came of it.
    case Event::kAlertsAcknowledged:
      return absl::OkStatus();  // See EvolveAlerts.
    default:
      return EvolveStewardship(state, event);
  }
}

}  // namespace

absl::Status MedicationDecider::Evolve(State& state, const Event& event) {
  RETURN_IF_ERROR(Apply(state, event));
  decider::EvolveAlerts(event, RaisedBy(event), RetractedBy(event), *state.mutable_open_alerts());
  return absl::OkStatus();
}

}  // namespace anamnesis::medication
