// What is checked before any intervention, and who may do it.
#include <algorithm>

#include "base/clock.h"
#include "services/encounter/domain/intervention/rules.h"

namespace anamnesis::encounter {
namespace {

const v1::SafetyChecks& ChecksOf(const Case& asked) {
  return asked.checks == nullptr ? v1::SafetyChecks::default_instance() : *asked.checks;
}

v1::ImageGuidance GuidanceOf(const Case& asked) {
  return asked.performance == nullptr ? asked.plan.guidance() : asked.performance->guidance();
}

bool IsGiven(const v1::InterventionPerformance& done, v1::AgentRole role) {
  return std::ranges::any_of(done.agents(), [&](const v1::AgentGiven& agent) { return agent.role() == role; });
}

// Whether it is used; at the time-out, whether it may be.
bool IsUsed(const Case& asked, v1::Allergen allergen) {
  switch (allergen) {
    case v1::ALLERGEN_CONTRAST:
      if (asked.performance != nullptr) return IsGiven(*asked.performance, v1::AGENT_ROLE_CONTRAST);
      return asked.plan.kind() == v1::INTERVENTION_KIND_EPIDURAL_STEROID_INJECTION ||
             GuidanceOf(asked) == v1::IMAGE_GUIDANCE_FLUOROSCOPY || GuidanceOf(asked) == v1::IMAGE_GUIDANCE_CT;
    case v1::ALLERGEN_LOCAL_ANAESTHETIC:
      return asked.performance == nullptr || IsGiven(*asked.performance, v1::AGENT_ROLE_LOCAL_ANAESTHETIC);
    default:
      return true;  // Gloves and stoppers are everywhere.
  }
}

struct Checked {
  v1::Allergen allergen;
  v1::AllergyCheck (v1::SafetyChecks::*check)() const;
};
constexpr Checked kChecked[] = {
    {v1::ALLERGEN_CONTRAST,          &v1::SafetyChecks::contrast_allergy         },
    {v1::ALLERGEN_LOCAL_ANAESTHETIC, &v1::SafetyChecks::local_anaesthetic_allergy},
    {v1::ALLERGEN_LATEX,             &v1::SafetyChecks::latex_allergy            },
};

// Why the hold is not documented; empty where it is.
std::string_view HoldProblem(const v1::AnticoagulantReview& review, v1::BleedingRisk least, int64_t at_micros) {
  if (review.risk() == v1::BLEEDING_RISK_UNSPECIFIED || review.decision() == v1::ANTICOAGULANT_DECISION_UNSPECIFIED) {
    return "The bleeding risk, or what was decided about anticoagulants, is not documented.";
  }
  if (review.decision() == v1::ANTICOAGULANT_DECISION_CONTINUED &&
      std::max(review.risk(), least) >= v1::BLEEDING_RISK_INTERMEDIATE) {
    return "An anticoagulant is continued in spite of an intermediate or high bleeding risk.";
  }
  if (review.decision() == v1::ANTICOAGULANT_DECISION_HELD &&
      (review.held().empty() ||
       std::ranges::any_of(review.held(), [](const v1::HeldMedicine& held) { return !held.has_last_taken(); }))) {
    return "Which anticoagulant was held, or when it was last taken, is not documented.";
  }
  if (review.decision() == v1::ANTICOAGULANT_DECISION_HELD &&
      std::ranges::any_of(review.held(),
                          [&](const v1::HeldMedicine& held) { return ToMicros(held.last_taken()) > at_micros; })) {
    return "An anticoagulant that is said to be held is to be taken before.";
  }
  return {};
}

}  // namespace

void PerformerPrivilege(const Case& asked, Findings& findings) {
  if (asked.privileged) return;
  Raise(asked.rules, "performer-privilege", "The performer has no current privilege for this kind and place.", {},
        findings);
}

void AnticoagulantHold(const Case& asked, Findings& findings) {
  const v1::BleedingRisk least = asked.rules.RiskOf(asked.plan.kind());
  const v1::AnticoagulantReview& review = ChecksOf(asked).anticoagulants();
  const std::string_view problem = HoldProblem(review, least, asked.at_micros);
  if (problem.empty()) return;
  Raise(asked.rules, "anticoagulant-hold", problem, {}, findings,
        {Number("bleeding_risk", std::max(review.risk(), least))});
}

void AllergyChecked(const Case& asked, Findings& findings) {
  const v1::SafetyChecks& checks = ChecksOf(asked);
  const bool all = std::ranges::all_of(
      kChecked, [&](const Checked& checked) { return (checks.*checked.check)() != v1::ALLERGY_CHECK_UNSPECIFIED; });
  if (all) return;
  Raise(asked.rules, "allergy-check", "Allergies to contrast, local anaesthetics and latex were not all checked.", {},
        findings);
}

void AllergyPresent(const Case& asked, Findings& findings) {
  const v1::SafetyChecks& checks = ChecksOf(asked);
  std::vector<std::string> facts;
  bool present = false;
  for (const Checked& checked : kChecked) {
    if (!IsUsed(asked, checked.allergen)) continue;
    present = present || (checks.*checked.check)() == v1::ALLERGY_CHECK_PRESENT;
    for (const v1::KnownAllergy& allergy : asked.facts.allergies()) {
      const bool named = std::ranges::any_of(allergy.codings(), [&](const clinical::v1::Coding& coding) {
        return asked.rules.Names(coding, checked.allergen);
      });
      if (named && allergy.holds()) facts.push_back("allergy/" + allergy.id());
    }
  }
  if (!present && facts.empty()) return;
  Raise(asked.rules, "allergy-present", "The patient is allergic to something that is used or may be.", facts,
        findings);
}

void PregnancyKnown(const Case& asked, Findings& findings) {
  if (GuidanceOf(asked) != v1::IMAGE_GUIDANCE_FLUOROSCOPY) return;
  const v1::PregnancyStatus status = ChecksOf(asked).pregnancy();
  if (status == v1::PREGNANCY_STATUS_NOT_PREGNANT || status == v1::PREGNANCY_STATUS_NOT_APPLICABLE) return;
  Raise(asked.rules, "pregnancy-status",
        status == v1::PREGNANCY_STATUS_PREGNANT ? "The patient is pregnant and fluoroscopy is used."
                                                : "Fluoroscopy is used and the pregnancy status is not documented.",
        {}, findings);
}

}  // namespace anamnesis::encounter
