#include "services/medication/domain/alerts.h"

namespace anamnesis::medication {

std::optional<Raised> RaisedBy(const v1::MedicationEvent& event) {
  using Event = v1::MedicationEvent;
  const auto of = [](const char* kind, const std::string& id, const auto& brought) {
    return Raised{kind + ("/" + id), brought.alerts()};
  };
  switch (event.event_case()) {
    case Event::kOrderPrescribed:
      return of("order", event.order_prescribed().order().id(), event.order_prescribed());
    case Event::kDoseChanged:
      return of("order", event.dose_changed().order_id(), event.dose_changed());
    case Event::kOrderHeld:
      return of("order", event.order_held().order_id(), event.order_held());
    case Event::kOrderResumed:
      return of("order", event.order_resumed().order_id(), event.order_resumed());
    case Event::kOrderDiscontinued:
      return of("order", event.order_discontinued().order_id(), event.order_discontinued());
    case Event::kOrderCompleted:
      return of("order", event.order_completed().order_id(), event.order_completed());
    case Event::kTaperPlanned:
      return of("taper", event.taper_planned().taper().id(), event.taper_planned());
    case Event::kTaperRevised:
      return of("taper", event.taper_revised().taper().id(), event.taper_revised());
    case Event::kMedicationsReconciled:
      return of("reconciliation", event.medications_reconciled().reconciliation().id(), event.medications_reconciled());
    case Event::kPumpProgrammed:
      return of("pump", event.pump_programmed().programme().id(), event.pump_programmed());
    default:
      return std::nullopt;
  }
}

std::string RetractedBy(const v1::MedicationEvent& event) {
  switch (event.event_case()) {
    case v1::MedicationEvent::kOrderRetracted:
      return "order/" + event.order_retracted().order_id();
    case v1::MedicationEvent::kReconciliationRetracted:
      return "reconciliation/" + event.reconciliation_retracted().reconciliation_id();
    case v1::MedicationEvent::kPumpRecordRetracted:
      return "pump/" + event.pump_record_retracted().record_id();
    default:
      return "";
  }
}

}  // namespace anamnesis::medication
