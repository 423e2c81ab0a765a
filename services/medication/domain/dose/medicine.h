// An order with what the tables know of it: what it is made of, and what it gives at an instant.
#pragma once

#include <cstdint>
#include <vector>

#include "services/medication/domain/dose/rule_book.h"

namespace anamnesis::medication {

// Refers to the order, which must outlive it.
struct Medicine {
  const v1::Order* order;
  Composition composition;
  std::vector<IngredientUse> uses;

  // True if one of its ingredients is of one of the classes.
  bool IsOf(std::span<const v1::DrugClass> classes, const RuleBook& rules) const;
  bool IsOpioid(const RuleBook& rules) const;
  // Of an RxNorm ingredient.
  bool Contains(std::string_view rxnorm) const;
  bool SharesIngredientWith(const Medicine& other) const;
  // True if it is an opioid that is made, or by its nature is, to act for long.
  bool IsLongActingOpioid(const RuleBook& rules) const;
};

// As of microseconds since 1970.
Medicine MedicineOf(const v1::Order& order, int64_t instant_micros, const RuleBook& rules);

}  // namespace anamnesis::medication
