// The encounter domain: what happens with one patient, and one entry of the directory. Pure: see decider/decider.h.
//
// Where what is decided lives: decide_encounter.cc (the life of an encounter), decide_result.cc (observations, reports,
// imaging studies), decide_treatment.cc (procedures, immunizations), decide_note.cc (notes), decide_directory.cc
// (practitioners, organizations), decide_credential.cc (what a practitioner holds), decide_privilege.cc,
// decide_questionnaire.cc with scoring/ (questionnaires), decide_assessment.cc (examinations, differential diagnoses,
// conferences), decide_study_order.cc, decide_referral.cc (referrals out), decide_intervention.cc (the life of an
// intervention), decide_outcome.cc (what came of it), decide_anaesthesia.cc, decide_recovery.cc, decide_device.cc
// (devices, pain consults), decide_rules.cc (the rule table), intervention/ (what the rules say), anaesthesia/ (gaps),
// evolve.cc, evolve_care.cc and evolve_procedure.cc (what an event does to the state), streams.cc (whose stream a
// command is for), patient_facts.h (what is known of the patient).
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "anamnesis/encounter/v1/encounter_service.pb.h"
#include "anamnesis/encounter/v1/events.pb.h"
#include "anamnesis/encounter/v1/state.pb.h"
#include "decider/decider.h"
#include "services/encounter/domain/intervention/rule_book.h"

namespace anamnesis::encounter {

// Where every version of every rule table is.
inline constexpr char kRulesStream[] = "rules-encounter";

// What a decision may know besides the history it decides on.
struct Known {
  v1::PatientFacts patient;                // Of the commanded patient; empty for a command to the directory.
  std::shared_ptr<const RuleShelf> rules;  // Null: no table.
};

struct EncounterDecider {
  using State = v1::EncounterState;
  using Command = v1::EncounterCommand;
  using Event = v1::EncounterEvent;
  using Facts = Known;

  static constexpr uint32_t kStateFormat = 5;

  // `encounter-<patient uuid>`, `practitioner-<uuid>`, `organization-<uuid>` or kRulesStream; none for an empty
  // command. That an intervention was performed is decided on its performer's stream as well, whose privileges count;
  // an erasure on those of the directory, which may have its id.
  static std::vector<std::string> Streams(const Command& command, const decider::DecisionInput& input);

  // What the records that were merged into the patient's hold.
  static std::vector<std::string> Joined(const Facts& facts) {
    return decider::StreamsOf("encounter", facts.patient.absorbed_ids());
  }

  // Refusals: EncounterError in its order, with ETAG_MISMATCH between RESOURCE_NOT_FOUND and RESOURCE_RETRACTED;
  // COMMAND_MISSING.
  static decider::Decision<Event> Decide(std::span<const State* const> states, const Command& command,
                                         const decider::DecisionInput& input, const Facts& facts);

  // DATA_LOSS for an event that it does not know, or that changes what is not there.
  static absl::Status Evolve(State& state, const Event& event);
};

static_assert(decider::Decider<EncounterDecider>);

}  // namespace anamnesis::encounter
