// What the encounter service keeps of what the patient service tells.
#pragma once

#include <cstdint>

#include "anamnesis/encounter/v1/state.pb.h"
#include "anamnesis/patient/v1/events.pb.h"

namespace anamnesis::encounter {

// Raised when an event makes other facts than before.
inline constexpr uint32_t kEncounterFactsVersion = 2;

// Brings the facts of one patient up to date with the next event of the patient's stream. Events that say nothing of
// death or merges change nothing, nor do those of a newer release.
void ApplyPatientEvent(v1::PatientFacts& facts, const patient::v1::PatientEvent& event);

}  // namespace anamnesis::encounter
