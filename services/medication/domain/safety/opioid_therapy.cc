#include "services/medication/domain/safety/opioid_therapy.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "base/clock.h"

namespace anamnesis::medication {
namespace {

Exact DaysBetween(int64_t from_micros, int64_t to_micros) {
  return Exact(to_micros - from_micros) / Exact(kMicrosPerDay);
}

// The totals as of up to the instant, oldest first; of several as of one instant, as recorded. What was to come after a
// total holds until another one is recorded as of that instant or an earlier one.
std::vector<const v1::DailyMmeTotal*> StepsUpTo(const v1::MedicationState& state, int64_t at_micros) {
  const auto from = [](const v1::DailyMmeTotal* step) { return ToMicros(step->from()); };
  std::vector<const v1::DailyMmeTotal*> steps;
  for (const v1::DailyMmeTotal& recorded : state.daily_mme()) {
    if (!recorded.has_from() || from(&recorded) > at_micros) continue;
    steps.insert(std::ranges::upper_bound(steps, from(&recorded), {}, from), &recorded);
  }
  for (size_t i = 0; i < steps.size(); ++i) {
    const v1::DailyMmeTotal& recorded = *steps[i];
    const int64_t until = i + 1 < steps.size() ? from(steps[i + 1]) : at_micros + 1;
    for (const v1::DailyMmeTotal& later : recorded.later()) {
      if (from(&later) < until) steps.insert(steps.begin() + ++i, &later);
    }
  }
  return steps;
}

std::optional<Exact> Whole(const v1::DailyMmeTotal& step) {
  return step.at_least() ? std::nullopt : ParseExact(step.mme_per_day());
}

}  // namespace

bool OpioidTherapy::HasLasted(const Exact& days, int64_t at_micros) const {
  return current && started_micros.has_value() && DaysBetween(*started_micros, at_micros) >= days;
}

bool OpioidTherapy::MayHaveLastedLonger(const Exact& days, int64_t at_micros) const {
  if (!current) return false;
  return may_be_older || !started_micros.has_value() || DaysBetween(*started_micros, at_micros) > days;
}

OpioidTherapy TherapyAt(const v1::MedicationState& state, int64_t at_micros) {
  OpioidTherapy therapy;
  for (const auto& [id, order] : state.in_force()) {
    if (!order.opioid()) continue;
    if (!order.has_started()) {
      therapy.current = therapy.may_be_older = true;
      continue;
    }
    const int64_t started = ToMicros(order.started());
    if (started > at_micros) continue;
    therapy.current = true;
    therapy.started_micros = std::min(therapy.started_micros.value_or(started), started);
  }
  if (!therapy.started_micros.has_value()) return therapy;
  // Newest end first: each use that reaches back from what is known by then makes it longer.
  std::vector<std::pair<int64_t, int64_t>> uses;
  for (const v1::OpioidUse& use : state.past_opioid_uses()) {
    if (use.has_started() && use.has_ended()) uses.emplace_back(ToMicros(use.ended()), ToMicros(use.started()));
  }
  std::ranges::sort(uses, std::greater{});
  for (const auto& [ended, started] : uses) {
    if (ended < *therapy.started_micros - kTherapyGapDays * kMicrosPerDay) break;
    therapy.started_micros = std::min(*therapy.started_micros, started);
  }
  return therapy;
}

std::optional<Exact> DailyMmeAt(const v1::MedicationState& state, int64_t at_micros) {
  const auto steps = StepsUpTo(state, at_micros);
  return steps.empty() ? std::nullopt : Whole(*steps.back());
}

std::optional<int64_t> LastRise(const v1::MedicationState& state, int64_t at_micros) {
  const auto steps = StepsUpTo(state, at_micros);
  for (size_t i = steps.size(); i-- > 1;) {
    const std::optional<Exact> before = Whole(*steps[i - 1]), after = Whole(*steps[i]);
    if (before && after && *before > 0 && *after > *before) return ToMicros(steps[i]->from());
  }
  return std::nullopt;
}

}  // namespace anamnesis::medication
