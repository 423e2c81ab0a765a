// Which resource the rules had to say something about.
#pragma once

#include <optional>
#include <string>

#include "anamnesis/encounter/v1/events.pb.h"
#include "base/open_alerts.h"

namespace anamnesis::encounter {

// The alerts that an event brought. Nothing for an event that brings no alerts, or by which nothing changed.
std::optional<Raised> RaisedBy(const v1::EncounterEvent& event);

// The resource that the event says was entered in error, as alerts name it; empty for any other event, or resource.
std::string RetractedBy(const v1::EncounterEvent& event);

}  // namespace anamnesis::encounter
