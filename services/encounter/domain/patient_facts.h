// What the encounter service keeps of what the patient service tells.
#pragma once

#include <cstdint>

#include "anamnesis/encounter/v1/state.pb.h"
#include "anamnesis/patient/v1/events.pb.h"

namespace anamnesis::encounter {

// Brings the facts of one patient up to date with the next event of the patient's stream. Events that say nothing of
// death, merges or allergies change nothing, nor do those of a newer release.
void ApplyPatientEvent(v1::PatientFacts& facts, const patient::v1::PatientEvent& event);

// Raised when ApplyPatientEvent keeps more, so that facts are made anew.
inline constexpr uint32_t kPatientFactsVersion = 3;

// Adds the allergies of a record that was merged into the patient's.
void AddAbsorbed(v1::PatientFacts& facts, const v1::PatientFacts& absorbed);

}  // namespace anamnesis::encounter
