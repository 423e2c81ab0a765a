#include "services/medication/domain/safety/opioid_therapy.h"

#include <algorithm>
#include <functional>
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

using Span = std::pair<int64_t, int64_t>;  // To, from: so that the newest end comes first.

// What is left of a span without the time in which its order was on hold. What is unknown of a hold is taken for long.
void AddWithout(const google::protobuf::RepeatedPtrField<v1::Hold>& holds, int64_t from, int64_t to,
                std::vector<Span>& spans) {
  for (const v1::Hold& hold : holds) {
    const int64_t held = hold.has_from() ? ToMicros(hold.from()) : from;
    if (held > from) spans.emplace_back(std::min(held, to), from);
    if (!hold.has_to()) return;
    from = std::max(from, ToMicros(hold.to()));
  }
  if (from <= to) spans.emplace_back(to, from);
}

// When the order is sure to have been taken up to the instant; one without dosages may be taken any time.
void AddTaken(const v1::OrderInForce& order, int64_t at_micros, std::vector<Span>& spans) {
  const int64_t started = ToMicros(order.started());
  if (order.therapy().dosages().empty()) AddWithout(order.holds(), started, at_micros, spans);
  for (const v1::Dosage& dosage : order.therapy().dosages()) {
    const clinical::v1::Period& bounds = dosage.timing().bounds();
    const int64_t from = bounds.has_start() ? std::max(started, ToMicros(bounds.start())) : started;
    const int64_t to = bounds.has_end() ? std::min(at_micros, ToMicros(bounds.end())) : at_micros;
    if (from <= to) AddWithout(order.holds(), from, to, spans);
  }
}

// When what was ordered before was taken.
std::vector<Span> PastUses(const v1::MedicationState& state) {
  std::vector<Span> uses;
  for (const v1::OpioidUse& use : state.past_opioid_uses()) {
    if (use.has_started() && use.has_ended()) uses.emplace_back(ToMicros(use.ended()), ToMicros(use.started()));
  }
  return uses;
}

// The beginning with the spans before it: each that reaches back from what is known by then makes it longer.
int64_t Lengthened(int64_t started_micros, std::vector<Span> spans, int64_t gap_days) {
  std::ranges::sort(spans, std::greater{});
  for (const auto& [ended, started] : spans) {
    if (ended < started_micros - gap_days * kMicrosPerDay) break;
    started_micros = std::min(started_micros, started);
  }
  return started_micros;
}

}  // namespace

bool OpioidTherapy::AreTakenFor(const Exact& days, int64_t at_micros) const {
  return taken_since_micros.has_value() && DaysBetween(*taken_since_micros, at_micros) >= days;
}

bool OpioidTherapy::MayHaveLastedLonger(const Exact& days, int64_t at_micros) const {
  if (!current) return false;
  return may_be_older || !started_micros.has_value() || DaysBetween(*started_micros, at_micros) > days;
}

OpioidTherapy TherapyAt(const v1::MedicationState& state, int64_t at_micros) {
  OpioidTherapy therapy;
  std::vector<Span> taken;
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
    AddTaken(order, at_micros, taken);
  }
  const std::vector<Span> uses = PastUses(state);
  if (therapy.started_micros) therapy.started_micros = Lengthened(*therapy.started_micros, uses, kTherapyGapDays);
  taken.insert(taken.end(), uses.begin(), uses.end());
  if (const int64_t since = Lengthened(at_micros, std::move(taken), kToleranceGapDays); since < at_micros) {
    therapy.taken_since_micros = since;
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
