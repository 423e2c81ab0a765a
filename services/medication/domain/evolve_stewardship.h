// What events of the stewardship record do to the state.
#pragma once

#include "absl/status/status.h"
#include "anamnesis/medication/v1/events.pb.h"
#include "anamnesis/medication/v1/state.pb.h"

namespace anamnesis::medication {

// DATA_LOSS for a change of what is not there, or an event that is not about stewardship.
absl::Status EvolveStewardship(v1::MedicationState& state, const v1::MedicationEvent& event);

}  // namespace anamnesis::medication
