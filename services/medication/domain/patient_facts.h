// What the medication service keeps of what the patient service tells.
#pragma once

#include "anamnesis/medication/v1/state.pb.h"
#include "anamnesis/patient/v1/events.pb.h"

namespace anamnesis::medication {

// Raised when what is kept changes.
inline constexpr uint32_t kMedicationFactsVersion = 5;

// Brings the facts of one patient up to date with the next event of the patient's stream. Events that say nothing of
// birth, death, merges, allergies or problems change nothing.
void ApplyPatientEvent(v1::PatientFacts& facts, const patient::v1::PatientEvent& event);

// Adds what is known by a record that was merged into this one: the person has all the allergies and problems of all
// their records.
void AddAbsorbed(v1::MedicationFacts& facts, const v1::MedicationFacts& absorbed);

}  // namespace anamnesis::medication
