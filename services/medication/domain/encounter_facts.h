// What the medication service keeps of what the encounter service tells.
#pragma once

#include "anamnesis/encounter/v1/events.pb.h"
#include "anamnesis/medication/v1/state.pb.h"

namespace anamnesis::medication {

// False only for events that ApplyEncounterEvent passes over.
bool ConcernsFacts(const encounter::v1::EncounterEvent& event);

// Brings the facts of one patient up to date with the next event of the patient's encounters. Events that make no
// encounter void change nothing, nor do those of a newer release.
void ApplyEncounterEvent(v1::EncounterFacts& facts, const encounter::v1::EncounterEvent& event);

}  // namespace anamnesis::medication
