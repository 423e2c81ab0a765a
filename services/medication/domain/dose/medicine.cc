#include "services/medication/domain/dose/medicine.h"

#include <algorithm>

namespace anamnesis::medication {

bool Medicine::IsOf(std::span<const v1::DrugClass> classes, const RuleBook& rules) const {
  return std::ranges::any_of(composition.ingredients, [&](const ActiveIngredient& ingredient) {
    return rules.IsOf(ingredient.rxnorm, classes);
  });
}

bool Medicine::IsOpioid(const RuleBook& rules) const {
  return std::ranges::any_of(composition.ingredients,
                             [&](const ActiveIngredient& ingredient) { return rules.IsOpioid(ingredient.rxnorm); });
}

bool Medicine::SharesIngredientWith(const Medicine& other) const {
  return std::ranges::any_of(composition.ingredients, [&](const ActiveIngredient& ingredient) {
    return !ingredient.rxnorm.empty() && other.Contains(ingredient.rxnorm);
  });
}

bool Medicine::Contains(std::string_view rxnorm) const {
  return std::ranges::find(composition.ingredients, rxnorm, &ActiveIngredient::rxnorm) != composition.ingredients.end();
}

bool Medicine::IsLongActingOpioid(const RuleBook& rules) const {
  return std::ranges::any_of(composition.ingredients, [&](const ActiveIngredient& ingredient) {
    if (!rules.IsOpioid(ingredient.rxnorm)) return false;
    return composition.extended_release || rules.IsOf(ingredient.rxnorm, v1::DRUG_CLASS_LONG_ACTING) ||
           std::ranges::find(uses, v1::PRODUCT_ROUTE_TRANSDERMAL, &IngredientUse::route) != uses.end();
  });
}

Medicine MedicineOf(const v1::Order& order, int64_t instant_micros, const RuleBook& rules) {
  Medicine medicine{.order = &order, .composition = rules.CompositionOf(order)};
  medicine.uses = UsesAt(order, medicine.composition.ingredients, medicine.composition.made_for, instant_micros);
  return medicine;
}

}  // namespace anamnesis::medication
