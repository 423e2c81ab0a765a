// What the read model is told of the events of resources: allergies, problems, plans, referrals … Pure.
#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "anamnesis/patient/v1/events.pb.h"
#include "anamnesis/projection/v1/projection_service.pb.h"

namespace anamnesis::patient {

// DATA_LOSS for an event of something else, or that this release does not know.
absl::StatusOr<projection::v1::ViewChange> ResourceChange(const std::string& patient, const v1::PatientEvent& event);

}  // namespace anamnesis::patient
