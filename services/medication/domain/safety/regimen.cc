#include "services/medication/domain/safety/regimen.h"

#include <algorithm>

namespace anamnesis::medication {

Regimen RegimenOf(const Proposal& proposal) {
  std::vector<const v1::Order*> others;
  for (const auto& [id, order] : proposal.state.orders()) {
    if (id != proposal.order.id() && order.status() == v1::ORDER_STATUS_ACTIVE) others.push_back(&order.therapy());
  }
  // A proto map has no order of its own; a replay must decide the same.
  std::ranges::sort(others, {}, [](const v1::Order* order) -> const std::string& { return order->id(); });
  Regimen regimen;
  regimen.medicines.push_back(MedicineOf(proposal.order, proposal.at_micros, proposal.rules));
  for (const v1::Order* const order : others) {
    regimen.medicines.push_back(MedicineOf(*order, proposal.at_micros, proposal.rules));
  }
  return regimen;
}

}  // namespace anamnesis::medication
