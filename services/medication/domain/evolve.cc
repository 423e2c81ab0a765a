#include <string>

#include "absl/strings/str_cat.h"
#include "base/status.h"
#include "decider/rule_tables.h"
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

// A new order. What the safety rules need of it is kept only while it may be in force.
void Add(v1::MedicationState& state, const v1::Order& order, uint64_t revision) {
  v1::OrderState& added = (*state.mutable_orders())[order.id()];
  added.set_revision(revision);
  added.set_status(order.status());
  if (!MayBeInForce(order.status())) return;
  v1::Order& therapy = *added.mutable_therapy();
  therapy.set_id(order.id());
  *therapy.mutable_medication() = order.medication();
  *therapy.mutable_ingredients() = order.ingredients();
  *therapy.mutable_dosages() = order.dosages();
}

void AddTable(v1::MedicationState& state, const v1::RuleTable& table) {
  (*state.mutable_rule_tables())[decider::RuleTableKey(table)] = table;
}

absl::Status ChangeDose(v1::MedicationState& state, const v1::DoseChanged& event) {
  const auto order = state.mutable_orders()->find(event.order_id());
  if (order == state.mutable_orders()->end()) return Missing(event);
  order->second.set_revision(event.revision());
  *order->second.mutable_therapy()->mutable_dosages() = event.dosages();
  return absl::OkStatus();
}

// Held, resumed, discontinued, retracted: the order's status is another one from now on.
template <class Change>
absl::Status SetStatus(v1::MedicationState& state, const Change& event, v1::OrderStatus status) {
  const auto order = state.mutable_orders()->find(event.order_id());
  if (order == state.mutable_orders()->end()) return Missing(event);
  order->second.set_revision(event.revision());
  order->second.set_status(status);
  if (!MayBeInForce(status)) order->second.clear_therapy();
  return absl::OkStatus();
}

absl::Status AddDispense(v1::MedicationState& state, const v1::DispenseRecorded& event) {
  if (!state.orders().contains(event.dispense().order_id())) return Missing(event);
  (*state.mutable_dispenses())[event.dispense().id()].set_revision(event.revision());
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

}  // namespace

absl::Status MedicationDecider::Evolve(State& state, const Event& event) {
  switch (event.event_case()) {
    case Event::kOrderPrescribed:
      Add(state, event.order_prescribed().order(), event.order_prescribed().revision());
      return absl::OkStatus();
    case Event::kOrderRecorded:
      Add(state, event.order_recorded().order(), event.order_recorded().revision());
      return absl::OkStatus();
    case Event::kDoseChanged:
      return ChangeDose(state, event.dose_changed());
    case Event::kOrderHeld:
      return SetStatus(state, event.order_held(), v1::ORDER_STATUS_ON_HOLD);
    case Event::kOrderResumed:
      return SetStatus(state, event.order_resumed(), v1::ORDER_STATUS_ACTIVE);
    case Event::kOrderDiscontinued:
      return SetStatus(state, event.order_discontinued(), v1::ORDER_STATUS_STOPPED);
    case Event::kOrderRetracted:
      return SetStatus(state, event.order_retracted(), v1::ORDER_STATUS_ENTERED_IN_ERROR);
    case Event::kDispenseRecorded:
      return AddDispense(state, event.dispense_recorded());
    case Event::kAdministrationRecorded:
      return AddAdministration(state, event.administration_recorded());
    case Event::kAdministrationRetracted:
      return RetractAdministration(state, event.administration_retracted());
    case Event::kRecordErased:
      state.Clear();
      return absl::OkStatus();
    case Event::kRuleTableLoaded:
      AddTable(state, event.rule_table_loaded().table());
      return absl::OkStatus();
    case Event::EVENT_NOT_SET:
      break;
  }
  return absl::DataLossError("a medication event of a kind that this release does not know");
}

}  // namespace anamnesis::medication
