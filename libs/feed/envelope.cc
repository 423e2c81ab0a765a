#include "feed/envelope.h"

#include "base/clock.h"

namespace anamnesis::feed {

void ToEnvelope(const eventlog::Record& record, event::v1::EventEnvelope& envelope) {
  envelope.set_position(record.position);
  envelope.set_previous_position(record.previous_position);
  envelope.set_stream(record.stream);
  envelope.set_version(record.version);
  envelope.set_event_id(record.event_id);
  envelope.set_type(record.type);
  envelope.set_schema_version(record.schema_version);
  *envelope.mutable_recorded_time() = ToTimestamp(record.recorded_micros);
  *envelope.mutable_effective_time() = ToTimestamp(record.effective_micros);
  envelope.set_actor(record.metadata.actor);
  envelope.set_on_behalf_of(record.metadata.on_behalf_of);
  envelope.set_purpose_of_use(record.metadata.purpose_of_use);
  envelope.set_correlation_id(record.metadata.correlation_id);
  envelope.set_causation_id(record.metadata.causation_id);
  for (const eventlog::DecidedAgainst& known : record.metadata.decided_against) {
    event::v1::DecidedAgainst* decided_against = envelope.add_decided_against();
    decided_against->set_service(known.log);
    decided_against->set_position(known.position);
  }
  envelope.set_payload(record.payload);
  envelope.set_erased(record.erased);
}

eventlog::AppendMark MarkOf(const event::v1::EventEnvelope& event) {
  return {event.position(), ToMicros(event.recorded_time()), event.causation_id()};
}

eventlog::Filter ToFilter(const event::v1::EventFilter& filter) {
  return {.stream = filter.stream(),
          .entity = filter.patient_id(),
          .category = filter.category(),
          .type_prefix = filter.type_prefix(),
          .group = {}};
}

eventlog::Filter ToFilter(const event::v1::SubscribeRequest& request) {
  eventlog::Filter filter = ToFilter(request.filter());
  if (request.has_group()) filter.group = {request.group().size(), request.group().index()};
  return filter;
}

}  // namespace anamnesis::feed
