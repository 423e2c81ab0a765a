#include "services/medication/domain/safety/regimen.h"

#include <algorithm>

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

Regimen RegimenOf(const Proposal& proposal) {
  Regimen regimen;
  regimen.medicines = MedicinesInForce(proposal.state, proposal.at_micros, proposal.rules, proposal.order.id());
  regimen.medicines.insert(regimen.medicines.begin(), MedicineOf(proposal.order, proposal.at_micros, proposal.rules));
  return regimen;
}

}  // namespace anamnesis::medication
