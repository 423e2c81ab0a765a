// A decision that was recorded, made again.
#pragma once

#include <optional>

#include "anamnesis/medication/v1/decision_service.pb.h"
#include "anamnesis/medication/v1/events.pb.h"
#include "anamnesis/medication/v1/medication_service.pb.h"
#include "eventlog/record.h"
#include "services/medication/domain/medication_decider.h"

namespace anamnesis::medication {

// Whether events of the type come from decisions that the clinical rules were asked for.
bool IsDecisionType(std::string_view type);

// The command that the event came from, as far as it tells; nothing for an event that no clinical rule was asked for.
std::optional<v1::MedicationCommand> CommandOf(const eventlog::Record& record, const v1::MedicationEvent& event);

// What the clinical rules had to say, as recorded.
std::vector<rpc::v1::Alert> AlertsOf(const v1::MedicationEvent& event);

// How old the facts were, as recorded.
std::optional<uint32_t> AgeOf(const v1::MedicationEvent& event);

// Decides again: on the state before the event, with what was known then.
v1::DecidedAgain DecideAgain(const v1::MedicationCommand& command, const v1::MedicationState& before,
                             const Known& known, const v1::MedicationEvent& recorded);

// Whether rules, severities or overrides differ, or it is refused now. Other table versions by themselves are none.
bool Differs(const v1::MedicationEvent& recorded, const v1::DecidedAgain& again);

}  // namespace anamnesis::medication
