// Rules about what is recorded of the patient. But for `facts-stale` and `composition-unknown` they hold whatever the
// tables say.
#include <algorithm>
#include <array>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "services/medication/domain/safety/rules.h"

namespace anamnesis::medication {
namespace {

using clinical::v1::Coding;

// Displays differ between sources; a coding without a code says nothing.
bool SameCode(const Coding& a, const Coding& b) {
  return !a.code().empty() && a.code() == b.code() && a.system() == b.system();
}

// True if the code is the order's medication or one of its ingredients.
bool Contains(const v1::Order& order, const Coding& coding) {
  return std::ranges::any_of(order.medication().codings(), [&](const Coding& own) { return SameCode(own, coding); }) ||
         std::ranges::any_of(order.ingredients(),
                             [&](const v1::Ingredient& own) { return SameCode(own.coding(), coding); });
}

bool SharesSubstance(const v1::Order& order, const v1::Order& other) {
  return std::ranges::any_of(other.medication().codings(),
                             [&](const Coding& coding) { return Contains(order, coding); }) ||
         std::ranges::any_of(other.ingredients(),
                             [&](const v1::Ingredient& ingredient) { return Contains(order, ingredient.coding()); });
}

// Whether the code is one that the rules compare with what is ordered.
bool IsRead(const Coding& coding) {
  return coding.system() == kRxNorm && !coding.code().empty();
}

// True if it is an ingredient that the tables know to be in the product.
bool IsIn(const Medicine& medicine, const Coding& coding) {
  return IsRead(coding) && medicine.Contains(coding.code());
}

// Whether a future exposure must be feared: what is not said to be over or wrong holds.
bool Holds(const v1::KnownAllergy& allergy) {
  if (allergy.verification() == patient::v1::VERIFICATION_REFUTED) return false;
  switch (allergy.clinical_status()) {
    case patient::v1::CLINICAL_STATUS_INACTIVE:
    case patient::v1::CLINICAL_STATUS_REMISSION:
    case patient::v1::CLINICAL_STATUS_RESOLVED:
      return false;
    default:
      return true;
  }
}

// Whether it is to the medication or one of its ingredients.
bool IsTo(const v1::KnownAllergy& allergy, const Proposal& proposal, const Regimen& regimen) {
  return std::ranges::any_of(allergy.codings(), [&](const Coding& coding) {
    return Contains(proposal.order, coding) || IsIn(regimen.proposed(), coding);
  });
}

// That there is none (FHIR's negation codes): no known allergy, of old and of today, to drugs, to food, of
// surroundings.
constexpr std::array<std::string_view, 5> kNoneKnown = {"716186003", "160244002", "409137002", "429625007",
                                                        "428607008"};

// Whether it is said to be to other things than drugs, or to nothing.
bool IsToNoDrug(const v1::KnownAllergy& allergy) {
  const bool none = std::ranges::any_of(allergy.codings(), [](const Coding& coding) {
    return coding.system() == kSnomed && std::ranges::find(kNoneKnown, coding.code()) != kNoneKnown.end();
  });
  if (none) return true;
  return !allergy.categories().empty() && std::ranges::all_of(allergy.categories(), [](const std::string& category) {
    return category == "food" || category == "environment";
  });
}

// The substances of what the code names: an ingredient, or a product that the tables know.
std::vector<std::string> SubstancesOf(const Coding& coding, const RuleBook& rules) {
  if (!IsRead(coding)) return {};
  if (!rules.ClassesOf(coding.code()).empty()) return {coding.code()};
  v1::Order product;
  *product.mutable_medication()->add_codings() = coding;
  std::vector<std::string> substances;
  for (const ActiveIngredient& own : rules.CompositionOf(product).ingredients) substances.push_back(own.rxnorm);
  return substances;
}

// Classes whose members are alike in what they are, so that who reacts to one may react to another; beside the opioids.
// The other classes are alike in what they are for.
constexpr std::array kOfOneKind = {v1::DRUG_CLASS_NSAID,
                                   v1::DRUG_CLASS_GABAPENTINOID,
                                   v1::DRUG_CLASS_SNRI,
                                   v1::DRUG_CLASS_TCA,
                                   v1::DRUG_CLASS_BENZODIAZEPINE,
                                   v1::DRUG_CLASS_CORTICOSTEROID,
                                   v1::DRUG_CLASS_LOCAL_ANAESTHETIC};

bool ShareClass(const std::string& a, const std::string& b, const RuleBook& rules) {
  if (rules.IsOpioid(a) && rules.IsOpioid(b)) return true;
  return std::ranges::any_of(
      kOfOneKind, [&](v1::DrugClass drug_class) { return rules.IsOf(a, drug_class) && rules.IsOf(b, drug_class); });
}

// An alert about one resource. Its text travels in refusals, so it names no drug and no diagnosis.
rpc::v1::Alert MakeAlert(std::string_view rule_id, rpc::v1::AlertSeverity severity, std::string_view message,
                         std::string fact) {
  rpc::v1::Alert alert;
  alert.set_rule_id(std::string(rule_id));
  alert.set_severity(severity);
  alert.set_message(std::string(message));
  alert.add_facts(std::move(fact));
  return alert;
}

// An alert for each allergy that holds and that `matches`: an intolerance warns, anything else blocks.
template <class Matches>
void AlertOfAllergies(std::string_view rule_id, const Proposal& proposal, std::string_view allergic,
                      std::string_view intolerant, Alerts& alerts, const Matches& matches) {
  for (const v1::KnownAllergy& allergy : proposal.facts.patient().allergies()) {
    if (!Holds(allergy) || !matches(allergy)) continue;
    const bool warns = allergy.kind() == patient::v1::ALLERGY_KIND_INTOLERANCE;
    alerts.push_back(MakeAlert(rule_id, warns ? rpc::v1::ALERT_SEVERITY_WARN : rpc::v1::ALERT_SEVERITY_BLOCK,
                               warns ? intolerant : allergic, absl::StrCat("allergy/", allergy.id())));
  }
}

}  // namespace

void AllergyIngredient(const Proposal& proposal, const Regimen& regimen, Alerts& alerts) {
  AlertOfAllergies("allergy-ingredient", proposal,
                   "The patient is allergic to the ordered medication or one of its ingredients.",
                   "The patient does not tolerate the ordered medication or one of its ingredients.", alerts,
                   [&](const v1::KnownAllergy& allergy) { return IsTo(allergy, proposal, regimen); });
}

void AllergyClass(const Proposal& proposal, const Regimen& regimen, Alerts& alerts) {
  const auto is_like = [&](const std::string& substance) {
    return std::ranges::any_of(regimen.proposed().composition.ingredients, [&](const ActiveIngredient& own) {
      return ShareClass(substance, own.rxnorm, proposal.rules);
    });
  };
  AlertOfAllergies("allergy-class", proposal, "The patient is allergic to another medicine of the same class.",
                   "The patient does not tolerate another medicine of the same class.", alerts,
                   [&](const v1::KnownAllergy& allergy) {
                     if (IsTo(allergy, proposal, regimen)) return false;  // `allergy-ingredient` says that.
                     return std::ranges::any_of(allergy.codings(), [&](const Coding& coding) {
                       return std::ranges::any_of(SubstancesOf(coding, proposal.rules), is_like);
                     });
                   });
}

void AllergyUnread(const Proposal& proposal, const Regimen& regimen, Alerts& alerts) {
  for (const v1::KnownAllergy& allergy : proposal.facts.patient().allergies()) {
    if (!Holds(allergy) || IsToNoDrug(allergy) || std::ranges::any_of(allergy.codings(), IsRead)) continue;
    if (IsTo(allergy, proposal, regimen)) continue;  // `allergy-ingredient` says that.
    alerts.push_back(MakeAlert("allergy-unread", rpc::v1::ALERT_SEVERITY_WARN,
                               "An allergy is recorded without a code that the rules compare; look at it.",
                               absl::StrCat("allergy/", allergy.id())));
  }
}

void DuplicateOrder(const Proposal& proposal, const Regimen& regimen, Alerts& alerts) {
  for (const Medicine& other : regimen.others()) {
    if (!SharesSubstance(proposal.order, *other.order) && !regimen.proposed().SharesIngredientWith(other)) continue;
    alerts.push_back(MakeAlert("duplicate-order", rpc::v1::ALERT_SEVERITY_WARN,
                               "Another active order has the same medication or shares an ingredient.", FactOf(other)));
  }
}

void FactsStale(const Proposal& proposal, const Regimen& regimen, Alerts& alerts) {
  constexpr std::string_view kRule = "facts-stale";
  if (proposal.rules.Setting(kRule) == nullptr) return;
  const AtLeast age =
      AtLeast::Of(proposal.age_seconds.has_value() ? std::optional<Exact>(*proposal.age_seconds) : std::nullopt);
  if (age.complete && age.known <= proposal.rules.Limit(kRule, "seconds")) return;
  Raise(proposal.rules, kRule, "What other services know of the patient may have changed since it was last heard of.",
        {FactOf(regimen.proposed())}, alerts, {Number("age_seconds", age)});
}

void CompositionUnknown(const Proposal& proposal, const Regimen& regimen, Alerts& alerts) {
  const auto& ingredients = regimen.proposed().composition.ingredients;
  const bool all_known =
      std::ranges::none_of(ingredients, [](const ActiveIngredient& ingredient) { return ingredient.rxnorm.empty(); });
  if (!ingredients.empty() && all_known) return;
  Raise(proposal.rules, "composition-unknown",
        "It is not known what is in this medication, so that no rule could look at all of it.",
        {FactOf(regimen.proposed())}, alerts);
}

void EncounterVoid(const Proposal& proposal, const Regimen&, Alerts& alerts) {
  const std::string& encounter_id = proposal.order.provenance().encounter_id();
  const auto& void_ids = proposal.facts.encounters().void_ids();
  if (std::ranges::find(void_ids, encounter_id) == void_ids.end()) return;
  alerts.push_back(MakeAlert("encounter-void", rpc::v1::ALERT_SEVERITY_WARN,
                             "The order is written in an encounter that was cancelled or entered in error.",
                             absl::StrCat("encounter/", encounter_id)));
}

}  // namespace anamnesis::medication
