// Days and instants of the simulated clinic, all in UTC, and their FHIR text. Nothing here reads a clock.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace anamnesis::simulate {

using Day = std::chrono::sys_days;
using Instant = std::chrono::sys_time<std::chrono::minutes>;
using Days = std::chrono::days;
using Minutes = std::chrono::minutes;

std::string DateText(Day day);             // 2021-03-04
std::string InstantText(Instant instant);  // 2021-03-04T09:15:00+00:00

// The day of a YYYY-MM-DD text from 1900 to 2200; nothing for any other text or a day that does not exist.
std::optional<Day> ParseDate(std::string_view text);

// The same date `years` later (or earlier); 29 February becomes the 28th where there is none.
Day AddYears(Day day, int years);

}  // namespace anamnesis::simulate
