// Exact numbers for doses: fractions of whole numbers, so that nothing drifts at a threshold and 1/3 three times is 1.
#pragma once

#include <gmpxx.h>

#include <optional>
#include <string>
#include <string_view>

namespace anamnesis::medication {

using Exact = mpq_class;

// A decimal number in JSON notation: `120`, `36.60`, `-1.5e3`. Nothing if it is not one, or is beyond 1e±100, which no
// dose is.
std::optional<Exact> ParseExact(std::string_view text);

// The number as decimal text with at most `places` decimals, half away from zero, without trailing zeros: `0.29`, `60`.
std::string DecimalText(const Exact& number, int places);

}  // namespace anamnesis::medication
