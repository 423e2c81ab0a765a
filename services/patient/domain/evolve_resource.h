// What an event of a resource does to the state: of an allergy, a problem, a plan, a referral …
#pragma once

#include "absl/status/status.h"
#include "anamnesis/patient/v1/events.pb.h"
#include "anamnesis/patient/v1/state.pb.h"

namespace anamnesis::patient {

// DATA_LOSS for an event of something else, or that changes what was never recorded.
absl::Status EvolveResource(v1::PatientState& state, const v1::PatientEvent& event);

}  // namespace anamnesis::patient
