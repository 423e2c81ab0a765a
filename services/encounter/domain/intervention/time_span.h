// Time as rules count it: instants in microseconds since 1970, months of the calendar in UTC.
#pragma once

#include <cstdint>

namespace anamnesis::encounter {

inline constexpr int64_t kMicrosPerMinute = 60'000'000;
inline constexpr int64_t kMicrosPerHour = 60 * kMicrosPerMinute;
inline constexpr int64_t kMicrosPerDay = 24 * kMicrosPerHour;
inline constexpr int64_t kMicrosPerWeek = 7 * kMicrosPerDay;

// The same time of day so many months later, or earlier where negative; on the month's last day where it has no such
// day.
int64_t AddMonths(int64_t micros, int64_t months);

// Which day of UTC, counted from 1970-01-01.
int64_t DayOf(int64_t micros);

}  // namespace anamnesis::encounter
