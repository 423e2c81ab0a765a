// Which resource the clinical rules had to say something about.
#pragma once

#include <optional>
#include <string>

#include "anamnesis/medication/v1/events.pb.h"
#include "base/open_alerts.h"

namespace anamnesis::medication {

// The alerts that an event brought. Nothing for an event that brings no alerts, or by which nothing changed.
std::optional<Raised> RaisedBy(const v1::MedicationEvent& event);

// The resource that the event says was entered in error, as alerts name it; empty for any other event, or resource.
std::string RetractedBy(const v1::MedicationEvent& event);

}  // namespace anamnesis::medication
