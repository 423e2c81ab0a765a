// What the clinical rules say about an order before it is prescribed or its dose is changed. Each rule is one small
// pure function; a new rule is a function (rules.h), a line in kRules (review.cc), and a line in the table that says
// how grave it is.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "anamnesis/medication/v1/state.pb.h"
#include "anamnesis/medication/v1/types.pb.h"
#include "anamnesis/rpc/v1/command.pb.h"
#include "services/medication/domain/dose/rule_book.h"

namespace anamnesis::medication {

using Alerts = std::vector<rpc::v1::Alert>;

// What the rules look at. The values must outlive it.
struct Proposal {
  const v1::Order& order;            // As it would be. For a dose change: id, medication, ingredients and dosages only.
  const v1::MedicationState& state;  // As it is; may contain an older form of `order`.
  const v1::MedicationFacts& facts;
  const RuleBook& rules;
  int64_t at_micros;                                   // When it is to hold.
  std::optional<uint32_t> age_seconds = std::nullopt;  // Of `facts`; nothing: unknown.
  std::string_view replaces = {};  // The active order whose place it takes; empty: that with its own id, if any.
  bool taper = false;              // Whether its dosages are a plan by which the dose falls.
  bool resumes = false;            // Whether it was taken before, and is to be taken again as it was.
};

// What all rules say, gravest first, each alert with the reason of the override that names its rule. The limits of
// opioid stewardship only inform where the patient is exempt from them (conditions.h).
Alerts ReviewSafety(const Proposal& proposal,
                    const google::protobuf::RepeatedPtrField<rpc::v1::AlertOverride>& overrides);

// What the rules about what is taken together say about a medicine that is taken without an order, gravest first.
Alerts ReviewTaken(const Proposal& proposal);

// What the rules say about the end of an order that is in force; nothing that stops it.
Alerts ReviewEnd(const Proposal& proposal);

// Gives each alert the reason of the override that names its rule, and puts the gravest first.
void Override(Alerts& alerts, const google::protobuf::RepeatedPtrField<rpc::v1::AlertOverride>& overrides);

// SAFETY_OVERRIDE_REQUIRED, with a precondition violation for each blocking alert that nobody overrode;
// OVERRIDE_NOT_PERMITTED with one for each that was overridden by somebody who may not.
absl::Status CheckOverridden(const Alerts& alerts, bool may_override);

}  // namespace anamnesis::medication
