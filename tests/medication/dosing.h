// Dosages in few words: `Take("1-2 {tablet}", "1 per 4-6 h")`.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "anamnesis/medication/v1/types.pb.h"
#include "services/medication/domain/dose/amount.h"
#include "tests/medication/builders.h"

namespace anamnesis::medication {

// Ways in (SNOMED CT).
inline constexpr char kOral[] = "26643006";
inline constexpr char kTransdermal[] = "45890007";
inline constexpr char kIntravenous[] = "47625008";

inline constexpr int64_t kMicrosOfDay = int64_t{86'400} * 1'000'000;

// `5 mg`, `<5 mg` (a bound), `2 tablets` (a unit without a code).
clinical::v1::Quantity Of(const std::string& amount);
// `10 mg/mL`, `325 mg` (a piece); empty: unknown.
std::optional<AmountPer> Strength(const std::string& text);
// `1-2 per 4-6 h`, a code (`BID`), events of the day (`at HS AC`); empty: unknown.
v1::Timing Often(const std::string& text);

// A dose, which may be a range (`1-2 {tablet}`), and a timing; both may be empty.
v1::Dosage Take(const std::string& dose, const std::string& timing);
v1::Dosage AsNeeded(v1::Dosage dosage);
v1::Dosage By(const std::string& snomed_route, v1::Dosage dosage);
v1::Dosage Step(uint32_t sequence, v1::Dosage dosage);
// From the first moment of a day since 1970 to the last moment of another.
v1::Dosage Between(int64_t first_day, int64_t last_day, v1::Dosage dosage);

v1::Order Taking(const std::vector<v1::Dosage>& dosages);
// An order for one ingredient (RxNorm), of a strength if one is given.
v1::Order OrderFor(const std::string& ingredient, const v1::Dosage& dosage, const std::string& strength = "");

// So many milligrams of one ingredient by mouth once a day; empty: nobody knows how many.
v1::Order Daily(const std::string& ingredient, const std::string& mg, std::string_view id = kOrder);

}  // namespace anamnesis::medication
