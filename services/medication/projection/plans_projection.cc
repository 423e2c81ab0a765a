#include "services/medication/projection/plans_projection.h"

#include "absl/strings/str_cat.h"
#include "anamnesis/projection/v1/views.pb.h"
#include "projection/change.h"

namespace anamnesis::medication {
namespace {

using projection::Patch;
using projection::Put;
using projection::Remove;
using projection::v1::PumpView;
using projection::v1::View;
using projection::v1::ViewChange;
using v1::MedicationEvent;

// The order with the dosages that a taper gives it.
template <class Change>
ViewChange WithDosages(const std::string& patient_id, const std::string& order_id, const Change& event) {
  View view;
  view.mutable_order()->set_etag(absl::StrCat(event.order_revision()));
  *view.mutable_order()->mutable_order()->mutable_dosages() = event.dosages();
  return Patch({patient_id, order_id}, view, {"order.dosages"});
}

template <class Change>
std::vector<ViewChange> Planned(const std::string& patient_id, const Change& event) {
  View view;
  *view.mutable_taper()->mutable_taper() = event.taper();
  *view.mutable_taper()->mutable_alerts() = event.alerts();
  view.mutable_taper()->set_etag(absl::StrCat(event.revision()));
  return {Put({patient_id, event.taper().id()}, view), WithDosages(patient_id, event.taper().order_id(), event)};
}

std::vector<ViewChange> Stopped(const std::string& patient_id, const v1::TaperStopped& event) {
  View view;
  view.mutable_taper()->set_stop_reason(event.reason());
  view.mutable_taper()->set_etag(absl::StrCat(event.revision()));
  return {Patch({patient_id, event.taper_id()}, view), WithDosages(patient_id, event.order_id(), event)};
}

ViewChange Reconciled(const std::string& patient_id, const v1::MedicationsReconciled& event) {
  View view;
  projection::v1::ReconciliationView& reconciliation = *view.mutable_reconciliation();
  *reconciliation.mutable_reconciliation() = event.reconciliation();
  *reconciliation.mutable_findings() = event.findings();
  *reconciliation.mutable_alerts() = event.alerts();
  reconciliation.set_etag(absl::StrCat(event.revision()));
  return Put({patient_id, event.reconciliation().id()}, view);
}

std::vector<ViewChange> Programmed(const std::string& patient_id, const v1::PumpProgrammed& event) {
  std::vector<ViewChange> changes;
  if (!event.replaces_id().empty()) {
    View replaced;
    *replaced.mutable_pump()->mutable_ended() = event.programme().programmed();
    changes.push_back(Patch({patient_id, event.replaces_id()}, replaced, {"refill_due"}));
  }
  View view;
  PumpView& pump = *view.mutable_pump();
  *pump.mutable_programme() = event.programme();
  *pump.mutable_alerts() = event.alerts();
  if (event.has_refill_due()) *pump.mutable_refill_due() = event.refill_due();
  pump.set_etag(absl::StrCat(event.revision()));
  changes.push_back(Put({patient_id, event.programme().id()}, view));
  return changes;
}

// Refills and boluses are resources of their own: the programme's etag stays.
ViewChange Refilled(const std::string& patient_id, const v1::PumpRefilled& event) {
  View view;
  *view.mutable_pump()->add_refills() = event.refill();
  if (event.has_refill_due()) *view.mutable_pump()->mutable_refill_due() = event.refill_due();
  return Patch({patient_id, event.refill().programme_id()}, view, {"refill_due"});
}

ViewChange BolusGiven(const std::string& patient_id, const v1::PumpBolus& bolus) {
  View view;
  *view.mutable_pump()->add_boluses() = bolus;
  return Patch({patient_id, bolus.programme_id()}, view);
}

ViewChange PumpStopped(const std::string& patient_id, const v1::PumpStopped& event) {
  View view;
  *view.mutable_pump()->mutable_ended() = event.stopped();
  view.mutable_pump()->set_stop_reason(event.reason());
  view.mutable_pump()->set_etag(absl::StrCat(event.revision()));
  return Patch({patient_id, event.programme_id()}, view, {"refill_due"});
}

ViewChange PumpRecordRetracted(const std::string& patient_id, const v1::PumpRecordRetracted& event) {
  View view;
  PumpView& pump = *view.mutable_pump();
  if (event.kind() == v1::PUMP_RECORD_KIND_PROGRAMME) return Remove({patient_id, event.record_id()}, view);
  pump.add_retracted_ids(event.record_id());
  if (event.kind() != v1::PUMP_RECORD_KIND_REFILL) return Patch({patient_id, event.programme_id()}, view);
  if (event.has_refill_due()) *pump.mutable_refill_due() = event.refill_due();
  return Patch({patient_id, event.programme_id()}, view, {"refill_due"});
}

}  // namespace

std::vector<ViewChange> ProjectPlans(const std::string& patient_id, const MedicationEvent& event) {
  switch (event.event_case()) {
    case MedicationEvent::kTaperPlanned:
      return Planned(patient_id, event.taper_planned());
    case MedicationEvent::kTaperRevised:
      return Planned(patient_id, event.taper_revised());
    case MedicationEvent::kTaperStopped:
      return Stopped(patient_id, event.taper_stopped());
    case MedicationEvent::kMedicationsReconciled:
      return {Reconciled(patient_id, event.medications_reconciled())};
    case MedicationEvent::kReconciliationRetracted: {
      View view;
      view.mutable_reconciliation();
      return {Remove({patient_id, event.reconciliation_retracted().reconciliation_id()}, view)};
    }
    case MedicationEvent::kPumpProgrammed:
      return Programmed(patient_id, event.pump_programmed());
    case MedicationEvent::kPumpRefilled:
      return {Refilled(patient_id, event.pump_refilled())};
    case MedicationEvent::kPumpBolusRecorded:
      return {BolusGiven(patient_id, event.pump_bolus_recorded().bolus())};
    case MedicationEvent::kPumpStopped:
      return {PumpStopped(patient_id, event.pump_stopped())};
    case MedicationEvent::kPumpRecordRetracted:
      return {PumpRecordRetracted(patient_id, event.pump_record_retracted())};
    default:
      return {};
  }
}

}  // namespace anamnesis::medication
