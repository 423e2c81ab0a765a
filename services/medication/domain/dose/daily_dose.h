// How much of an ingredient an order gives in a day.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "anamnesis/medication/v1/rules.pb.h"
#include "anamnesis/medication/v1/types.pb.h"
#include "services/medication/domain/dose/amount.h"
#include "services/medication/domain/dose/at_least.h"

namespace anamnesis::medication {

// What is active in a medication, with its strength as far as that is known.
struct ActiveIngredient {
  std::string rxnorm;
  std::optional<AmountPer> strength;
};

// What an order gives of one ingredient by one way in, at most.
struct IngredientUse {
  std::string rxnorm;
  v1::ProductRoute route = v1::PRODUCT_ROUTE_UNSPECIFIED;
  // Milligrams a day. What is given continuously (a patch, an infusion) is there too, as 24 hours of it.
  AtLeast mg_per_day;
  // Micrograms an hour of what is given continuously; complete zero for what is given dose by dose.
  AtLeast ug_per_hour;
};

// Whether the instant is within the dosage's bounds, of which both are in them.
bool IsTakenAt(const v1::Dosage& dosage, int64_t instant_micros);

// The way in that a dosage names (SNOMED CT); UNSPECIFIED where it names none, OTHER where it is none of ours.
v1::ProductRoute RouteOf(const v1::Dosage& dosage);

// The most milligrams of the ingredient that are taken in a day by this dosage, wherever it is only needed at times as
// if it always were. Limits (`max_dose_per_period`) count. `sole`: it is the medication's only ingredient, so that a
// dose in milligrams is one of it. Nothing where dose, strength or timing is unknown.
std::optional<Exact> MostMilligramsPerDay(const v1::Dosage& dosage, const ActiveIngredient& ingredient, bool sole);

// How fast the ingredient is given all the time: by a patch, whose strength is a rate however many are worn, or by an
// infusion. Nothing if it is not given so, or how fast is unknown.
std::optional<Exact> MicrogramsPerHour(const v1::Dosage& dosage, const ActiveIngredient& ingredient, bool sole);

// What the order gives of each ingredient at an instant (microseconds since 1970). Dosages with the same sequence run
// side by side and add up; of those that follow one another the greatest counts, except that one with bounds counts
// only within them. No dosage at all is an unknown one; `made_for` is the way in where a dosage names none.
std::vector<IngredientUse> UsesAt(const v1::Order& order, const std::vector<ActiveIngredient>& ingredients,
                                  v1::ProductRoute made_for, int64_t instant_micros);

}  // namespace anamnesis::medication
