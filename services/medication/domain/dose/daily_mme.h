// A day's opioids in morphine milligram equivalents.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "services/medication/domain/dose/rule_book.h"

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

// What the orders, all of them in force, come to at an instant (microseconds since 1970). As-needed doses count at
// their maximum. An opioid whose dose cannot be computed, or that the table does not list, leaves the total unknown: at
// least what the others come to. Source of the rule and of the factors: the table's.
DailyMme DailyMmeOf(std::span<const v1::Order* const> orders, int64_t instant_micros, const RuleBook& rules);

}  // namespace anamnesis::medication
