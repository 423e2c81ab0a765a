// Days that may be known in part, compared.
#pragma once

#include <cstdint>

#include "anamnesis/clinical/v1/types.pb.h"

namespace anamnesis::encounter {

// The first and the last day that the date may be, as numbers that sort as days do: yyyymmdd.
constexpr uint32_t DayNumber(uint32_t year, uint32_t month, uint32_t day) {
  return year * 10'000 + month * 100 + day;
}
inline uint32_t FirstDay(const clinical::v1::PartialDate& date) {
  return DayNumber(date.year(), date.month() == 0 ? 1 : date.month(),
                   date.month() == 0 || date.day() == 0 ? 1 : date.day());
}
inline uint32_t LastDay(const clinical::v1::PartialDate& date) {
  return DayNumber(date.year(), date.month() == 0 ? 12 : date.month(),
                   date.month() == 0 || date.day() == 0 ? 31 : date.day());
}

}  // namespace anamnesis::encounter
