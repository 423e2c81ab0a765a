// What the decisions of the encounter service are, to be made again: see service/decision_service.h.
#pragma once

#include <optional>
#include <span>
#include <string_view>

#include "anamnesis/encounter/v1/decision_service.pb.h"
#include "anamnesis/encounter/v1/encounter_service.pb.h"
#include "anamnesis/encounter/v1/errors.pb.h"
#include "anamnesis/encounter/v1/events.pb.h"
#include "eventlog/record.h"
#include "services/encounter/domain/encounter_decider.h"

namespace anamnesis::encounter {

struct EncounterDecisions {
  using Domain = EncounterDecider;
  using Shelf = RuleShelf;
  using Explained = v1::ExplainDecisionResponse;
  using Compare = v1::CompareRuleTablesRequest;
  static constexpr const char* kRulesStream = encounter::kRulesStream;
  static constexpr v1::EncounterError kTableInvalid = v1::RULE_TABLE_INVALID;

  static bool IsType(std::string_view type);
  static std::optional<v1::EncounterCommand> CommandOf(const eventlog::Record& record, const v1::EncounterEvent& event);
  static void KnowAsThen(const v1::EncounterEvent&, Known&) {}
  // The roles of the caller are kept of what was refused only: else what was overridden counts as overridden by
  // somebody who may.
  static decider::DecisionInput InputOf(const v1::EncounterEvent& event, const v1::EncounterCommand& command,
                                        const Known& known);
  static void Fill(const v1::EncounterCommand& command, const Known& known,
                   std::span<const v1::EncounterState* const> states, v1::ExplainDecisionResponse& explained);
};

}  // namespace anamnesis::encounter
