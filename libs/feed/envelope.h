// Between the log's records and the public form of events, and of which are wanted.
#pragma once

#include "anamnesis/event/v1/envelope.pb.h"
#include "anamnesis/event/v1/feed_service.pb.h"
#include "eventlog/append_run.h"
#include "eventlog/filter.h"
#include "eventlog/record.h"

namespace anamnesis::feed {

// Fills `envelope`, which must be empty.
void ToEnvelope(const eventlog::Record& record, event::v1::EventEnvelope& envelope);

// By what one tells which events were appended together; its text is the event's.
eventlog::AppendMark MarkOf(const event::v1::EventEnvelope& event);

eventlog::Filter ToFilter(const event::v1::EventFilter& filter);
// With the group, where there is one.
eventlog::Filter ToFilter(const event::v1::SubscribeRequest& request);

}  // namespace anamnesis::feed
