// What the rules say about an intervention when it is planned, at the time-out and when it was done. Each rule is one
// small pure function; a new rule is a function (rules.h), a line in kRules (review.cc), and a line in the table that
// says how grave it is.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "anamnesis/encounter/v1/state.pb.h"
#include "anamnesis/rpc/v1/command.pb.h"
#include "services/encounter/domain/intervention/rule_book.h"

namespace anamnesis::encounter {

using Alerts = std::vector<rpc::v1::Alert>;
using Overrides = google::protobuf::RepeatedPtrField<rpc::v1::AlertOverride>;

// What the rules look at. The values must outlive it.
struct Case {
  const std::string& id;  // The intervention's own.
  const v1::InterventionPlan& plan;
  const v1::EncounterState& state;  // As it is; may contain the intervention.
  const v1::PatientFacts& facts;
  const RuleBook& rules;
  int64_t at_micros;                                         // When it is to be done, or was.
  const v1::SafetyChecks* checks = nullptr;                  // From the time-out on.
  const v1::InterventionPerformance* performance = nullptr;  // When it was done.
  bool privileged = false;                                   // Whether the performer has the privilege.
};

// When rules are asked. What is indicated is asked again when it was done.
enum class Phase { kPlan, kTimeOut, kPerformance };

// Whether the rule is asked at the time-out and not before, so that its override holds until the next time-out only.
bool IsOfTimeOut(std::string_view rule_id);

// What a rule found: an alert, and how grave it is.
struct Finding {
  v1::RuleSeverity severity;
  rpc::v1::Alert alert;  // A refusal's is a blocking one.
};
using Findings = std::vector<Finding>;

// What all rules of the phase say, gravest first.
Findings AskRules(const Case& asked, Phase phase);

// What one rule says that is asked elsewhere, appended unless the table does not list it. The message travels in
// refusals, so it names no drug, no diagnosis and nothing of the patient; `values` do not travel.
void Raise(const RuleBook& rules, std::string_view rule_id, std::string_view message,
           const std::vector<std::string>& facts, Findings& findings,
           std::initializer_list<rpc::v1::NamedNumber> values = {});

// `sessions` 5, or at least 5.
rpc::v1::NamedNumber Number(std::string_view name, int64_t value, bool at_least = false);

// Who overrides what.
struct Overriding {
  const Overrides& now;                // With this command.
  std::span<const std::string> roles;  // Of its caller.
  const Overrides& before;             // With earlier commands on the same intervention.
};

// The alerts with the reasons for which they were overridden, and what they come to: OK, or INTERVENTION_RULE_NOT_MET,
// OVERRIDE_NOT_PERMITTED, SAFETY_OVERRIDE_REQUIRED, each with a precondition violation for each rule.
struct Weighed {
  Alerts alerts;
  absl::Status refusal = absl::OkStatus();
};
Weighed Weigh(const Findings& findings, const RuleBook& rules, const Overriding& overriding);

}  // namespace anamnesis::encounter
