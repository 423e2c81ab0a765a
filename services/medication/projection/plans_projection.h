// Views of tapers, reconciliations and pumps.
#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "anamnesis/medication/v1/events.pb.h"
#include "anamnesis/projection/v1/projection_service.pb.h"

namespace anamnesis::medication {

// The changes of views, but for the day's opioids, that an event about one of them makes; nothing for any other event.
std::vector<projection::v1::ViewChange> ProjectPlans(const std::string& patient_id, const v1::MedicationEvent& event);

}  // namespace anamnesis::medication
