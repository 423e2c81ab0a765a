#include "services/medication/projection/medication_projection.h"

#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "anamnesis/medication/v1/events.pb.h"
#include "anamnesis/projection/v1/views.pb.h"
#include "base/scratch.h"
#include "base/status.h"
#include "projection/change.h"
#include "services/medication/projection/alert_changes.h"
#include "services/medication/projection/plans_projection.h"
#include "services/medication/projection/stewardship_projection.h"

namespace anamnesis::medication {
namespace {

using projection::Patch;
using projection::Put;
using projection::Remove;
using projection::ViewKey;
using projection::v1::OrderView;
using projection::v1::View;
using projection::v1::ViewChange;
using v1::MedicationEvent;

// A view with the order's etag, for a change of the order itself.
View AtRevision(uint64_t revision) {
  View view;
  view.mutable_order()->set_etag(absl::StrCat(revision));
  return view;
}

ViewChange Prescribed(const std::string& patient_id, const v1::OrderPrescribed& event) {
  View view = AtRevision(event.revision());
  *view.mutable_order()->mutable_order() = event.order();
  *view.mutable_order()->mutable_alerts() = event.alerts();
  *view.mutable_order()->mutable_doses() = event.doses();
  return Put({patient_id, event.order().id()}, view);
}

std::vector<ViewChange> Recorded(const std::string& patient_id, const v1::OrderRecorded& event) {
  if (event.order().status() == v1::ORDER_STATUS_ENTERED_IN_ERROR) return {};
  View view = AtRevision(event.revision());
  *view.mutable_order()->mutable_order() = event.order();
  *view.mutable_order()->mutable_doses() = event.doses();
  return {Put({patient_id, event.order().id()}, view)};
}

ViewChange DoseChanged(const std::string& patient_id, const v1::DoseChanged& event) {
  View view = AtRevision(event.revision());
  *view.mutable_order()->mutable_order()->mutable_dosages() = event.dosages();
  *view.mutable_order()->mutable_alerts() = event.alerts();
  *view.mutable_order()->mutable_doses() = event.doses();
  return Patch({patient_id, event.order_id()}, view, {"order.dosages", "alerts", "doses"});
}

// Held, resumed, discontinued. The reason of the status before goes.
template <class Change>
ViewChange StatusChanged(const std::string& patient_id, const Change& event, v1::OrderStatus status) {
  View view = AtRevision(event.revision());
  v1::Order& order = *view.mutable_order()->mutable_order();
  order.set_status(status);
  if (!event.reason().empty()) order.mutable_status_reason()->set_text(event.reason());
  return Patch({patient_id, event.order_id()}, view, {"order.status_reason"});
}

template <class Change>
ViewChange Completed(const std::string& patient_id, const Change& event) {
  View view = AtRevision(event.revision());
  view.mutable_order()->mutable_order()->set_status(v1::ORDER_STATUS_COMPLETED);
  return Patch({patient_id, event.order_id()}, view, {"order.status_reason"});
}

// Completed; a taper that is under way goes on with the order that follows.
std::vector<ViewChange> Renewed(const std::string& patient_id, const v1::OrderRenewed& event) {
  std::vector<ViewChange> changes = {Completed(patient_id, event)};
  if (event.taper_id().empty()) return changes;
  View view;
  view.mutable_taper()->mutable_taper()->set_order_id(event.renewed_by());
  changes.push_back(Patch({patient_id, event.taper_id()}, view));
  return changes;
}

ViewChange Retracted(const std::string& patient_id, const v1::OrderRetracted& event) {
  return Remove({patient_id, event.order_id()}, AtRevision(event.revision()));
}

// Dispenses and administrations are resources of their own: the order's etag stays.
ViewChange Dispensed(const std::string& patient_id, const v1::Dispense& dispense) {
  View view;
  *view.mutable_order()->add_dispenses() = dispense;
  return Patch({patient_id, dispense.order_id()}, view);
}

ViewChange Administered(const std::string& patient_id, const v1::Administration& administration) {
  View view;
  *view.mutable_order()->add_administrations() = administration;
  return Patch({patient_id, administration.order_id()}, view);
}

ViewChange AdministrationRetracted(const std::string& patient_id, const v1::AdministrationRetracted& event) {
  View view;
  view.mutable_order()->add_retracted_administration_ids(event.administration_id());
  return Patch({patient_id, event.order_id()}, view);
}

// The day's opioids from now on, where the event says so, beside what else it changes.
template <class Change>
std::vector<ViewChange> WithTotal(const std::string& patient_id, const Change& event, std::vector<ViewChange> changes) {
  if (!event.has_daily_mme()) return changes;
  View view;
  *view.mutable_opioid_therapy()->add_daily_mme() = event.daily_mme();
  changes.push_back(Patch({patient_id, patient_id}, view));
  return changes;
}

absl::StatusOr<std::vector<ViewChange>> Project(const std::string& patient_id, const MedicationEvent& event) {
  switch (event.event_case()) {
    case MedicationEvent::kOrderPrescribed:
      return WithTotal(patient_id, event.order_prescribed(), {Prescribed(patient_id, event.order_prescribed())});
    case MedicationEvent::kOrderRecorded:
      return WithTotal(patient_id, event.order_recorded(), Recorded(patient_id, event.order_recorded()));
    case MedicationEvent::kDoseChanged:
      return WithTotal(patient_id, event.dose_changed(), {DoseChanged(patient_id, event.dose_changed())});
    case MedicationEvent::kOrderHeld:
      return WithTotal(patient_id, event.order_held(),
                       {StatusChanged(patient_id, event.order_held(), v1::ORDER_STATUS_ON_HOLD)});
    case MedicationEvent::kOrderResumed:
      return WithTotal(patient_id, event.order_resumed(),
                       {StatusChanged(patient_id, event.order_resumed(), v1::ORDER_STATUS_ACTIVE)});
    case MedicationEvent::kOrderDiscontinued:
      return WithTotal(patient_id, event.order_discontinued(),
                       {StatusChanged(patient_id, event.order_discontinued(), v1::ORDER_STATUS_STOPPED)});
    case MedicationEvent::kOrderCompleted:
      return WithTotal(patient_id, event.order_completed(), {Completed(patient_id, event.order_completed())});
    case MedicationEvent::kOrderRenewed:
      return Renewed(patient_id, event.order_renewed());
    case MedicationEvent::kOrderRetracted:
      return WithTotal(patient_id, event.order_retracted(), {Retracted(patient_id, event.order_retracted())});
    case MedicationEvent::kDispenseRecorded:
      return {{Dispensed(patient_id, event.dispense_recorded().dispense())}};
    case MedicationEvent::kAdministrationRecorded:
      return {{Administered(patient_id, event.administration_recorded().administration())}};
    case MedicationEvent::kAdministrationRetracted:
      return {{AdministrationRetracted(patient_id, event.administration_retracted())}};
    case MedicationEvent::kTaperPlanned:
      return WithTotal(patient_id, event.taper_planned(), ProjectPlans(patient_id, event));
    case MedicationEvent::kTaperRevised:
      return WithTotal(patient_id, event.taper_revised(), ProjectPlans(patient_id, event));
    case MedicationEvent::kTaperStopped:
      return WithTotal(patient_id, event.taper_stopped(), ProjectPlans(patient_id, event));
    case MedicationEvent::kMedicationsReconciled:
    case MedicationEvent::kReconciliationRetracted:
    case MedicationEvent::kPumpProgrammed:
    case MedicationEvent::kPumpRefilled:
    case MedicationEvent::kPumpBolusRecorded:
    case MedicationEvent::kPumpStopped:
    case MedicationEvent::kPumpRecordRetracted:
      return ProjectPlans(patient_id, event);
    case MedicationEvent::kRecordErased:
      return {{projection::Purge(patient_id)}};
    case MedicationEvent::kRuleTableLoaded:
      return std::vector<ViewChange>();  // Of no patient; what is decided by it is told with each order.
    case MedicationEvent::kPrescriptionRefused:
      return std::vector<ViewChange>();  // No order came of it, and none may seem to: auditors find it in the history.
    case MedicationEvent::kAlertsAcknowledged:
      return std::vector<ViewChange>();  // See AlertChange.
    default:
      return ProjectStewardship(patient_id, event);
  }
}

}  // namespace

absl::StatusOr<std::vector<ViewChange>> ProjectMedication(const eventlog::Record& record) {
  Scratch<MedicationEvent> parsed;
  RETURN_IF_ERROR(projection::ParseEvent(record, *parsed));
  const MedicationEvent& event = *parsed;
  const std::string patient_id = projection::SubjectOf(record.stream);
  ASSIGN_OR_RETURN(std::vector<ViewChange> changes, Project(patient_id, event));
  if (auto change = AlertChange(record, patient_id, event)) changes.push_back(*std::move(change));
  return changes;
}

}  // namespace anamnesis::medication
