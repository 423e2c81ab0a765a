// Amounts with a unit that is understood: what a quantity says, in units that can be compared.
#pragma once

#include <optional>
#include <string>

#include "anamnesis/clinical/v1/types.pb.h"
#include "anamnesis/medication/v1/types.pb.h"
#include "services/medication/domain/dose/exact.h"

namespace anamnesis::medication {

// What an amount is of, and the unit it is kept in.
enum class Dimension {
  kMass,    // Milligrams.
  kVolume,  // Millilitres.
  kTime,    // Days; a month is 30.4375, a year 365.25 (UCUM).
  kCount,   // Pieces: tablets, patches, sprays.
};

struct Amount {
  Exact value;
  Dimension dimension;
  // What is counted, as the unit says it: `{tablet}`; empty where it only says how many.
  std::string piece;
};

// `amount` in each `per`.
struct AmountPer {
  Amount amount;
  Amount per;
};

// The code of its unit, or the unit in words where it has none.
const std::string& UnitOf(const clinical::v1::Quantity& quantity);

// One of a UCUM unit: `mg`, `ug`, `mL`, `h`, `{tablet}`, `1`. Nothing for a unit that is not understood, such as
// `[IU]`.
std::optional<Amount> ParseUnit(const std::string& ucum);

// Nothing where the value or the unit is unknown, the value is a bound, or it is negative. A unit in words ("tablet",
// "mcg") is understood where there is no code.
std::optional<Amount> ToAmount(const clinical::v1::Quantity& quantity);

// `25 ug/h` as one quantity, or `25 ug` per `1 h` as two. Nothing where either part is unknown, or it is per nothing.
std::optional<AmountPer> ToAmountPer(const v1::Ratio& ratio);
// The same of its parts; null: there is no denominator.
std::optional<AmountPer> ToAmountPer(const clinical::v1::Quantity& numerator,
                                     const clinical::v1::Quantity* denominator);

// How much is in `of`: 10 mg per 5 mL in 2.5 mL is 5 mg. Nothing if they measure different things.
std::optional<Amount> AmountIn(const AmountPer& strength, const Amount& of);

}  // namespace anamnesis::medication
