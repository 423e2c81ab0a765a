#include "services/encounter/domain/scoring/total.h"

#include <algorithm>
#include <cstdint>
#include <string_view>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "services/encounter/domain/scoring/instruments.h"

namespace anamnesis::encounter {
namespace {

// A number that is not negative, as far as bands care.
struct Said {
  int64_t whole;
  bool and_more;  // It has a part after the point.
};

// A decimal number in JSON notation; nothing for one that is negative, too long or none. Works on the digits: a binary
// fraction would round.
std::optional<Said> Parse(std::string_view text) {
  constexpr int kMostExponent = 64;
  constexpr size_t kMostWholeDigits = 18;
  int exponent = 0;
  const size_t e = text.find_first_of("eE");
  if (e != std::string_view::npos) {
    const std::string_view power = text.substr(e + 1);
    if (!absl::SimpleAtoi(absl::string_view(power.data(), power.size()), &exponent)) return std::nullopt;
    if (exponent < -kMostExponent || exponent > kMostExponent) return std::nullopt;
    text = text.substr(0, e);
  }
  const size_t point = text.find('.');
  std::string digits(text.substr(0, point));
  auto before_point = static_cast<int>(digits.size()) + exponent;
  if (point != std::string_view::npos) digits += text.substr(point + 1);
  if (digits.empty() || digits.find_first_not_of("0123456789") != std::string::npos) return std::nullopt;
  if (before_point < 0) {
    digits.insert(0, static_cast<size_t>(-before_point), '0');
    before_point = 0;
  }
  const auto whole_digits = static_cast<size_t>(before_point);
  if (digits.size() < whole_digits) digits.append(whole_digits - digits.size(), '0');
  const size_t first = std::min(digits.find_first_not_of('0'), whole_digits);
  if (whole_digits - first > kMostWholeDigits) return std::nullopt;
  int64_t whole = 0;
  for (size_t i = first; i < whole_digits; ++i) whole = whole * 10 + (digits[i] - '0');
  return Said{whole, digits.find_first_not_of('0', whole_digits) != std::string::npos};
}

const Instrument* InstrumentOf(const clinical::v1::CodeableConcept& code) {
  for (const clinical::v1::Coding& coding : code.codings()) {
    if (coding.system() != kLoinc) continue;
    if (const Instrument* found = FindInstrumentByLoinc(coding.code())) return found;
  }
  return nullptr;
}

std::string ScoreText(const v1::ObservationValue& value) {
  if (value.value_case() == v1::ObservationValue::kInteger) return absl::StrCat(value.integer());
  return value.quantity().value();
}

}  // namespace

std::optional<InstrumentTotal> TotalOf(const v1::Observation& observation) {
  const Instrument* instrument = InstrumentOf(observation.code());
  std::string text = ScoreText(observation.value());
  if (instrument == nullptr || text.empty()) return std::nullopt;

  InstrumentTotal total{instrument->tool, v1::SCORE_BAND_UNSPECIFIED, std::move(text), {"not-scored-here"}};
  const std::optional<Said> said = Parse(total.score);
  const bool bound = !observation.value().quantity().comparator().empty();
  const bool off_scale = said.has_value() && said->and_more && instrument->aggregate == Aggregate::kSum;
  const bool out_of_range =
      !said.has_value() || said->whole > instrument->most || (said->whole == instrument->most && said->and_more);
  if (off_scale) total.flags.emplace_back("decimal-score-on-integer-scale");
  if (out_of_range) total.flags.emplace_back("score-out-of-range");
  if (bound) total.flags.emplace_back("score-is-a-bound");
  if (!off_scale && !out_of_range && !bound) total.band = BandOf(*instrument, said->whole, said->and_more);
  return total;
}

}  // namespace anamnesis::encounter
