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

}  // namespace anamnesis::feed
