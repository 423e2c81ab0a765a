// What the clinical rules say about an order before it is prescribed or its dose is changed. Each rule is one small
// pure function; a new rule is a function and a line in kRules (safety.cc).
#pragma once

#include <vector>

#include "absl/status/status.h"
#include "anamnesis/medication/v1/state.pb.h"
#include "anamnesis/medication/v1/types.pb.h"
#include "anamnesis/rpc/v1/command.pb.h"

namespace anamnesis::medication {

using Alerts = std::vector<rpc::v1::Alert>;

// What a rule looks at. The values must outlive it.
struct Proposal {
  const v1::Order& order;            // As it would be. For a dose change: id, medication, ingredients and dosages only.
  const v1::MedicationState& state;  // As it is; may contain an older form of `order`.
  const v1::MedicationFacts& facts;
};

// A rule appends an alert for each thing that fires it.
using SafetyRule = void (*)(const Proposal& proposal, Alerts& alerts);

// `allergy-ingredient`: the patient is allergic (block) or intolerant (warn) to the medication or an ingredient.
// An allergy that is not said to be over or refuted counts; one of a kind that is not said blocks.
void AllergyIngredient(const Proposal& proposal, Alerts& alerts);
// `duplicate-order` (warn): another active order has the same medication or shares an ingredient.
void DuplicateOrder(const Proposal& proposal, Alerts& alerts);
// `encounter-void` (warn): the order is written in an encounter that was cancelled or entered in error.
void EncounterVoid(const Proposal& proposal, Alerts& alerts);

// What all rules say, gravest first, each alert with the reason of the override that names its rule.
Alerts ReviewSafety(const Proposal& proposal,
                    const google::protobuf::RepeatedPtrField<rpc::v1::AlertOverride>& overrides);

// SAFETY_OVERRIDE_REQUIRED, with a precondition violation for each blocking alert that nobody overrode.
absl::Status CheckOverridden(const Alerts& alerts);

}  // namespace anamnesis::medication
