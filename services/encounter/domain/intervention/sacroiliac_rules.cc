// Sacroiliac joint injections.
#include <algorithm>

#include "services/encounter/domain/intervention/rules.h"
#include "services/encounter/domain/intervention/time_span.h"

namespace anamnesis::encounter {
namespace {

bool IsSacroiliac(const v1::InterventionPlan& plan) {
  return plan.kind() == v1::INTERVENTION_KIND_SACROILIAC_JOINT_INJECTION;
}
bool IsDiagnostic(const v1::InterventionPlan& plan) {
  return IsSacroiliac(plan) && plan.purpose() == v1::INTERVENTION_PURPOSE_DIAGNOSTIC;
}
bool IsTherapeutic(const v1::InterventionPlan& plan) {
  return IsSacroiliac(plan) && !IsDiagnostic(plan);
}

// Whether what was done there tells of the side that is planned.
bool Covers(const v1::InterventionPlan& earlier, const v1::InterventionPlan& plan) {
  return earlier.side() == plan.side() || earlier.side() == v1::LATERALITY_BILATERAL;
}

void RaiseSessions(const Case& asked, std::string_view rule_id, std::string_view message, const Sessions& sessions,
                   Findings& findings) {
  if (sessions.count <= asked.rules.Limit(rule_id, "sessions")) return;
  Raise(asked.rules, rule_id, message, {}, findings, {Number("sessions", sessions.count, sessions.at_least)});
}

}  // namespace

void SacroiliacDiagnosticSessions(const Case& asked, Findings& findings) {
  constexpr char kRule[] = "sacroiliac-diagnostic-sessions";
  if (!IsDiagnostic(asked.plan) || asked.rules.Setting(kRule) == nullptr) return;
  RaiseSessions(asked, kRule, "More diagnostic sacroiliac sessions than the table allows.",
                AllSessions(PerformedUntil(asked.state, asked.at_micros, asked.id, IsDiagnostic), asked.at_micros),
                findings);
}

void SacroiliacDiagnosticRelief(const Case& asked, Findings& findings) {
  constexpr char kRule[] = "sacroiliac-diagnostic-relief";
  if (!IsTherapeutic(asked.plan) || asked.rules.Setting(kRule) == nullptr) return;
  const auto relief = static_cast<uint32_t>(asked.rules.Limit(kRule, "relief_percent") * 100);
  const auto earlier = PerformedUntil(asked.state, asked.at_micros, asked.id, [&](const v1::InterventionPlan& plan) {
    return IsDiagnostic(plan) && Covers(plan, asked.plan);
  });
  if (std::ranges::any_of(earlier, [&](const Past& past) { return BestRelief(*past.entry).value_or(0) >= relief; })) {
    return;
  }
  std::vector<std::string> facts;
  for (const Past& past : earlier) facts.push_back(FactOf(past));
  Raise(asked.rules, kRule, "No diagnostic sacroiliac injection of the side is known to have given enough relief.",
        facts, findings);
}

void SacroiliacRepeatRelief(const Case& asked, Findings& findings) {
  constexpr char kRule[] = "sacroiliac-repeat-relief";
  if (!IsTherapeutic(asked.plan) || asked.rules.Setting(kRule) == nullptr) return;
  std::vector<Past> earlier =
      PerformedUntil(asked.state, asked.at_micros, asked.id, [&](const v1::InterventionPlan& plan) {
        return IsTherapeutic(plan) && (Covers(plan, asked.plan) || Covers(asked.plan, plan));
      });
  std::erase_if(earlier,
                [&](const Past& past) { return past.at.has_value() && DayOf(*past.at) == DayOf(asked.at_micros); });
  if (earlier.empty()) return;
  const auto relief = static_cast<uint32_t>(asked.rules.Limit(kRule, "relief_percent") * 100);
  if (ReliefHeld(earlier.back(), relief, asked.rules.Limit(kRule, "months"))) return;
  Raise(asked.rules, kRule, "The last sacroiliac treatment of the side is not known to have given enough relief.",
        {FactOf(earlier.back())}, findings);
}

void SacroiliacTherapeuticSessions(const Case& asked, Findings& findings) {
  constexpr char kRule[] = "sacroiliac-therapeutic-sessions";
  if (!IsTherapeutic(asked.plan) || asked.rules.Setting(kRule) == nullptr) return;
  RaiseSessions(asked, kRule, "More therapeutic sacroiliac sessions within the time than the table allows.",
                SessionsWithin(PerformedUntil(asked.state, asked.at_micros, asked.id, IsTherapeutic), asked.at_micros,
                               asked.rules.Limit(kRule, "months")),
                findings);
}

}  // namespace anamnesis::encounter
