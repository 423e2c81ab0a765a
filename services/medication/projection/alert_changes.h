// What becomes of the warnings about a resource, in its view.
#pragma once

#include <optional>
#include <string>

#include "anamnesis/medication/v1/events.pb.h"
#include "anamnesis/projection/v1/projection_service.pb.h"
#include "eventlog/record.h"

namespace anamnesis::medication {

// The step that the event adds to the view of the resource; nothing where no warning was raised or acknowledged.
std::optional<projection::v1::ViewChange> AlertChange(const eventlog::Record& record, const std::string& patient_id,
                                                      const v1::MedicationEvent& event);

}  // namespace anamnesis::medication
