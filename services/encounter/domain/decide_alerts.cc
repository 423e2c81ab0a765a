// Warnings of the rules that somebody says to have seen.
#include <string>
#include <utility>

#include "base/status.h"
#include "decider/acknowledge.h"
#include "services/encounter/domain/decide.h"

namespace anamnesis::encounter {

absl::StatusOr<Decision> Decide(const Situation& at, const v1::AcknowledgeAlertsRequest& request) {
  if (request.context().reason().empty()) return Refuse(v1::REASON_REQUIRED);
  v1::EncounterEvent event;
  v1::AlertsAcknowledged& acknowledged = *event.mutable_alerts_acknowledged();
  ASSIGN_OR_RETURN(*acknowledged.mutable_acknowledgement(),
                   decider::Acknowledge(at.state.open_alerts(), request, at.input, v1::ALERT_NOT_OPEN));
  acknowledged.set_revision(1);
  std::string id = acknowledged.acknowledgement().id();
  return decider::Accepted(std::move(id), 1, std::move(event));
}

}  // namespace anamnesis::encounter
