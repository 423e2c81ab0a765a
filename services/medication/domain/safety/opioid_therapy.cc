#include "services/medication/domain/safety/opioid_therapy.h"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "base/clock.h"

namespace anamnesis::medication {
namespace {

Exact DaysBetween(int64_t from_micros, int64_t to_micros) {
  return Exact(to_micros - from_micros) / Exact(kMicrosPerDay);
}

// What the day came to from an instant on. Refers to the state.
struct Step {
  int64_t from_micros;
  const std::string* mme_per_day;
  bool at_least;

  // Nothing where it is not known whole. Few of the steps are asked for it, so none is read before.
  std::optional<Exact> Whole() const { return at_least ? std::nullopt : ParseExact(*mme_per_day); }
};

template <class Total>
Step StepOf(const Total& total) {
  return {ToMicros(total.from()), &total.mme_per_day(), total.at_least()};
}

// The steps up to the instant, oldest first; of several as of one instant, as recorded. What was to come after a total
// holds until another one is recorded as of that instant or an earlier one.
std::vector<Step> StepsUpTo(const v1::MedicationState& state, int64_t at_micros) {
  std::vector<const v1::DailyMmeTotal*> recorded;
  for (const v1::DailyMmeTotal& total : state.daily_mme()) {
    if (total.has_from() && ToMicros(total.from()) <= at_micros) recorded.push_back(&total);
  }
  std::ranges::stable_sort(recorded, {}, [](const v1::DailyMmeTotal* total) { return ToMicros(total->from()); });
  std::vector<Step> steps;
  for (size_t i = 0; i < recorded.size(); ++i) {
    steps.push_back(StepOf(*recorded[i]));
    const int64_t until = i + 1 < recorded.size() ? ToMicros(recorded[i + 1]->from()) : at_micros + 1;
    for (const v1::LaterMmeTotal& later : recorded[i]->later()) {
      if (ToMicros(later.from()) < until) steps.push_back(StepOf(later));
    }
  }
  return steps;
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
  return steps.empty() ? std::nullopt : steps.back().Whole();
}

std::optional<int64_t> LastRise(const v1::MedicationState& state, int64_t at_micros) {
  const auto steps = StepsUpTo(state, at_micros);
  for (size_t i = steps.size(); i-- > 1;) {
    const std::optional<Exact> before = steps[i - 1].Whole(), after = steps[i].Whole();
    if (before && after && *before > 0 && *after > *before) return steps[i].from_micros;
  }
  return std::nullopt;
}

}  // namespace anamnesis::medication
