#include "services/medication/domain/dose/amount.h"

#include <algorithm>
#include <array>
#include <numeric>
#include <string_view>
#include <utility>

namespace anamnesis::medication {
namespace {

struct Unit {
  std::string_view name;
  Dimension dimension;
  // How many milligrams, millilitres or days it is: over ÷ under, in lowest terms.
  long over;
  long under;
};

// UCUM codes, and the words that take their place where there is no code.
constexpr std::array kUnits = {
    Unit{"mg",  Dimension::kMass,   1,         1        },
    Unit{"ug",  Dimension::kMass,   1,         1'000    },
    Unit{"mcg", Dimension::kMass,   1,         1'000    },
    Unit{"ng",  Dimension::kMass,   1,         1'000'000},
    Unit{"g",   Dimension::kMass,   1'000,     1        },
    Unit{"kg",  Dimension::kMass,   1'000'000, 1        },
    Unit{"mL",  Dimension::kVolume, 1,         1        },
    Unit{"ml",  Dimension::kVolume, 1,         1        },
    Unit{"cm3", Dimension::kVolume, 1,         1        },
    Unit{"uL",  Dimension::kVolume, 1,         1'000    },
    Unit{"dL",  Dimension::kVolume, 100,       1        },
    Unit{"L",   Dimension::kVolume, 1'000,     1        },
    Unit{"l",   Dimension::kVolume, 1'000,     1        },
    Unit{"s",   Dimension::kTime,   1,         86'400   },
    Unit{"min", Dimension::kTime,   1,         1'440    },
    Unit{"h",   Dimension::kTime,   1,         24       },
    Unit{"d",   Dimension::kTime,   1,         1        },
    Unit{"wk",  Dimension::kTime,   7,         1        },
    Unit{"mo",  Dimension::kTime,   487,       16       },
    Unit{"a",   Dimension::kTime,   1'461,     4        },
};

// What GMP takes two numbers for without asking.
static_assert(std::ranges::all_of(kUnits, [](const Unit& unit) { return std::gcd(unit.over, unit.under) == 1; }));

// Pieces in words; their plurals with an s.
constexpr std::array<std::string_view, 12> kPieces = {"tablet",      "capsule", "patch", "spray", "drop",   "puff",
                                                      "suppository", "lozenge", "film",  "dose",  "ampule", "vial"};

// In words, or as HL7 v3 orderable drug forms.
std::optional<std::string> PieceInWords(std::string_view word) {
  if (word == "patches" || word == "PATCH") return "{patch}";
  if (word == "TAB") return "{tablet}";
  if (word == "CAP") return "{capsule}";
  if (word.ends_with('s') && word.size() > 1) word.remove_suffix(1);
  for (const std::string_view piece : kPieces) {
    if (word == piece) return "{" + std::string(piece) + "}";
  }
  return std::nullopt;
}

std::optional<Exact> ValueOf(const clinical::v1::Quantity& quantity) {
  if (!quantity.comparator().empty()) return std::nullopt;
  std::optional<Exact> value = ParseExact(quantity.value());
  if (!value || *value < 0) return std::nullopt;
  return value;
}

bool SameKind(const Amount& a, const Amount& b) {
  return a.dimension == b.dimension && (a.piece == b.piece || a.piece.empty() || b.piece.empty());
}

}  // namespace

const std::string& UnitOf(const clinical::v1::Quantity& quantity) {
  return quantity.code().empty() ? quantity.unit() : quantity.code();
}

std::optional<Amount> ParseUnit(const std::string& ucum) {
  if (ucum.empty() || ucum == "1") return Amount{1, Dimension::kCount, ""};
  if (ucum.front() == '{' && ucum.back() == '}') return Amount{1, Dimension::kCount, ucum};
  for (const Unit& unit : kUnits) {
    if (unit.name == ucum) return Amount{Exact(unit.over, unit.under), unit.dimension, ""};
  }
  if (std::optional<std::string> piece = PieceInWords(ucum)) return Amount{1, Dimension::kCount, *std::move(piece)};
  return std::nullopt;
}

std::optional<Amount> ToAmount(const clinical::v1::Quantity& quantity) {
  const std::optional<Exact> value = ValueOf(quantity);
  std::optional<Amount> amount = ParseUnit(UnitOf(quantity));
  if (!value || !amount) return std::nullopt;
  amount->value *= *value;
  return amount;
}

std::optional<AmountPer> ToAmountPer(const v1::Ratio& ratio) {
  return ToAmountPer(ratio.numerator(), ratio.has_denominator() ? &ratio.denominator() : nullptr);
}

std::optional<AmountPer> ToAmountPer(const clinical::v1::Quantity& numerator,
                                     const clinical::v1::Quantity* denominator) {
  std::optional<Amount> amount, per;
  if (denominator != nullptr) {
    amount = ToAmount(numerator);
    per = ToAmount(*denominator);
  } else {
    const std::string& unit = UnitOf(numerator);
    const size_t slash = unit.find('/');
    const std::optional<Exact> value = ValueOf(numerator);
    // `25 mg` per nothing is per piece.
    amount = ParseUnit(unit.substr(0, slash));
    per = slash == std::string::npos ? Amount{1, Dimension::kCount, ""} : ParseUnit(unit.substr(slash + 1));
    if (!value || slash == 0) return std::nullopt;
    if (amount) amount->value *= *value;
  }
  if (!amount || !per || per->value == 0) return std::nullopt;
  return AmountPer{*std::move(amount), *std::move(per)};
}

std::optional<Amount> AmountIn(const AmountPer& strength, const Amount& of) {
  if (!SameKind(strength.per, of)) return std::nullopt;
  Amount amount = strength.amount;
  amount.value *= of.value / strength.per.value;
  return amount;
}

}  // namespace anamnesis::medication
