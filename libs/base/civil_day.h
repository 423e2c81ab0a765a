// Calendar days, as rule tables name them.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace anamnesis {

// When the day begins in UTC, in microseconds since 1970: `2022-11-03`. Nothing for what is no day.
std::optional<int64_t> DayBegin(std::string_view date);
// The same; where the month has no such day (29 February), when the day after its last begins.
std::optional<int64_t> DayBegin(int year, unsigned month, unsigned day);

}  // namespace anamnesis
