#include "fhir/time.h"

#include <chrono>

namespace anamnesis::fhir {
namespace {

constexpr int kMaxOffsetHours = 14;

// Takes text from the front; a failed step leaves the scanner failed.
class Scanner {
 public:
  explicit Scanner(std::string_view text) : rest_(text) {}

  bool ok() const { return ok_; }
  bool done() const { return rest_.empty(); }
  char Next() const { return rest_.empty() ? '\0' : rest_.front(); }

  bool Skip(char c) {
    if (Next() != c) return false;
    rest_.remove_prefix(1);
    return true;
  }

  void Expect(char c) { ok_ = Skip(c) && ok_; }

  // Exactly `digits` digits, from `low` to `high`.
  int Number(int digits, int low, int high) {
    int value = 0;
    for (int i = 0; i < digits; ++i) {
      if (Next() < '0' || Next() > '9') return Failed();
      value = value * 10 + (Next() - '0');
      rest_.remove_prefix(1);
    }
    return value < low || value > high ? Failed() : value;
  }

  // One or more digits after the point, as nanoseconds.
  int Nanos() {
    int nanos = 0;
    int digits = 0;
    for (; Next() >= '0' && Next() <= '9'; ++digits) {
      if (digits < 9) nanos = nanos * 10 + (Next() - '0');
      rest_.remove_prefix(1);
    }
    if (digits == 0) return Failed();
    for (; digits < 9; ++digits) nanos *= 10;
    return nanos;
  }

 private:
  int Failed() {
    ok_ = false;
    return 0;
  }

  std::string_view rest_;
  bool ok_ = true;
};

// Seconds after midnight UTC that the time of day means; sets the fraction.
int64_t ScanTimeOfDay(Scanner& scanner, FhirTime& out) {
  const int hour = scanner.Number(2, 0, 23);
  scanner.Expect(':');
  const int minute = scanner.Number(2, 0, 59);
  int second = 0;
  if (scanner.Skip(':')) {
    second = scanner.Number(2, 0, 60);  // 60: a leap second, which the epoch counts as the next one.
    if (scanner.Skip('.')) out.time.set_nanos(scanner.Nanos());
  }
  int64_t offset = 0;
  if (const char sign = scanner.Next(); sign == '+' || sign == '-') {
    scanner.Skip(sign);
    const int hours = scanner.Number(2, 0, kMaxOffsetHours);
    scanner.Expect(':');
    offset = (sign == '+' ? 1 : -1) * (hours * 3600 + scanner.Number(2, 0, 59) * 60);
  } else if (!scanner.Skip('Z')) {
    out.without_offset = true;
  }
  return hour * 3600 + minute * 60 + second - offset;
}

// The first day of the date; of the year or the month where no more is said.
std::chrono::year_month_day FirstDay(const FhirTime& time) {
  return {std::chrono::year(time.year), std::chrono::month(time.month == 0 ? 1 : time.month),
          std::chrono::day(time.day == 0 ? 1 : time.day)};
}

// Seconds from the Unix epoch to the beginning of the day.
int64_t BeginningOf(std::chrono::sys_days day) {
  return std::chrono::duration_cast<std::chrono::seconds>(day.time_since_epoch()).count();
}

}  // namespace

std::optional<FhirTime> ParseTime(std::string_view text) {
  Scanner scanner(text);
  FhirTime out;
  out.year = scanner.Number(4, 1, 9999);
  if (scanner.Skip('-')) {
    out.month = static_cast<unsigned>(scanner.Number(2, 1, 12));
    if (scanner.Skip('-')) out.day = static_cast<unsigned>(scanner.Number(2, 1, 31));
  }
  int64_t seconds = 0;
  out.partial = out.day == 0 || !scanner.Skip('T');
  if (!out.partial) seconds = ScanTimeOfDay(scanner, out);
  if (!scanner.ok() || !scanner.done()) return std::nullopt;
  const std::chrono::year_month_day date = FirstDay(out);
  if (!date.ok()) return std::nullopt;
  out.time.set_seconds(BeginningOf(date) + seconds);
  return out;
}

google::protobuf::Timestamp LastInstant(const FhirTime& time) {
  if (!time.partial) return time.time;
  const std::chrono::year_month_day first = FirstDay(time);
  std::chrono::sys_days next = std::chrono::sys_days(first) + std::chrono::days(1);
  if (time.day == 0) next = first + (time.month == 0 ? std::chrono::months(12) : std::chrono::months(1));
  google::protobuf::Timestamp last;
  last.set_seconds(BeginningOf(next) - 1);
  last.set_nanos(999'999'000);
  return last;
}

}  // namespace anamnesis::fhir
