// What was done before on a patient, and what came of it.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "anamnesis/encounter/v1/state.pb.h"

namespace anamnesis::encounter {

// An intervention that was performed. Refers to the state, which must outlive it.
struct Past {
  std::string id;
  const v1::InterventionEntry* entry;
  std::optional<int64_t> at;  // In microseconds since 1970; nothing where the source does not say.

  const v1::InterventionPlan& plan() const { return entry->plan(); }
};

// Those performed until `at_micros` that were not entered in error and of which `wanted` holds, oldest first; those of
// unknown time count as the oldest. The one with the id `but` is left out.
std::vector<Past> PerformedUntil(const v1::EncounterState& state, int64_t at_micros, const std::string& but,
                                 const std::function<bool(const v1::InterventionPlan&)>& wanted);

// A session is a day: what is done on both sides on one day is one.
struct Sessions {
  int64_t count = 0;
  bool at_least = false;  // There are some of unknown time, which are not counted.
};

// The sessions of the last so many months of the calendar, with one at `at_micros`. One exactly so long ago is none of
// them any more.
Sessions SessionsWithin(const std::vector<Past>& pasts, int64_t at_micros, int64_t months);
// All sessions, with one at `at_micros`; each one of unknown time counts as one, though some may be of one day.
Sessions AllSessions(const std::vector<Past>& pasts, int64_t at_micros);

// The most relief that any report tells of, in hundredths of a percent; nothing where none does.
std::optional<uint32_t> BestRelief(const v1::InterventionEntry& entry);

// Whether a report tells of at least so much relief for at least so many months of the calendar: by the duration that
// it names, else by when it was made.
bool ReliefHeld(const Past& past, uint32_t basis_points, int64_t months);

// The levels as a set.
std::vector<std::string> LevelsOf(const google::protobuf::RepeatedPtrField<std::string>& levels);

}  // namespace anamnesis::encounter
