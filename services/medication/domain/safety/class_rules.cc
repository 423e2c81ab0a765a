// Rules about classes of medicines together, as the table `opioid-safety` sets them.
#include <algorithm>
#include <array>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "services/medication/domain/safety/conditions.h"
#include "services/medication/domain/safety/rules.h"

namespace anamnesis::medication {
namespace {

using Classes = std::span<const v1::DrugClass>;

constexpr std::array kOpioid = {v1::DRUG_CLASS_OPIOID_FULL, v1::DRUG_CLASS_OPIOID_PARTIAL, v1::DRUG_CLASS_OPIOID_MIXED};
constexpr std::array kDepressant = {v1::DRUG_CLASS_BENZODIAZEPINE, v1::DRUG_CLASS_OTHER_CNS_DEPRESSANT};
constexpr std::array kGabapentinoid = {v1::DRUG_CLASS_GABAPENTINOID};
constexpr std::array kNsaid = {v1::DRUG_CLASS_NSAID};
constexpr std::array kAnticoagulant = {v1::DRUG_CLASS_ANTICOAGULANT};
constexpr std::array kSerotonergic = {v1::DRUG_CLASS_SNRI, v1::DRUG_CLASS_TCA};
constexpr std::array kSerotonergicOpioid = {v1::DRUG_CLASS_SEROTONERGIC_OPIOID};
constexpr std::array kAcetaminophen = {v1::DRUG_CLASS_ACETAMINOPHEN};

// Classes of which one medicine is enough.
constexpr std::array kOneIsEnough = {
    v1::DRUG_CLASS_NSAID, v1::DRUG_CLASS_MUSCLE_RELAXANT, v1::DRUG_CLASS_GABAPENTINOID,  v1::DRUG_CLASS_SNRI,
    v1::DRUG_CLASS_TCA,   v1::DRUG_CLASS_BENZODIAZEPINE,  v1::DRUG_CLASS_CORTICOSTEROID, v1::DRUG_CLASS_ANTICOAGULANT};

struct Combination {
  std::string_view rule_id;
  Classes these;
  Classes those;
  std::string_view message;
};

constexpr std::array kCombinations = {
    Combination{
                "opioid-cns-depressant", kOpioid,        kDepressant,
                "An opioid together with a benzodiazepine or another depressant of the central nervous system can stop the "
        "breath."                                                                                          },
    Combination{"gabapentinoid-opioid",  kGabapentinoid, kOpioid,
                "A gabapentinoid together with an opioid can depress breathing."                           },
    Combination{"nsaid-anticoagulant",   kNsaid,         kAnticoagulant,
                "A non-steroidal anti-inflammatory drug together with an anticoagulant can cause bleeding."},
    Combination{"serotonin",             kSerotonergic,  kSerotonergicOpioid,
                "Two medicines that act on serotonin can cause a serotonin syndrome."                      },
};

// Over all products, with the orders that it comes from.
struct DailyAcetaminophen {
  AtLeast total;  // Milligrams a day.
  std::vector<std::string> facts;
};

DailyAcetaminophen AcetaminophenOf(const Regimen& regimen, const RuleBook& rules) {
  DailyAcetaminophen daily;
  for (const Medicine& medicine : regimen.medicines) {
    for (const IngredientUse& use : medicine.uses) {
      if (!rules.IsOf(use.rxnorm, v1::DRUG_CLASS_ACETAMINOPHEN)) continue;
      daily.total += use.mg_per_day;
      if (daily.facts.empty() || daily.facts.back() != FactOf(medicine)) daily.facts.push_back(FactOf(medicine));
    }
  }
  return daily;
}

}  // namespace

void Combinations(const Proposal& proposal, const Regimen& regimen, Alerts& alerts) {
  for (const Combination& combination : kCombinations) {
    // The proposed one may be of both kinds by itself.
    for (const Medicine& other : regimen.medicines) {
      const bool together =
          (regimen.proposed().IsOf(combination.these, proposal.rules) &&
           other.IsOf(combination.those, proposal.rules)) ||
          (regimen.proposed().IsOf(combination.those, proposal.rules) && other.IsOf(combination.these, proposal.rules));
      if (together) Raise(proposal.rules, combination.rule_id, combination.message, {FactOf(other)}, alerts);
    }
  }
}

void NsaidUlcer(const Proposal& proposal, const Regimen& regimen, Alerts& alerts) {
  if (!regimen.proposed().IsOf(kNsaid, proposal.rules)) return;
  const auto ulcer = ConditionOf(proposal.facts.patient(), v1::CONDITION_KIND_PEPTIC_ULCER, proposal.rules);
  if (!ulcer) return;
  Raise(proposal.rules, "nsaid-ulcer", "A non-steroidal anti-inflammatory drug can make an ulcer bleed.", {*ulcer},
        alerts);
}

void NsaidEgfr(const Proposal& proposal, const Regimen& regimen, Alerts& alerts) {
  constexpr std::string_view kRule = "nsaid-egfr";
  if (proposal.rules.Setting(kRule) == nullptr || !regimen.proposed().IsOf(kNsaid, proposal.rules)) return;
  const auto egfr = EgfrAt(proposal.facts.encounters(), proposal.rules, proposal.at_micros);
  if (!egfr) return;
  const Exact limit = proposal.rules.Limit(kRule, "egfr");
  if (egfr->value > limit || (egfr->value == limit && !egfr->less)) return;
  Raise(proposal.rules, kRule, "A non-steroidal anti-inflammatory drug can harm kidneys that filter little.",
        {egfr->fact}, alerts, {Number("egfr", {egfr->value, true})});
}

void DuplicateClass(const Proposal& proposal, const Regimen& regimen, Alerts& alerts) {
  for (const Medicine& other : regimen.others()) {
    if (regimen.proposed().SharesIngredientWith(other)) continue;  // `duplicate-order` says that.
    const bool same = std::ranges::any_of(kOneIsEnough, [&](v1::DrugClass drug_class) {
      return regimen.proposed().IsOf({&drug_class, 1}, proposal.rules) && other.IsOf({&drug_class, 1}, proposal.rules);
    });
    if (same) {
      Raise(proposal.rules, "duplicate-class", "The patient takes another medicine of the same class already.",
            {FactOf(other)}, alerts);
    }
  }
}

void AcetaminophenDaily(const Proposal& proposal, const Regimen& regimen, Alerts& alerts) {
  if (!regimen.proposed().IsOf(kAcetaminophen, proposal.rules)) return;
  const DailyAcetaminophen peak =
      PeakOf(proposal, regimen, [&](const Regimen& taken) { return AcetaminophenOf(taken, proposal.rules); });
  const rpc::v1::NamedNumber number = Number("mg_per_day", peak.total);
  if (proposal.rules.Setting("acetaminophen-daily") != nullptr &&
      peak.total.known > proposal.rules.Limit("acetaminophen-daily", "mg_per_day")) {
    Raise(proposal.rules, "acetaminophen-daily",
          "Over all products the day's acetaminophen is more than the liver may be given.", peak.facts, alerts,
          {number});
  } else if (!peak.total.complete) {
    Raise(proposal.rules, "acetaminophen-unknown", "A part of the day's acetaminophen cannot be computed.", peak.facts,
          alerts, {number});
  }
}

}  // namespace anamnesis::medication
