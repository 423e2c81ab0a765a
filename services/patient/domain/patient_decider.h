// The patient domain: who the patient is, the history, allergies, problems, plans and goals, care team, consents. Pure:
// see decider/decider.h.
//
// Where what is decided lives: decide_patient.cc (register, demographics, identifiers, death), decide_merge.cc (two
// records of the same person, and of two after all), decide_<resource>.cc (a kind of resource, or two that are alike),
// resource.h (what is alike for all of them), evolve.cc and evolve_resource.cc (what an event does to the state),
// streams.cc (whose stream a command is for).
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "anamnesis/patient/v1/events.pb.h"
#include "anamnesis/patient/v1/patient_service.pb.h"
#include "anamnesis/patient/v1/state.pb.h"
#include "decider/decider.h"

namespace anamnesis::patient {

struct PatientDecider {
  using State = v1::PatientState;
  using Command = v1::PatientCommand;
  using Event = v1::PatientEvent;
  using Facts = decider::NoFacts;

  static constexpr uint32_t kStateFormat = 2;

  // `patient-<uuid>`; for a merge the survivor's and the duplicate's; for an erasure also `erasure-<uuid>`, its own and
  // that of an erasure whose id was given for a patient's; none for an empty command.
  static std::vector<std::string> Streams(const Command& command, const decider::DecisionInput& input);

  static std::vector<std::string> Joined(const Facts&) { return {}; }

  // Refusals: INVALID_FIELDS for what no field rule can say, PatientError in its order, ETAG_MISMATCH right after what
  // the etag is of was found, COMMAND_MISSING.
  static decider::Decision<Event> Decide(std::span<const State* const> states, const Command& command,
                                         const decider::DecisionInput& input, const Facts& facts);

  // DATA_LOSS for an event that it does not know, or that changes what is not there.
  static absl::Status Evolve(State& state, const Event& event);
};

static_assert(decider::Decider<PatientDecider>);

}  // namespace anamnesis::patient
