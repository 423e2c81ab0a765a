#include "services/encounter/domain/intervention/time_span.h"

#include <chrono>

namespace anamnesis::encounter {

int64_t AddMonths(int64_t micros, int64_t months) {
  const int64_t day = DayOf(micros);
  const std::chrono::year_month_day from{std::chrono::sys_days{std::chrono::days{day}}};
  std::chrono::year_month_day to = from + std::chrono::months(months);
  if (!to.ok()) to = to.year() / to.month() / std::chrono::last;
  return std::chrono::sys_days(to).time_since_epoch().count() * kMicrosPerDay + (micros - day * kMicrosPerDay);
}

int64_t DayOf(int64_t micros) {
  return micros / kMicrosPerDay - (micros % kMicrosPerDay < 0 ? 1 : 0);
}

}  // namespace anamnesis::encounter
