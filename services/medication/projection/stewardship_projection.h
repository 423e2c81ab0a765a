// The stewardship record as the read model shows it.
#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "anamnesis/medication/v1/events.pb.h"
#include "anamnesis/projection/v1/projection_service.pb.h"

namespace anamnesis::medication {

// DATA_LOSS for an event that is not about stewardship.
absl::StatusOr<std::vector<projection::v1::ViewChange>> ProjectStewardship(const std::string& patient_id,
                                                                           const v1::MedicationEvent& event);

}  // namespace anamnesis::medication
