// Warnings of the clinical rules that somebody says to have seen.
#include <string>
#include <utility>

#include "base/status.h"
#include "decider/acknowledge.h"
#include "services/medication/domain/decide.h"

namespace anamnesis::medication {

absl::StatusOr<Decision> Decide(const Situation& at, const v1::AcknowledgeAlertsRequest& request) {
  RETURN_IF_ERROR(CheckReason(request.context()));
  v1::MedicationEvent event;
  v1::AlertsAcknowledged& acknowledged = *event.mutable_alerts_acknowledged();
  ASSIGN_OR_RETURN(*acknowledged.mutable_acknowledgement(),
                   decider::Acknowledge(at.state.open_alerts(), request, at.input, v1::ALERT_NOT_OPEN));
  acknowledged.set_revision(1);
  std::string id = acknowledged.acknowledgement().id();
  return decider::Accepted(std::move(id), 1, std::move(event));
}

}  // namespace anamnesis::medication
