// What the read model is told of the medication service's events: one view per order, with what was done under it.
#pragma once

#include <cstdint>
#include <vector>

#include "absl/status/statusor.h"
#include "anamnesis/projection/v1/projection_service.pb.h"
#include "eventlog/record.h"

namespace anamnesis::medication {

// Raised when the same events make other views than before.
inline constexpr uint32_t kMedicationProjectionVersion = 3;

// See projection::Project. An order that is, or is said to be, entered in error has no view.
absl::StatusOr<std::vector<projection::v1::ViewChange>> ProjectMedication(const eventlog::Record& record);

}  // namespace anamnesis::medication
