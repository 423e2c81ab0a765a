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

// Whether more than a suspicion is known of it, or nothing is said.
bool IsEstablished(const v1::KnownProblem& problem) {
  return problem.verification() == patient::v1::VERIFICATION_CONFIRMED ||
         problem.verification() == patient::v1::VERIFICATION_UNSPECIFIED;
}

// The first problem of the kind that `counts`.
template <class Counts>
std::optional<std::string> FindCondition(const v1::PatientFacts& patient, v1::ConditionKind kind, const RuleBook& rules,
                                         const Counts& counts) {
  for (const v1::KnownProblem& problem : patient.problems()) {
    if ((!problem.active() && !rules.CountsWhenOver(kind)) || !counts(problem)) continue;
    for (const clinical::v1::Coding& coding : problem.codings()) {
      if (rules.IsCondition(coding, kind)) return "problem/" + problem.id();
    }
  }
  return std::nullopt;
}

}  // namespace

std::optional<std::string> ConditionOf(const v1::PatientFacts& patient, v1::ConditionKind kind, const RuleBook& rules) {
  return FindCondition(patient, kind, rules, [](const v1::KnownProblem&) { return true; });
}

std::optional<Egfr> EgfrAt(const v1::EncounterFacts& encounters, const RuleBook& rules, int64_t at_micros) {
  const v1::KnownFiltration* newest = nullptr;
  for (const v1::KnownFiltration& known : encounters.filtrations()) {
    const bool is_egfr =
        std::ranges::any_of(known.codings(), [&](const clinical::v1::Coding& coding) { return rules.IsEgfr(coding); });
    if (!is_egfr || !known.has_time() || ToMicros(known.time()) > at_micros) continue;
    if (!ParseExact(known.value().value())) continue;  // Says nothing, and so does not outdate what does.
    if (newest == nullptr || ToMicros(known.time()) >= ToMicros(newest->time())) newest = &known;
  }
  if (newest == nullptr || newest->value().comparator().starts_with(">")) return std::nullopt;
  return Egfr{.value = *ParseExact(newest->value().value()),
              .less = newest->value().comparator() == "<",
              .fact = "observation/" + newest->id()};
}

std::optional<std::string> ExemptionOf(const v1::PatientFacts& patient, const RuleBook& rules, int64_t at_micros) {
  for (const v1::ConditionKind kind : kExempt) {
    if (auto fact = FindCondition(patient, kind, rules, IsEstablished)) return fact;
  }
  if (IsChild(patient.birth_date(), at_micros)) return "patient";
  return std::nullopt;
}

}  // namespace anamnesis::medication
