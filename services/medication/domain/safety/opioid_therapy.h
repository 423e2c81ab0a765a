// How long the patient has taken opioids, and how much.
#pragma once

#include <cstdint>
#include <optional>

#include "anamnesis/medication/v1/state.pb.h"
#include "services/medication/domain/dose/exact.h"

namespace anamnesis::medication {

inline constexpr int64_t kMicrosPerDay = int64_t{86'400} * 1'000'000;
// Opioids with no longer a gap between them are one therapy. A house number.
inline constexpr int64_t kTherapyGapDays = 30;
// With no longer a gap the body stays used to them. A house number: a week makes used to them (FDA's definition of
// tolerance), so a week may take it away.
inline constexpr int64_t kToleranceGapDays = 7;

// The therapy that goes on at an instant.
struct OpioidTherapy {
  bool current = false;                   // An opioid is ordered already.
  std::optional<int64_t> started_micros;  // As far as is known; nothing: unknown.
  bool may_be_older = false;              // A part of its history has no date.
  // Since when opioids are sure to have been taken without a longer gap than kToleranceGapDays, up to the instant: by
  // dosages that held then, of orders that were not on hold. Nothing: that is not sure.
  std::optional<int64_t> taken_since_micros;

  // Whether the patient is sure to have taken opioids for so many days at the instant.
  bool AreTakenFor(const Exact& days, int64_t at_micros) const;
  // Whether it is sure, or may be, to have lasted longer than so many days: what is unknown is not taken for short.
  bool MayHaveLastedLonger(const Exact& days, int64_t at_micros) const;
};

// From the orders that were written up to the instant.
OpioidTherapy TherapyAt(const v1::MedicationState& state, int64_t at_micros);

// The day's total as of an instant, as it was recorded; nothing where nothing was, or it is not known whole.
std::optional<Exact> DailyMmeAt(const v1::MedicationState& state, int64_t at_micros);

// When the day's total last rose from more than nothing; nothing where it never did.
std::optional<int64_t> LastRise(const v1::MedicationState& state, int64_t at_micros);

}  // namespace anamnesis::medication
