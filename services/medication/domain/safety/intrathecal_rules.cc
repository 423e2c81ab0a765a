#include "services/medication/domain/safety/intrathecal_rules.h"

#include <algorithm>
#include <string>

#include "services/medication/domain/safety/rules.h"

namespace anamnesis::medication {
namespace {

const PumpFlow::Drug* FindDrug(const PumpFlow* flow, const std::string& rxnorm) {
  if (flow == nullptr) return nullptr;
  const auto found = std::ranges::find(flow->drugs, rxnorm, &PumpFlow::Drug::rxnorm);
  return found == flow->drugs.end() ? nullptr : &*found;
}

}  // namespace

Alerts ReviewPump(const PumpFlow& flow, const PumpFlow* before, const RuleBook& rules, const std::string& fact) {
  Alerts alerts;
  const auto raise = [&](std::string_view rule, std::string_view message, const Exact& mg_per_day) {
    Raise(rules, rule, message, {fact}, alerts, {Number("mg_per_day", {mg_per_day, true})});
  };
  for (const PumpFlow::Drug& drug : flow.drugs) {
    const IntrathecalLimits* const limits = rules.LimitsOf(drug.rxnorm);
    if (limits == nullptr) {
      raise("intrathecal-unlisted", "No limit is known for a drug that the pump gives into the spinal fluid.",
            drug.mg_per_day);
      continue;
    }
    if (limits->max && drug.most_mg_per_day > *limits->max) {
      raise("intrathecal-max", "With all boluses the day's dose into the spinal fluid is above its limit.",
            drug.most_mg_per_day);
    }
    const PumpFlow::Drug* const earlier = FindDrug(before, drug.rxnorm);
    if (earlier == nullptr && limits->start && drug.mg_per_day > *limits->start) {
      raise("intrathecal-start", "The pump would begin above the dose with which one begins.", drug.mg_per_day);
    }
    if (earlier != nullptr && limits->step && drug.mg_per_day - earlier->mg_per_day > *limits->step) {
      raise("intrathecal-step", "The dose into the spinal fluid rises by more than is allowed at a time.",
            Exact(drug.mg_per_day - earlier->mg_per_day));
    }
  }
  return alerts;
}

}  // namespace anamnesis::medication
