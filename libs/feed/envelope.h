// Between the log's records and the public form of an event.
#pragma once

#include "anamnesis/event/v1/envelope.pb.h"
#include "eventlog/record.h"

namespace anamnesis::feed {

// Fills `envelope`, which must be empty.
void ToEnvelope(const eventlog::Record& record, event::v1::EventEnvelope& envelope);

}  // namespace anamnesis::feed
