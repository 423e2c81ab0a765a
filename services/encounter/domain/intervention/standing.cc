#include "services/encounter/domain/intervention/standing.h"

#include <algorithm>
#include <limits>

#include "base/clock.h"
#include "services/encounter/domain/intervention/review.h"
#include "services/encounter/domain/intervention/time_span.h"

namespace anamnesis::encounter {
namespace {

constexpr char kDueRule[] = "outcome-due";

// What follows on the plan; nothing where nothing does.
std::optional<v1::InterventionPlan> NextOf(const v1::InterventionPlan& plan) {
  v1::InterventionPlan next = plan;
  switch (plan.kind()) {
    case v1::INTERVENTION_KIND_MEDIAL_BRANCH_BLOCK:
      next.set_kind(v1::INTERVENTION_KIND_RADIOFREQUENCY_ABLATION);
      return next;
    case v1::INTERVENTION_KIND_STIMULATOR_TRIAL:
      next.set_kind(v1::INTERVENTION_KIND_STIMULATOR_IMPLANT);
      return next;
    case v1::INTERVENTION_KIND_PUMP_TRIAL:
      next.set_kind(v1::INTERVENTION_KIND_PUMP_IMPLANT);
      return next;
    case v1::INTERVENTION_KIND_SACROILIAC_JOINT_INJECTION:
      next.set_purpose(v1::INTERVENTION_PURPOSE_THERAPEUTIC);
      return next;
    case v1::INTERVENTION_KIND_EPIDURAL_STEROID_INJECTION:
    case v1::INTERVENTION_KIND_RADIOFREQUENCY_ABLATION:
      return next;
    default:
      return std::nullopt;
  }
}

bool IsDiagnostic(const v1::InterventionPlan& plan) {
  return plan.purpose() == v1::INTERVENTION_PURPOSE_DIAGNOSTIC ||
         plan.kind() == v1::INTERVENTION_KIND_MEDIAL_BRANCH_BLOCK;
}

}  // namespace

std::optional<v1::CourseStanding> StandingOf(const v1::EncounterState& state, const std::string& id,
                                             const v1::PatientFacts& facts, const RuleBook& rules, int64_t at_micros) {
  const v1::InterventionEntry& entry = state.interventions().at(id);
  const std::optional<v1::InterventionPlan> next = NextOf(entry.plan());
  if (!next.has_value() || rules.version() == 0) return std::nullopt;
  v1::CourseStanding standing;
  standing.set_next(next->kind());
  standing.set_eligible(true);
  *standing.mutable_time() = ToTimestamp(at_micros);
  standing.set_table_version(rules.version());
  const std::string none;
  // The next one is another session.
  const int64_t earliest = entry.has_performed_time() ? ToMicros(entry.performed_time()) + kMicrosPerDay : at_micros;
  const Case asked{.id = none,
                   .plan = *next,
                   .state = state,
                   .facts = facts,
                   .rules = rules,
                   .at_micros = std::max(at_micros, earliest)};
  for (const Finding& finding : AskRules(asked, Phase::kPlan)) {
    if (finding.severity < v1::RULE_SEVERITY_BLOCK) continue;
    standing.set_eligible(false);
    standing.add_unmet_rules(finding.alert.rule_id());
  }
  return standing;
}

std::optional<int64_t> FirstOutcomeDue(const v1::InterventionPlan& plan, int64_t performed_micros,
                                       const RuleBook& rules) {
  if (rules.Setting(kDueRule) == nullptr) return std::nullopt;
  return performed_micros +
         rules.Limit(kDueRule, IsDiagnostic(plan) ? "diagnostic_days" : "first_days") * kMicrosPerDay;
}

std::optional<int64_t> NextOutcomeDue(const v1::InterventionEntry& entry, const RuleBook& rules) {
  if (rules.Setting(kDueRule) == nullptr || !entry.has_performed_time()) return std::nullopt;
  if (entry.outcomes().empty()) return FirstOutcomeDue(entry.plan(), ToMicros(entry.performed_time()), rules);
  if (IsDiagnostic(entry.plan())) return std::nullopt;
  int64_t reported_micros = std::numeric_limits<int64_t>::min();
  for (const v1::OutcomeEntry& report : entry.outcomes()) {
    reported_micros = std::max(reported_micros, ToMicros(report.time()));
  }
  const int64_t step = rules.Limit(kDueRule, "every_months");
  for (int64_t months = step; months <= rules.Limit(kDueRule, "last_months"); months += step) {
    const int64_t due = AddMonths(ToMicros(entry.performed_time()), months);
    if (due > reported_micros) return due;
  }
  return std::nullopt;
}

}  // namespace anamnesis::encounter
