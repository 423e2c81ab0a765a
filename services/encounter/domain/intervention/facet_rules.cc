// Facets: medial branch blocks, then ablation.
#include <algorithm>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "services/encounter/domain/intervention/rules.h"
#include "services/encounter/domain/intervention/time_span.h"

namespace anamnesis::encounter {
namespace {

bool IsAblation(const v1::InterventionPlan& plan) {
  return plan.kind() == v1::INTERVENTION_KIND_RADIOFREQUENCY_ABLATION;
}

bool IsDiagnosticFacet(const v1::InterventionPlan& plan) {
  return plan.kind() == v1::INTERVENTION_KIND_MEDIAL_BRANCH_BLOCK ||
         (plan.kind() == v1::INTERVENTION_KIND_FACET_JOINT_INJECTION &&
          plan.purpose() != v1::INTERVENTION_PURPOSE_THERAPEUTIC);
}

// Where facet joints are.
bool IsSpinal(v1::BodyRegion region) {
  return region == v1::BODY_REGION_CERVICAL || region == v1::BODY_REGION_THORACIC || region == v1::BODY_REGION_LUMBAR;
}

bool SharesSide(const v1::InterventionPlan& a, const v1::InterventionPlan& b) {
  return a.side() == b.side() || a.side() == v1::LATERALITY_BILATERAL || b.side() == v1::LATERALITY_BILATERAL;
}

// Whether they have a level in common; levels that are not said may be any.
bool MayShareLevel(const v1::InterventionPlan& a, const v1::InterventionPlan& b) {
  if (a.levels().empty() || b.levels().empty()) return true;
  return std::ranges::any_of(
      a.levels(), [&](const std::string& level) { return std::ranges::find(b.levels(), level) != b.levels().end(); });
}

// Earlier ablations of a level that is to be ablated, on the same side.
std::vector<Past> EarlierAblations(const Case& asked) {
  return PerformedUntil(asked.state, asked.at_micros, asked.id, [&](const v1::InterventionPlan& plan) {
    return IsAblation(plan) && plan.region() == asked.plan.region() && SharesSide(plan, asked.plan) &&
           MayShareLevel(plan, asked.plan);
  });
}

// Left and right where both are meant.
std::vector<v1::Laterality> SidesOf(v1::Laterality side) {
  if (side != v1::LATERALITY_BILATERAL) return {side};
  return {v1::LATERALITY_LEFT, v1::LATERALITY_RIGHT};
}

// Whether every level is known and was ablated on every side.
bool WereAllAblated(const Case& asked, const std::vector<Past>& ablations) {
  if (asked.plan.levels().empty()) return false;
  std::set<std::pair<v1::Laterality, std::string>> ablated;
  for (const Past& past : ablations) {
    for (const v1::Laterality side : SidesOf(past.plan().side())) {
      for (const std::string& level : past.plan().levels()) ablated.emplace(side, level);
    }
  }
  return std::ranges::all_of(SidesOf(asked.plan.side()), [&](v1::Laterality side) {
    return std::ranges::all_of(asked.plan.levels(), [&](const std::string& level) {
      return ablated.contains({side, level});
    });
  });
}

// Whether both times are known and so many weeks lie between them.
bool AreApart(const Past& first, const Past& second, int64_t weeks) {
  return first.at.has_value() && second.at.has_value() && *second.at - *first.at >= weeks * kMicrosPerWeek;
}

void RaiseSessions(const Case& asked, std::string_view rule_id, std::string_view message, const Sessions& sessions,
                   Findings& findings) {
  if (sessions.count <= asked.rules.Limit(rule_id, "sessions")) return;
  Raise(asked.rules, rule_id, message, {}, findings, {Number("sessions", sessions.count, sessions.at_least)});
}

}  // namespace

void FacetTwoBlocks(const Case& asked, Findings& findings) {
  constexpr char kRule[] = "facet-two-blocks";
  if (!IsAblation(asked.plan) || !IsSpinal(asked.plan.region()) || asked.rules.Setting(kRule) == nullptr) return;
  if (WereAllAblated(asked, EarlierAblations(asked))) return;
  const auto relief = static_cast<uint32_t>(asked.rules.Limit(kRule, "relief_percent") * 100);
  std::vector<Past> blocks =
      PerformedUntil(asked.state, asked.at_micros, asked.id, [&](const v1::InterventionPlan& plan) {
        return plan.kind() == v1::INTERVENTION_KIND_MEDIAL_BRANCH_BLOCK && plan.region() == asked.plan.region() &&
               plan.side() == asked.plan.side() && !plan.levels().empty() &&
               LevelsOf(plan.levels()) == LevelsOf(asked.plan.levels());
      });
  std::erase_if(blocks, [&](const Past& past) { return BestRelief(*past.entry).value_or(0) < relief; });
  const int64_t weeks = asked.rules.Limit(kRule, "weeks");
  for (size_t i = 0; i < blocks.size(); ++i) {
    for (size_t j = i + 1; j < blocks.size(); ++j) {
      if (AreApart(blocks[i], blocks[j], weeks)) return;
    }
  }
  std::vector<std::string> facts;
  for (const Past& block : blocks) facts.push_back(FactOf(block));
  Raise(asked.rules, kRule,
        "Two medial branch blocks on the same levels and side, far enough apart and each with enough relief, are not "
        "recorded.",
        facts, findings, {Number("blocks", static_cast<int64_t>(blocks.size()))});
}

void FacetDiagnosticSessions(const Case& asked, Findings& findings) {
  constexpr char kRule[] = "facet-diagnostic-sessions";
  if (!IsDiagnosticFacet(asked.plan) || asked.rules.Setting(kRule) == nullptr) return;
  const auto earlier = PerformedUntil(asked.state, asked.at_micros, asked.id, [&](const v1::InterventionPlan& plan) {
    return IsDiagnosticFacet(plan) && plan.region() == asked.plan.region();
  });
  RaiseSessions(asked, kRule, "More diagnostic facet sessions in the region within the time than the table allows.",
                SessionsWithin(earlier, asked.at_micros, asked.rules.Limit(kRule, "months")), findings);
}

void AblationRepeat(const Case& asked, Findings& findings) {
  constexpr char kRule[] = "ablation-repeat";
  if (!IsAblation(asked.plan) || asked.rules.Setting(kRule) == nullptr) return;
  std::vector<Past> earlier = EarlierAblations(asked);
  std::erase_if(earlier,
                [&](const Past& past) { return past.at.has_value() && DayOf(*past.at) == DayOf(asked.at_micros); });
  if (earlier.empty()) return;
  const Past& last = earlier.back();
  const int64_t months = asked.rules.Limit(kRule, "months");
  const auto relief = static_cast<uint32_t>(asked.rules.Limit(kRule, "relief_percent") * 100);
  const bool long_ago = last.at.has_value() && asked.at_micros >= AddMonths(*last.at, months);
  if (long_ago && ReliefHeld(last, relief, months)) return;
  Raise(asked.rules, kRule, "The last ablation there is too recent, or is not known to have given enough relief.",
        {FactOf(last)}, findings);
}

void AblationSessions(const Case& asked, Findings& findings) {
  constexpr char kRule[] = "ablation-sessions";
  if (!IsAblation(asked.plan) || asked.rules.Setting(kRule) == nullptr) return;
  const auto earlier = PerformedUntil(asked.state, asked.at_micros, asked.id, [&](const v1::InterventionPlan& plan) {
    return IsAblation(plan) && plan.region() == asked.plan.region();
  });
  RaiseSessions(asked, kRule, "More ablation sessions in the region within the time than the table allows.",
                SessionsWithin(earlier, asked.at_micros, asked.rules.Limit(kRule, "months")), findings);
}

}  // namespace anamnesis::encounter
