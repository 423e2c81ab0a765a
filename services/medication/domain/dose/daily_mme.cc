#include "services/medication/domain/dose/daily_mme.h"

#include <map>
#include <utility>

namespace anamnesis::medication {
namespace {

v1::MmeBasis BasisOf(v1::ProductRoute route) {
  switch (route) {
    case v1::PRODUCT_ROUTE_ORAL:
      return v1::MME_BASIS_ORAL_MG_PER_DAY;
    case v1::PRODUCT_ROUTE_TRANSDERMAL:
      return v1::MME_BASIS_TRANSDERMAL_UG_PER_HOUR;
    default:
      return v1::MME_BASIS_UNSPECIFIED;
  }
}

}  // namespace

DailyMme DailyMmeOf(std::span<const Medicine> medicines, const RuleBook& rules) {
  std::map<std::pair<std::string, v1::MmeBasis>, MmePart> parts;
  for (const Medicine& medicine : medicines) {
    for (const IngredientUse& use : medicine.uses) {
      if (!rules.IsOpioid(use.rxnorm) || rules.IsExcluded(use.rxnorm)) continue;
      const v1::MmeBasis basis = BasisOf(use.route);
      MmePart& part = parts[{use.rxnorm, basis}];
      part.rxnorm = use.rxnorm;
      part.basis = basis;
      part.dose += basis == v1::MME_BASIS_TRANSDERMAL_UG_PER_HOUR ? use.ug_per_hour : use.mg_per_day;
      const std::string& order_id = medicine.order->id();
      if (part.order_ids.empty() || part.order_ids.back() != order_id) part.order_ids.push_back(order_id);
    }
  }
  DailyMme daily;
  for (auto& [key, part] : parts) {
    part.mme = rules.Mme(part.rxnorm, part.basis, part.dose);
    daily.total += part.mme;
    daily.parts.push_back(std::move(part));
  }
  return daily;
}

}  // namespace anamnesis::medication
