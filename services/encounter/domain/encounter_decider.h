// The encounter domain: what happens with one patient, and one entry of the directory. Pure: see decider/decider.h.
//
// Where what is decided lives: decide_encounter.cc (the life of an encounter), decide_result.cc (observations, reports,
// imaging studies), decide_treatment.cc (procedures, immunizations), decide_note.cc (notes), decide_directory.cc
// (practitioners, organizations), decide_credential.cc (what a practitioner holds), decide_questionnaire.cc with
// scoring/ (questionnaires), decide_assessment.cc (examinations, differential diagnoses, conferences),
// decide_study_order.cc, decide_referral.cc (referrals out), evolve.cc and evolve_care.cc (what an event does to the
// state), streams.cc (whose stream a command is for), patient_facts.h (what is known of the patient).
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "anamnesis/encounter/v1/encounter_service.pb.h"
#include "anamnesis/encounter/v1/events.pb.h"
#include "anamnesis/encounter/v1/state.pb.h"
#include "decider/decider.h"

namespace anamnesis::encounter {

struct EncounterDecider {
  using State = v1::EncounterState;
  using Command = v1::EncounterCommand;
  using Event = v1::EncounterEvent;
  using Facts = v1::PatientFacts;  // Of the commanded patient; empty for a command to the directory.

  static constexpr uint32_t kStateFormat = 2;

  // `encounter-<patient uuid>`, `practitioner-<uuid>` or `organization-<uuid>`; none for an empty command.
  static std::vector<std::string> Streams(const Command& command, const decider::DecisionInput& input);

  // Refusals: EncounterError in its order, with ETAG_MISMATCH between RESOURCE_NOT_FOUND and RESOURCE_RETRACTED;
  // COMMAND_MISSING.
  static decider::Decision<Event> Decide(std::span<const State* const> states, const Command& command,
                                         const decider::DecisionInput& input, const Facts& facts);

  // DATA_LOSS for an event that it does not know, or that changes what is not there.
  static absl::Status Evolve(State& state, const Event& event);
};

static_assert(decider::Decider<EncounterDecider>);

}  // namespace anamnesis::encounter
