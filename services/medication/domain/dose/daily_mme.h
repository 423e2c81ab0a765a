// A day's opioids in morphine milligram equivalents.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "services/medication/domain/dose/medicine.h"

namespace anamnesis::medication {

// What one ingredient by one way in adds, over all orders.
struct MmePart {
  std::string rxnorm;
  v1::MmeBasis basis = v1::MME_BASIS_UNSPECIFIED;  // UNSPECIFIED: by a way that no table counts.
  AtLeast dose;                                    // In the basis's unit.
  AtLeast mme;
  std::vector<std::string> order_ids;  // In the order of the orders.
};

struct DailyMme {
  AtLeast total;
  std::vector<MmePart> parts;  // By ingredient and basis; empty: no opioid that counts.
};

// What the medicines, all of them in force, come to as of the instant that they were made for. As-needed doses count at
// their maximum. An opioid whose dose cannot be computed, or that the table does not list, leaves the total unknown: at
// least what the others come to. Source of the rule and of the factors: the table's.
DailyMme DailyMmeOf(std::span<const Medicine> medicines, const RuleBook& rules);

}  // namespace anamnesis::medication
