// What the decisions of the medication service are, to be made again: see service/decision_service.h.
#pragma once

#include <optional>
#include <span>
#include <string_view>

#include "anamnesis/medication/v1/decision_service.pb.h"
#include "anamnesis/medication/v1/errors.pb.h"
#include "anamnesis/medication/v1/events.pb.h"
#include "anamnesis/medication/v1/medication_service.pb.h"
#include "eventlog/record.h"
#include "services/medication/domain/medication_decider.h"

namespace anamnesis::medication {

struct MedicationDecisions {
  using Domain = MedicationDecider;
  using Shelf = RuleShelf;
  using Explained = v1::ExplainDecisionResponse;
  using Compare = v1::CompareRuleTablesRequest;
  static constexpr const char* kRulesStream = medication::kRulesStream;
  static constexpr v1::MedicationError kTableInvalid = v1::RULE_TABLE_INVALID;

  static bool IsType(std::string_view type);
  static std::optional<v1::MedicationCommand> CommandOf(const eventlog::Record& record,
                                                        const v1::MedicationEvent& event);
  // How old the facts were.
  static void KnowAsThen(const v1::MedicationEvent& event, Known& known);
  // Of somebody who may override, unless that is what was refused.
  static decider::DecisionInput InputOf(const v1::MedicationEvent& event, const v1::MedicationCommand& command,
                                        const Known& known);
  static void Fill(const v1::MedicationCommand& command, const Known& known,
                   std::span<const v1::MedicationState* const> states, v1::ExplainDecisionResponse& explained);
};

}  // namespace anamnesis::medication
