// What the read model is told of the patient service's events. Pure: see projection/projection.h.
#pragma once

#include <cstdint>
#include <vector>

#include "absl/status/statusor.h"
#include "anamnesis/projection/v1/projection_service.pb.h"
#include "eventlog/record.h"

namespace anamnesis::patient {

// Raised when any event makes other views than before.
inline constexpr uint32_t kPatientProjectionVersion = 2;

// One change for each event: of the patient, or of the resource that it is about. DATA_LOSS where the payload
// is not a PatientEvent that this release knows.
absl::StatusOr<std::vector<projection::v1::ViewChange>> ProjectPatient(const eventlog::Record& record);

}  // namespace anamnesis::patient
