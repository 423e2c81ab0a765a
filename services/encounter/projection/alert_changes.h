// What becomes of the warnings about a resource, in its view.
#pragma once

#include <optional>
#include <string>

#include "anamnesis/encounter/v1/events.pb.h"
#include "anamnesis/projection/v1/projection_service.pb.h"
#include "eventlog/record.h"

namespace anamnesis::encounter {

// The step that the event adds to the view of the resource; nothing where no warning was raised or acknowledged.
std::optional<projection::v1::ViewChange> AlertChange(const eventlog::Record& record, const std::string& subject_id,
                                                      const v1::EncounterEvent& event);

}  // namespace anamnesis::encounter
