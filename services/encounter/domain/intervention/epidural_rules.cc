// Epidural steroid injections.
#include <algorithm>
#include <set>

#include "base/clock.h"
#include "services/encounter/domain/intervention/rules.h"
#include "services/encounter/domain/intervention/time_span.h"

namespace anamnesis::encounter {
namespace {

bool IsEpidural(const v1::InterventionPlan& plan) {
  return plan.kind() == v1::INTERVENTION_KIND_EPIDURAL_STEROID_INJECTION;
}

// Earlier ones of which `wanted` holds.
template <class Wanted>
std::vector<Past> Earlier(const Case& asked, Wanted wanted) {
  return PerformedUntil(asked.state, asked.at_micros, asked.id,
                        [&](const v1::InterventionPlan& plan) { return IsEpidural(plan) && wanted(plan); });
}

std::vector<Past> EarlierInRegion(const Case& asked) {
  return Earlier(asked, [&](const v1::InterventionPlan& plan) { return plan.region() == asked.plan.region(); });
}

bool SameDay(const Case& asked, const Past& past) {
  return past.at.has_value() && DayOf(*past.at) == DayOf(asked.at_micros);
}

}  // namespace

void EpiduralPainDuration(const Case& asked, Findings& findings) {
  constexpr char kRule[] = "epidural-pain-duration";
  if (!IsEpidural(asked.plan) || asked.rules.Setting(kRule) == nullptr) return;
  if (!asked.plan.has_pain_since()) {
    Raise(asked.rules, kRule, "Since when the pain has lasted is not documented.", {}, findings);
    return;
  }
  const int64_t since = ToMicros(asked.plan.pain_since());
  if (asked.at_micros >= since + asked.rules.Limit(kRule, "weeks") * kMicrosPerWeek) return;
  Raise(asked.rules, kRule, "The pain has not lasted long enough for an epidural steroid injection.", {}, findings,
        {Number("days", (asked.at_micros - since) / kMicrosPerDay)});
}

void EpiduralGuidance(const Case& asked, Findings& findings) {
  if (!IsEpidural(asked.plan) || asked.performance == nullptr) return;
  const v1::InterventionPerformance& done = *asked.performance;
  const bool guided = done.guidance() != v1::IMAGE_GUIDANCE_UNSPECIFIED && done.guidance() != v1::IMAGE_GUIDANCE_NONE;
  const bool contrast = std::ranges::any_of(
      done.agents(), [](const v1::AgentGiven& agent) { return agent.role() == v1::AGENT_ROLE_CONTRAST; });
  if (guided && contrast) return;
  Raise(asked.rules, "epidural-guidance", "Image guidance with contrast is not recorded.", {}, findings);
}

void EpiduralLevels(const Case& asked, Findings& findings) {
  constexpr char kRule[] = "epidural-levels";
  if (!IsEpidural(asked.plan) || asked.rules.Setting(kRule) == nullptr) return;
  const v1::EpiduralApproach approach = asked.plan.approach();
  const bool caudal = approach == v1::EPIDURAL_APPROACH_CAUDAL;
  if (approach == v1::EPIDURAL_APPROACH_UNSPECIFIED || (asked.plan.levels().empty() && !caudal)) {
    Raise(asked.rules, kRule, "The approach or the level of an epidural injection is not said.", {}, findings);
    return;
  }
  std::set<std::string> levels(asked.plan.levels().begin(), asked.plan.levels().end());
  std::vector<std::string> facts;
  for (const Past& past : EarlierInRegion(asked)) {
    if (!SameDay(asked, past) || past.plan().approach() != approach) continue;
    levels.insert(past.plan().levels().begin(), past.plan().levels().end());
    facts.push_back(FactOf(past));
  }
  const bool transforaminal = approach == v1::EPIDURAL_APPROACH_TRANSFORAMINAL;
  const auto count = static_cast<int64_t>(levels.size());
  if (count <= asked.rules.Limit(kRule, transforaminal ? "transforaminal" : "other")) return;
  Raise(asked.rules, kRule, "More levels in one session than the approach allows.", facts, findings,
        {Number("levels", count)});
}

void EpiduralOneRegion(const Case& asked, Findings& findings) {
  if (!IsEpidural(asked.plan)) return;
  std::vector<std::string> facts;
  for (const Past& past :
       Earlier(asked, [&](const v1::InterventionPlan& plan) { return plan.region() != asked.plan.region(); })) {
    if (SameDay(asked, past)) facts.push_back(FactOf(past));
  }
  if (facts.empty()) return;
  Raise(asked.rules, "epidural-one-region", "Another region had an epidural injection in the same session.", facts,
        findings);
}

void EpiduralSessions(const Case& asked, Findings& findings) {
  constexpr char kRule[] = "epidural-sessions";
  if (!IsEpidural(asked.plan) || asked.rules.Setting(kRule) == nullptr) return;
  const Sessions sessions = SessionsWithin(EarlierInRegion(asked), asked.at_micros, asked.rules.Limit(kRule, "months"));
  if (sessions.count <= asked.rules.Limit(kRule, "sessions")) return;
  Raise(asked.rules, kRule, "More epidural sessions in the region within the time than the table allows.", {}, findings,
        {Number("sessions", sessions.count, sessions.at_least)});
}

void EpiduralRepeatRelief(const Case& asked, Findings& findings) {
  constexpr char kRule[] = "epidural-repeat-relief";
  if (!IsEpidural(asked.plan) || asked.rules.Setting(kRule) == nullptr) return;
  std::vector<Past> earlier = EarlierInRegion(asked);
  std::erase_if(earlier, [&](const Past& past) { return SameDay(asked, past); });
  if (earlier.empty()) return;
  const auto percent = static_cast<uint32_t>(asked.rules.Limit(kRule, "relief_percent"));
  if (ReliefHeld(earlier.back(), percent * 100, asked.rules.Limit(kRule, "months"))) return;
  Raise(asked.rules, kRule, "The last epidural injection in the region is not known to have given enough relief.",
        {FactOf(earlier.back())}, findings);
}

}  // namespace anamnesis::encounter
