#include "services/medication/domain/safety/regimen.h"

#include <algorithm>
#include <string>

#include "base/clock.h"

namespace anamnesis::medication {

std::vector<Medicine> MedicinesInForce(const v1::MedicationState& state, int64_t at_micros, const RuleBook& rules,
                                       std::string_view without) {
  std::vector<const v1::Order*> orders;
  for (const auto& [id, order] : state.in_force()) {
    if (id != without && state.orders().at(id).status() == v1::ORDER_STATUS_ACTIVE) orders.push_back(&order.therapy());
  }
  // A proto map has no order of its own; a replay must decide the same.
  std::ranges::sort(orders, {}, [](const v1::Order* order) -> const std::string& { return order->id(); });
  std::vector<Medicine> medicines;
  for (const v1::Order* const order : orders) medicines.push_back(MedicineOf(*order, at_micros, rules));
  return medicines;
}

std::vector<int64_t> DoseChangesAfter(const v1::MedicationState& state, int64_t at_micros, std::string_view without,
                                      const v1::Order* with) {
  std::vector<int64_t> changes;
  const auto add = [&](int64_t micros) {
    if (micros > at_micros) changes.push_back(micros);
  };
  const auto add_of = [&](const v1::Order& order) {
    for (const v1::Dosage& dosage : order.dosages()) {
      const clinical::v1::Period& bounds = dosage.timing().bounds();
      if (bounds.has_start()) add(ToMicros(bounds.start()));
      if (bounds.has_end()) add(ToMicros(bounds.end()) + 1);  // The end itself is within.
    }
  };
  for (const auto& [id, order] : state.in_force()) {
    if (id != without && state.orders().at(id).status() == v1::ORDER_STATUS_ACTIVE) add_of(order.therapy());
  }
  if (with != nullptr) add_of(*with);
  std::ranges::sort(changes);
  const auto repeated = std::ranges::unique(changes);
  changes.erase(repeated.begin(), repeated.end());
  return changes;
}

Regimen RegimenOf(const Proposal& proposal) {
  return RegimenAt(proposal, proposal.at_micros);
}

Regimen RegimenAt(const Proposal& proposal, int64_t at_micros) {
  const std::string_view without = proposal.replaces.empty() ? proposal.order.id() : proposal.replaces;
  Regimen regimen{.medicines = {}, .replaced = without};
  regimen.medicines = MedicinesInForce(proposal.state, at_micros, proposal.rules, without);
  regimen.medicines.insert(regimen.medicines.begin(), MedicineOf(proposal.order, at_micros, proposal.rules));
  return regimen;
}

DailyMme PeakMme(const Proposal& proposal, const Regimen& regimen) {
  return PeakOf(proposal, regimen, [&](const Regimen& taken) { return DailyMmeOf(taken.medicines, proposal.rules); });
}

}  // namespace anamnesis::medication
