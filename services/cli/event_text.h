// Recorded events as lines.
#pragma once

#include <string>

#include "anamnesis/event/v1/envelope.pb.h"

namespace anamnesis::cli {

// The heading above EventLine's lines.
std::string EventHeading();
// One line for a person: position, time, service, stream, type, actor.
std::string EventLine(const std::string& service, const event::v1::EventEnvelope& event);
// One JSON object: everything that is recorded, the payload decoded. A payload of an unknown type is shown in base64 as
// `payload`.
std::string EventJson(const std::string& service, const event::v1::EventEnvelope& event);

}  // namespace anamnesis::cli
