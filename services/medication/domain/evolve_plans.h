// What tapers, pumps and reconciliations do to the state, and what every change of opioids does.
#pragma once

#include <string>

#include "absl/status/status.h"
#include "anamnesis/medication/v1/events.pb.h"
#include "anamnesis/medication/v1/state.pb.h"

namespace anamnesis::medication {

// Each takes the events of its kind; DATA_LOSS for one that changes what is not there, or is of another kind.
absl::Status EvolveTaper(v1::MedicationState& state, const v1::MedicationEvent& event);
absl::Status EvolvePump(v1::MedicationState& state, const v1::MedicationEvent& event);
absl::Status EvolveReconciliation(v1::MedicationState& state, const v1::MedicationEvent& event);

// The order is over: its tapers end, or go on with the order that follows it (empty: none).
void EndTapersOf(v1::MedicationState& state, const std::string& order_id, const std::string& followed_by);

// The day's opioids from an instant on; the oldest are forgotten.
void AddTotal(v1::MedicationState& state, const v1::DailyMmeTotal& total);

}  // namespace anamnesis::medication
