#include "services/medication/domain/safety/conditions.h"

#include <algorithm>

#include "base/civil_day.h"
#include "base/clock.h"

namespace anamnesis::medication {
namespace {

constexpr int kAdultYears = 18;

constexpr v1::ConditionKind kExempt[] = {v1::CONDITION_KIND_CANCER, v1::CONDITION_KIND_PALLIATIVE_CARE,
                                         v1::CONDITION_KIND_SICKLE_CELL};

// What is not known of the date is taken as early as it can be, so that only those are children who surely are.
bool IsChild(const clinical::v1::PartialDate& birth, int64_t at_micros) {
  if (birth.year() == 0) return false;
  const auto birthday =
      DayBegin(static_cast<int>(birth.year()) + kAdultYears, std::max(birth.month(), 1u), std::max(birth.day(), 1u));
  return birthday.has_value() && at_micros < *birthday;
}

}  // namespace

std::optional<std::string> ConditionOf(const v1::PatientFacts& patient, v1::ConditionKind kind, const RuleBook& rules) {
  const auto found = std::ranges::find_if(patient.problems(), [&](const v1::KnownProblem& problem) {
    return (problem.active() || rules.CountsWhenOver(kind)) &&
           std::ranges::any_of(problem.codings(),
                               [&](const clinical::v1::Coding& coding) { return rules.IsCondition(coding, kind); });
  });
  if (found == patient.problems().end()) return std::nullopt;
  return "problem/" + found->id();
}

std::optional<Egfr> EgfrAt(const v1::EncounterFacts& encounters, const RuleBook& rules, int64_t at_micros) {
  const v1::KnownFiltration* newest = nullptr;
  for (const v1::KnownFiltration& known : encounters.filtrations()) {
    const bool is_egfr =
        std::ranges::any_of(known.codings(), [&](const clinical::v1::Coding& coding) { return rules.IsEgfr(coding); });
    if (!is_egfr || !known.has_time() || ToMicros(known.time()) > at_micros) continue;
    if (newest == nullptr || ToMicros(known.time()) >= ToMicros(newest->time())) newest = &known;
  }
  if (newest == nullptr || newest->value().comparator().starts_with(">")) return std::nullopt;
  const std::optional<Exact> value = ParseExact(newest->value().value());
  if (!value) return std::nullopt;
  return Egfr{*value, "observation/" + newest->id()};
}

std::optional<std::string> ExemptionOf(const v1::PatientFacts& patient, const RuleBook& rules, int64_t at_micros) {
  for (const v1::ConditionKind kind : kExempt) {
    if (auto fact = ConditionOf(patient, kind, rules)) return fact;
  }
  if (IsChild(patient.birth_date(), at_micros)) return "patient";
  return std::nullopt;
}

}  // namespace anamnesis::medication
