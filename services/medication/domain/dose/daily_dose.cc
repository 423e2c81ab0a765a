#include "services/medication/domain/dose/daily_dose.h"

#include <array>
#include <map>
#include <string_view>
#include <utility>

#include "base/clock.h"
#include "services/medication/domain/dose/timing.h"

namespace anamnesis::medication {
namespace {

constexpr long kHoursOfDay = 24;
constexpr long kMicrogramsOfMilligram = 1000;

struct Way {
  std::string_view snomed;
  v1::ProductRoute route;
};

constexpr std::array kWays = {
    Way{"26643006",  v1::PRODUCT_ROUTE_ORAL       }, // Oral.
    Way{"45890007",  v1::PRODUCT_ROUTE_TRANSDERMAL},
    Way{"6064005",   v1::PRODUCT_ROUTE_TOPICAL    },
    Way{"47625008",  v1::PRODUCT_ROUTE_PARENTERAL }, // Intravenous.
    Way{"78421000",  v1::PRODUCT_ROUTE_PARENTERAL }, // Intramuscular.
    Way{"34206005",  v1::PRODUCT_ROUTE_PARENTERAL }, // Subcutaneous.
    Way{"72607000",  v1::PRODUCT_ROUTE_NEURAXIAL  }, // Intrathecal.
    Way{"404820008", v1::PRODUCT_ROUTE_NEURAXIAL  }, // Epidural.
};

// The mass of the ingredient in an amount of the medication.
std::optional<Exact> MassIn(const std::optional<Amount>& amount, const ActiveIngredient& ingredient, bool sole) {
  if (!amount) return std::nullopt;
  if (amount->dimension == Dimension::kMass) return sole ? std::optional(amount->value) : std::nullopt;
  if (!ingredient.strength) return std::nullopt;
  const std::optional<Amount> mass = AmountIn(*ingredient.strength, *amount);
  if (!mass || mass->dimension != Dimension::kMass) return std::nullopt;
  return mass->value;
}

// The most at a time.
std::optional<Amount> MostOfADose(const v1::Dosage& dosage) {
  return ToAmount(dosage.has_dose_range() ? dosage.dose_range().high() : dosage.dose());
}

std::optional<AmountPer> MostOfARate(const v1::Dosage& dosage) {
  const v1::Ratio& rate = dosage.rate();
  // "25 ug/h" is also written as a dose.
  const clinical::v1::Quantity& amount = dosage.has_rate_range() ? dosage.rate_range().high()
                                         : rate.has_numerator()  ? rate.numerator()
                                                                 : dosage.dose();
  if (rate.has_denominator()) return ToAmountPer(amount, &rate.denominator());
  // Most doses name no time.
  return UnitOf(amount).find('/') == std::string::npos ? std::nullopt : ToAmountPer(amount, nullptr);
}

// Milligrams a day at most by what is allowed, whatever is taken when.
std::optional<Exact> AllowedPerDay(const v1::Dosage& dosage, const ActiveIngredient& ingredient, bool sole) {
  if (!dosage.has_max_dose_per_period()) return std::nullopt;
  const std::optional<AmountPer> most = ToAmountPer(dosage.max_dose_per_period());
  if (!most || most->per.dimension != Dimension::kTime) return std::nullopt;
  const std::optional<Exact> mass = MassIn(most->amount, ingredient, sole);
  if (!mass) return std::nullopt;
  return *mass / most->per.value;
}

// Adds what a dosage gives of an ingredient to what those beside it give.
void Add(const v1::Dosage& dosage, const ActiveIngredient& ingredient, bool sole, IngredientUse& use) {
  const std::optional<Exact> rate = MicrogramsPerHour(dosage, ingredient, sole);
  if (rate) {
    use.ug_per_hour += AtLeast::Of(rate);
    use.mg_per_day += AtLeast::Of(Exact(*rate * kHoursOfDay / kMicrogramsOfMilligram));
    return;
  }
  use.mg_per_day += AtLeast::Of(MostMilligramsPerDay(dosage, ingredient, sole));
  // Whatever goes through the skin does so all the time: how fast is unknown, not nothing.
  if (use.route == v1::PRODUCT_ROUTE_TRANSDERMAL) use.ug_per_hour += AtLeast::Of(std::nullopt);
}

}  // namespace

bool IsTakenAt(const v1::Dosage& dosage, int64_t instant_micros) {
  const clinical::v1::Period& bounds = dosage.timing().bounds();
  if (bounds.has_start() && instant_micros < ToMicros(bounds.start())) return false;
  return !bounds.has_end() || instant_micros <= ToMicros(bounds.end());
}

v1::ProductRoute RouteOf(const v1::Dosage& dosage) {
  if (dosage.route().codings_size() == 0) return v1::PRODUCT_ROUTE_UNSPECIFIED;
  for (const clinical::v1::Coding& coding : dosage.route().codings()) {
    for (const Way& way : kWays) {
      if (way.snomed == coding.code()) return way.route;
    }
  }
  return v1::PRODUCT_ROUTE_OTHER;
}

std::optional<Exact> MostMilligramsPerDay(const v1::Dosage& dosage, const ActiveIngredient& ingredient, bool sole) {
  const std::optional<Exact> allowed = AllowedPerDay(dosage, ingredient, sole);
  const std::optional<Exact> times = MostTimesPerDay(dosage.timing());
  const std::optional<Exact> mass = MassIn(MostOfADose(dosage), ingredient, sole);
  if (!times || !mass) return allowed;
  const Exact taken = *times * *mass;
  return allowed && *allowed < taken ? *allowed : taken;
}

std::optional<Exact> MicrogramsPerHour(const v1::Dosage& dosage, const ActiveIngredient& ingredient, bool sole) {
  std::optional<Exact> mg_per_day;
  if (ingredient.strength && ingredient.strength->amount.dimension == Dimension::kMass &&
      ingredient.strength->per.dimension == Dimension::kTime) {
    mg_per_day = ingredient.strength->amount.value / ingredient.strength->per.value;
  } else if (const std::optional<AmountPer> rate = MostOfARate(dosage);
             rate && rate->per.dimension == Dimension::kTime) {
    const std::optional<Exact> mass = MassIn(rate->amount, ingredient, sole);
    if (mass) mg_per_day = *mass / rate->per.value;
  }
  if (!mg_per_day) return std::nullopt;
  return *mg_per_day * kMicrogramsOfMilligram / kHoursOfDay;
}

std::vector<IngredientUse> UsesAt(const v1::Order& order, const std::vector<ActiveIngredient>& ingredients,
                                  v1::ProductRoute made_for, int64_t instant_micros) {
  std::vector<IngredientUse> uses;
  const bool sole = ingredients.size() == 1;
  for (const ActiveIngredient& ingredient : ingredients) {
    // By way in, then by sequence: what runs side by side.
    std::map<v1::ProductRoute, std::map<uint32_t, IngredientUse>> steps;
    for (const v1::Dosage& dosage : order.dosages()) {
      if (!IsTakenAt(dosage, instant_micros)) continue;
      v1::ProductRoute route = RouteOf(dosage);
      if (route == v1::PRODUCT_ROUTE_UNSPECIFIED) route = made_for;
      IngredientUse& step = steps[route][dosage.sequence()];
      step.route = route;
      Add(dosage, ingredient, sole, step);
    }
    if (order.dosages().empty()) {
      const AtLeast unknown = AtLeast::Of(std::nullopt);
      uses.push_back({ingredient.rxnorm, made_for, unknown, unknown});
    }
    for (const auto& [route, by_sequence] : steps) {
      IngredientUse greatest{.rxnorm = ingredient.rxnorm, .route = route};
      for (const auto& [sequence, step] : by_sequence) {
        greatest.mg_per_day = Greater(greatest.mg_per_day, step.mg_per_day);
        greatest.ug_per_hour = Greater(greatest.ug_per_hour, step.ug_per_hour);
      }
      uses.push_back(std::move(greatest));
    }
  }
  return uses;
}

}  // namespace anamnesis::medication
