// Warnings of the rules that somebody says to have seen.
#include "decider/acknowledge.h"
#include "services/encounter/domain/decide.h"

namespace anamnesis::encounter {

absl::StatusOr<Decision> Decide(const Situation& at, const v1::AcknowledgeAlertsRequest& request) {
  return decider::Acknowledge<v1::EncounterEvent>(at.state.open_alerts(), request, at.input, v1::REASON_REQUIRED,
                                                  v1::ALERT_NOT_OPEN);
}

}  // namespace anamnesis::encounter
