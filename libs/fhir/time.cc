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
  const std::chrono::year_month_day date(std::chrono::year(out.year),
                                         std::chrono::month(out.month == 0 ? 1 : out.month),
                                         std::chrono::day(out.day == 0 ? 1 : out.day));
  if (!date.ok()) return std::nullopt;
  seconds += std::chrono::duration_cast<std::chrono::seconds>(std::chrono::sys_days(date).time_since_epoch()).count();
  out.time.set_seconds(seconds);
  return out;
}

}  // namespace anamnesis::fhir
