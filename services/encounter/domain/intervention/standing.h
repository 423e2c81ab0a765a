// What the rules say is next after an intervention, and when to ask what came of it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "anamnesis/encounter/v1/state.pb.h"
#include "services/encounter/domain/intervention/rule_book.h"

namespace anamnesis::encounter {

// After the performed intervention `id`, with the reports that the state holds, as of `at_micros`: ablation after a
// medial branch block, an implant after a trial, else the same again. Nothing where nothing follows on the kind.
std::optional<v1::CourseStanding> StandingOf(const v1::EncounterState& state, const std::string& id,
                                             const v1::PatientFacts& facts, const RuleBook& rules, int64_t at_micros);

// When the first report is due, in microseconds since 1970; nothing where the table does not ask for any.
std::optional<int64_t> FirstOutcomeDue(const v1::InterventionPlan& plan, int64_t performed_micros,
                                       const RuleBook& rules);
// When the next is, by the newest report that was not entered in error; the first where there is none.
std::optional<int64_t> NextOutcomeDue(const v1::InterventionEntry& entry, const RuleBook& rules);

}  // namespace anamnesis::encounter
