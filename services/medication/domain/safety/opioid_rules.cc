// Rules about opioids together, as the table `opioid-safety` sets them.
#include <algorithm>
#include <set>
#include <string>
#include <vector>

#include "services/medication/domain/dose/daily_mme.h"
#include "services/medication/domain/safety/rules.h"

namespace anamnesis::medication {
namespace {

// The orders of all that counts in the total.
std::vector<std::string> OrdersIn(const DailyMme& daily) {
  std::vector<std::string> facts;
  for (const MmePart& part : daily.parts) {
    for (const std::string& id : part.order_ids) facts.push_back("order/" + id);
  }
  std::ranges::sort(facts);
  const auto repeated = std::ranges::unique(facts);
  facts.erase(repeated.begin(), repeated.end());
  return facts;
}

}  // namespace

void MmeTotal(const Proposal& proposal, const Regimen& regimen, Alerts& alerts) {
  if (!regimen.proposed().IsOpioid(proposal.rules)) return;
  const DailyMme daily = PeakMme(proposal, regimen);
  const auto raise = [&](std::string_view rule_id, std::string_view message) {
    Raise(proposal.rules, rule_id, message, OrdersIn(daily), alerts, {Number("mme_per_day", daily.total)});
  };
  const auto reaches = [&](std::string_view rule_id) {
    return proposal.rules.Setting(rule_id) != nullptr &&
           daily.total.Reaches(proposal.rules.Limit(rule_id, "mme_per_day"));
  };
  if (reaches("mme-90"))
    raise("mme-90", "With this order the day's opioids reach the dose that needs a justification.");
  if (reaches("mme-50")) {
    raise("mme-50",
          "With this order the day's opioids reach the dose at which benefits and risks are to be weighed again "
          "and naloxone is to be offered.");
  }
  if (!daily.total.complete) {
    raise("mme-unknown", "A part of the day's opioid dose cannot be computed; the total may be higher than it looks.");
  }
}

void TwoLongActingOpioids(const Proposal& proposal, const Regimen& regimen, Alerts& alerts) {
  if (!regimen.proposed().IsOpioid(proposal.rules)) return;
  std::set<std::string> others;
  ForEachRegimen(proposal, regimen, [&](const Regimen& taken) {
    if (!taken.proposed().IsLongActingOpioid(proposal.rules)) return;
    for (const Medicine& other : taken.others()) {
      if (other.IsLongActingOpioid(proposal.rules)) others.insert(FactOf(other));
    }
  });
  for (const std::string& other : others) {
    Raise(proposal.rules, "two-long-acting-opioids", "The patient would take two long-acting opioids.", {other},
          alerts);
  }
}

void DuplicateOpioid(const Proposal& proposal, const Regimen& regimen, Alerts& alerts) {
  if (!regimen.proposed().IsOpioid(proposal.rules)) return;
  for (const Medicine& other : regimen.others()) {
    if (!other.IsOpioid(proposal.rules) || regimen.proposed().SharesIngredientWith(other)) continue;
    Raise(proposal.rules, "duplicate-opioid", "The patient takes another opioid already.", {FactOf(other)}, alerts);
  }
}

}  // namespace anamnesis::medication
