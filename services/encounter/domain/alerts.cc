#include "services/encounter/domain/alerts.h"

namespace anamnesis::encounter {

std::optional<Raised> RaisedBy(const v1::EncounterEvent& event) {
  using Event = v1::EncounterEvent;
  const auto of = [](const char* kind, const std::string& id, const auto& brought) {
    return Raised{kind + ("/" + id), brought.alerts()};
  };
  switch (event.event_case()) {
    case Event::kInterventionPlanned:
      return of("intervention", event.intervention_planned().intervention().id(), event.intervention_planned());
    case Event::kInterventionPlanRevised:
      return of("intervention", event.intervention_plan_revised().intervention_id(), event.intervention_plan_revised());
    case Event::kTimeOutDone:
      return of("intervention", event.time_out_done().intervention_id(), event.time_out_done());
    case Event::kInterventionPerformed:
      return of("intervention", event.intervention_performed().intervention_id(), event.intervention_performed());
    case Event::kAnaesthesiaEnded:
      return of("anaesthesia", event.anaesthesia_ended().anaesthesia_id(), event.anaesthesia_ended());
    case Event::kRecoveryLeft:
      return of("anaesthesia", event.recovery_left().anaesthesia_id(), event.recovery_left());
    default:
      return std::nullopt;
  }
}

std::string RetractedBy(const v1::EncounterEvent& event) {
  switch (event.event_case()) {
    case v1::EncounterEvent::kInterventionRetracted:
      return "intervention/" + event.intervention_retracted().intervention_id();
    case v1::EncounterEvent::kAnaesthesiaRetracted:
      return "anaesthesia/" + event.anaesthesia_retracted().anaesthesia_id();
    default:
      return "";
  }
}

}  // namespace anamnesis::encounter
