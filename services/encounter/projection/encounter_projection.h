// The views of the encounter service: a pure function of one event.
#pragma once

#include <cstdint>
#include <vector>

#include "absl/status/statusor.h"
#include "anamnesis/projection/v1/projection_service.pb.h"
#include "eventlog/record.h"

namespace anamnesis::encounter {

// Raised when the same events make other views, so that the read model builds them anew.
inline constexpr uint32_t kEncounterProjectionVersion = 3;

// What the event changes in the views of its patient, practitioner or organization. DATA_LOSS for a payload that is not
// an event of this service that this program knows.
absl::StatusOr<std::vector<projection::v1::ViewChange>> ProjectEncounter(const eventlog::Record& record);

}  // namespace anamnesis::encounter
