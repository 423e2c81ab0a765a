// The shape of a domain: what CommandRunner needs to know of one.
#pragma once

#include <concepts>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "decider/decision.h"

namespace anamnesis::decider {

// A domain with nothing to know of other services.
struct NoFacts {};

// What is recorded of the same person in records that were merged into this one, by their ids.
template <class Ids>
std::vector<std::string> StreamsOf(std::string_view service, const Ids& record_ids) {
  std::vector<std::string> streams;
  for (const std::string& id : record_ids) streams.push_back(std::string(service) + "-" + id);
  return streams;
}

// A domain is a type with static, pure functions over protobuf messages:
//   State    a message; its default is the state of a stream without events; its bytes are the snapshot
//   Command  a message whose only oneof holds the request; every request has `context` as field 1
//   Event    a message whose only oneof holds the event
//   Facts    a value: what is known of other services
//   kStateFormat   raised when State's meaning changes, so that older snapshots are ignored
//   Streams(command, input)  the streams it decides on, no stream twice; the first is the resource's; none for an empty
//                            command. Only those that receive an event are held to the version that was decided on
//   Joined(facts)  further streams that it only reads: what is recorded of the same person under other records
//   Decide(states, command, input, facts)  one state per stream, in the order of Streams, then of Joined
//   Evolve(state, event)  DATA_LOSS for an event that it does not know
template <class D>
concept Decider = requires(const typename D::Command& command, const DecisionInput& input, typename D::State& state,
                           const typename D::Event& event, const typename D::Facts& facts,
                           std::span<const typename D::State* const> states) {
  { D::kStateFormat } -> std::convertible_to<uint32_t>;
  { D::Streams(command, input) } -> std::same_as<std::vector<std::string>>;
  { D::Joined(facts) } -> std::same_as<std::vector<std::string>>;
  { D::Decide(states, command, input, facts) } -> std::same_as<Decision<typename D::Event>>;
  { D::Evolve(state, event) } -> std::same_as<absl::Status>;
};

}  // namespace anamnesis::decider
