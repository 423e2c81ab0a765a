// What the events of procedure_events.proto do to the state.
#pragma once

#include "absl/status/status.h"
#include "anamnesis/encounter/v1/events.pb.h"
#include "anamnesis/encounter/v1/state.pb.h"

namespace anamnesis::encounter {

// DATA_LOSS for an event of another kind, or that changes what is not there.
absl::Status EvolveProcedure(const v1::EncounterEvent& event, v1::EncounterState& state);

}  // namespace anamnesis::encounter
