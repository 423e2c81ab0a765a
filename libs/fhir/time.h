// FHIR's dates and times.
#pragma once

#include <optional>
#include <string_view>

#include "google/protobuf/timestamp.pb.h"

namespace anamnesis::fhir {

// What a FHIR date, dateTime or instant says.
struct FhirTime {
  int year = 0;
  unsigned month = 0;           // 0: not said.
  unsigned day = 0;             // 0: not said.
  bool partial = false;         // No time of day is said: `time` is the first instant of the date in UTC.
  bool without_offset = false;  // A time of day without an offset: taken as UTC.
  google::protobuf::Timestamp time;
};

// `2019`, `2019-05`, `2019-05-31`, `2019-05-31T09:30:00.769-04:00`. Nothing for any other text or a date that no
// calendar has. A fraction finer than a nanosecond is cut.
std::optional<FhirTime> ParseTime(std::string_view text);

// The time; where only a date is said, the last microsecond in UTC of that day, month or year.
google::protobuf::Timestamp LastInstant(const FhirTime& time);

}  // namespace anamnesis::fhir
