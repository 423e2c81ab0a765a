// The medication domain: orders, dispenses, administrations and the stewardship record of one patient. Pure: see
// decider/decider.h.
//
// Where what is decided lives: decide_order.cc (prescribe, record, change, hold, resume, discontinue, retract),
// decide_record.cc (dispenses and administrations), decide_stewardship.cc (the care that opioids need), decide_rules.cc
// (the rule tables), decide_alerts.cc (warnings that were seen), safety/ (what the clinical rules say), dose/ (how much
// of what is taken), evolve.cc (what an event does to the state), streams.cc (whose stream a command is for).
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "anamnesis/medication/v1/events.pb.h"
#include "anamnesis/medication/v1/medication_service.pb.h"
#include "anamnesis/medication/v1/state.pb.h"
#include "decider/decider.h"
#include "services/medication/domain/rule_shelf.h"

namespace anamnesis::medication {

// Where every version of every rule table is.
inline constexpr char kRulesStream[] = "rules-medication";

// What a decision may know besides the history it decides on.
struct Known {
  v1::MedicationFacts others;              // Of the other services.
  std::shared_ptr<const RuleShelf> rules;  // Null: no table.
  // For how long, in whole seconds, `others` may have been out of date; nothing: unknown.
  std::optional<uint32_t> age_seconds = std::nullopt;
};

struct MedicationDecider {
  using State = v1::MedicationState;
  using Command = v1::MedicationCommand;
  using Event = v1::MedicationEvent;
  using Facts = Known;

  static constexpr uint32_t kStateFormat = 4;

  // `medication-<patient uuid>`, or kRulesStream; none for an empty command.
  static std::vector<std::string> Streams(const Command& command, const decider::DecisionInput& input);

  // What the records that were merged into the patient's hold.
  static std::vector<std::string> Joined(const Facts& facts) {
    return decider::StreamsOf("medication", facts.others.patient().absorbed_ids());
  }

  // Refusals: MedicationError in its order, ETAG_MISMATCH, COMMAND_MISSING.
  static decider::Decision<Event> Decide(std::span<const State* const> states, const Command& command,
                                         const decider::DecisionInput& input, const Facts& facts);

  // DATA_LOSS for an event that it does not know, or that changes what is not there.
  static absl::Status Evolve(State& state, const Event& event);
};

static_assert(decider::Decider<MedicationDecider>);

}  // namespace anamnesis::medication
