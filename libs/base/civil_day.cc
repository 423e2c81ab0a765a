#include "base/civil_day.h"

#include <charconv>
#include <chrono>

namespace anamnesis {
namespace {

// A number of exactly so many digits.
std::optional<unsigned> Digits(std::string_view text) {
  unsigned number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

}  // namespace

std::optional<int64_t> DayBegin(std::string_view date) {
  if (date.size() != 10 || date[4] != '-' || date[7] != '-') return std::nullopt;
  const auto year = Digits(date.substr(0, 4)), month = Digits(date.substr(5, 2)), day = Digits(date.substr(8));
  if (!year || !month || !day) return std::nullopt;
  const std::chrono::year_month_day civil(std::chrono::year(static_cast<int>(*year)), std::chrono::month(*month),
                                          std::chrono::day(*day));
  return civil.ok() ? DayBegin(static_cast<int>(*year), *month, *day) : std::nullopt;
}

std::optional<int64_t> DayBegin(int year, unsigned month, unsigned day) {
  const std::chrono::year_month_day civil{std::chrono::year(year), std::chrono::month(month), std::chrono::day(day)};
  if (!civil.year().ok() || !civil.month().ok() || day < 1 || day > 31) return std::nullopt;
  return std::chrono::microseconds(std::chrono::sys_days(civil).time_since_epoch()).count();
}

}  // namespace anamnesis
