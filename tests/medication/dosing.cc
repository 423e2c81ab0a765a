#include "tests/medication/dosing.h"

#include <sstream>

#include "base/clock.h"

namespace anamnesis::medication {
namespace {

bool IsCode(const std::string& unit) {
  return unit.find_first_of("{[/") != std::string::npos || unit.size() <= 3;
}

// `4-6` as its two ends; the second is empty where there is one only.
std::pair<std::string, std::string> Ends(const std::string& text) {
  const size_t dash = text.find('-', 1);
  if (dash == std::string::npos) return {text, ""};
  return {text.substr(0, dash), text.substr(dash + 1)};
}

}  // namespace

clinical::v1::Quantity Of(const std::string& amount) {
  clinical::v1::Quantity quantity;
  std::istringstream words(amount);
  std::string value, unit;
  words >> value >> unit;
  if (value.starts_with('<')) {
    quantity.set_comparator("<");
    value.erase(0, 1);
  }
  quantity.set_value(value);
  if (IsCode(unit)) {
    quantity.set_code(unit);
  } else {
    quantity.set_unit(unit);
  }
  return quantity;
}

std::optional<AmountPer> Strength(const std::string& text) {
  if (text.empty()) return std::nullopt;
  v1::Ratio ratio;
  *ratio.mutable_numerator() = Of(text);
  return ToAmountPer(ratio);
}

v1::Timing Often(const std::string& text) {
  v1::Timing timing;
  std::istringstream words(text);
  std::string first, word;
  words >> first >> word;
  if (first == "at") {
    do {
      timing.add_when(word);
    } while (words >> word);
  } else if (word == "per") {
    const auto [least, most] = Ends(first);
    timing.set_frequency(static_cast<uint32_t>(std::stoul(least)));
    if (!most.empty()) timing.set_frequency_max(static_cast<uint32_t>(std::stoul(most)));
    std::string period, unit;
    words >> period >> unit;
    timing.set_period(Ends(period).first);
    timing.set_period_max(Ends(period).second);
    timing.set_period_unit(unit);
  } else if (!first.empty()) {
    timing.mutable_code()->add_codings()->set_code(first);
  }
  return timing;
}

v1::Dosage Take(const std::string& dose, const std::string& timing) {
  v1::Dosage dosage;
  const size_t space = dose.find(' ');
  const auto [low, high] = Ends(dose.substr(0, space));
  if (!high.empty()) {
    *dosage.mutable_dose_range()->mutable_low() = Of(low + dose.substr(space));
    *dosage.mutable_dose_range()->mutable_high() = Of(high + dose.substr(space));
  } else if (!dose.empty()) {
    *dosage.mutable_dose() = Of(dose);
  }
  *dosage.mutable_timing() = Often(timing);
  return dosage;
}

v1::Dosage AsNeeded(v1::Dosage dosage) {
  dosage.set_as_needed(true);
  return dosage;
}

v1::Dosage By(const std::string& snomed_route, v1::Dosage dosage) {
  dosage.mutable_route()->add_codings()->set_code(snomed_route);
  return dosage;
}

v1::Dosage Step(uint32_t sequence, v1::Dosage dosage) {
  dosage.set_sequence(sequence);
  return dosage;
}

v1::Dosage Between(int64_t first_day, int64_t last_day, v1::Dosage dosage) {
  clinical::v1::Period& bounds = *dosage.mutable_timing()->mutable_bounds();
  *bounds.mutable_start() = ToTimestamp(first_day * kMicrosOfDay);
  *bounds.mutable_end() = ToTimestamp((last_day + 1) * kMicrosOfDay - 1);
  return dosage;
}

v1::Order Taking(const std::vector<v1::Dosage>& dosages) {
  v1::Order order;
  order.mutable_dosages()->Assign(dosages.begin(), dosages.end());
  return order;
}

v1::Order OrderFor(const std::string& ingredient, const v1::Dosage& dosage, const std::string& strength) {
  v1::Order order = Taking({dosage});
  v1::Ingredient& own = *order.add_ingredients();
  *own.mutable_coding() = RxNorm(ingredient);
  if (!strength.empty()) *own.mutable_strength()->mutable_numerator() = Of(strength);
  return order;
}

v1::Order Daily(const std::string& ingredient, const std::string& mg, std::string_view id) {
  v1::Order order = OrderFor(ingredient, By(kOral, Take(mg.empty() ? "" : mg + " mg", "QD")));
  order.set_id(std::string(id));
  return order;
}

}  // namespace anamnesis::medication
