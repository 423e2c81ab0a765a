// What a decision is made of and what comes out of it. Plain values: a decision touches no clock, no randomness, no I/O
// and no thread, so a replay in ten years decides the same.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "anamnesis/rpc/v1/command.pb.h"
#include "base/refusal.h"

namespace anamnesis::decider {

// What enters with a command besides the command itself.
struct DecisionInput {
  int64_t received_micros = 0;     // The server's clock when the command arrived.
  std::string new_id;              // A UUID for what the command creates without naming it.
  std::vector<std::string> roles;  // Of the caller.
};

// An event for one of the streams that the command named (Decider::Streams), by index.
template <class Event>
struct Emitted {
  Event event;
  size_t stream = 0;
};

// Accepted with events, accepted without (nothing was to be done), refused, or refused with events that say so: those
// are recorded before the refusal is answered, and change no resource.
template <class Event>
struct Decision {
  absl::Status refusal;  // OK where accepted.
  std::vector<Emitted<Event>> events;
  std::string resource_id;
  uint64_t revision = 0;  // Of the resource, after the events; its etag as text.
  std::vector<rpc::v1::Alert> alerts;
  // Everything recorded before of the entity of the first stream is erased: see eventlog::AppendRequest.
  bool erases = false;
};

// A decision that refuses: `return Refused<Event>(v1::ORDER_NOT_FOUND);`
template <class Event, class ErrorEnum>
Decision<Event> Refused(ErrorEnum error, const RefusalDetails& details = {}) {
  return {.refusal = Refuse(error, details)};
}

// The decision that refuses, with one event in the command's first stream that says so.
template <class Event>
Decision<Event> RefusedAndRecorded(absl::Status refusal, Event event) {
  Decision<Event> decision{.refusal = std::move(refusal)};
  decision.events.push_back({.event = std::move(event)});
  return decision;
}

// The decision that accepts with one event in the command's first stream.
template <class Event>
Decision<Event> Accepted(std::string resource_id, uint64_t revision, Event event) {
  Decision<Event> decision{.resource_id = std::move(resource_id), .revision = revision};
  decision.events.push_back({.event = std::move(event)});
  return decision;
}

// OK if the caller's etag is empty or names this revision, else ETAG_MISMATCH with the current one.
absl::Status CheckEtag(const rpc::v1::CommandContext& context, uint64_t revision);

// When the command happened: as the context says, else when it arrived.
int64_t EffectiveMicros(const rpc::v1::CommandContext& context, const DecisionInput& input);

}  // namespace anamnesis::decider
