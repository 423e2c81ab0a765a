#include "services/medication/domain/dose/exact.h"

#include <algorithm>
#include <limits>

namespace anamnesis::medication {
namespace {

constexpr int kMostPlaces = 100;
constexpr size_t kMostExponentDigits = 4;
constexpr size_t kDigitsOfAWord = std::numeric_limits<long>::digits10;

bool IsDigit(char c) {
  return c >= '0' && c <= '9';
}

// Takes the digits at the front.
std::string TakeDigits(std::string_view& text) {
  const auto end = std::find_if_not(text.begin(), text.end(), IsDigit);
  std::string digits(text.begin(), end);
  text.remove_prefix(digits.size());
  return digits;
}

bool Take(std::string_view& text, char wanted) {
  if (text.empty() || text.front() != wanted) return false;
  text.remove_prefix(1);
  return true;
}

mpz_class PowerOfTen(int exponent) {
  mpz_class power;
  mpz_ui_pow_ui(power.get_mpz_t(), 10, static_cast<unsigned long>(exponent));
  return power;
}

}  // namespace

std::optional<Exact> ParseExact(std::string_view text) {
  const bool negative = Take(text, '-');
  std::string digits = TakeDigits(text);
  if (digits.empty()) return std::nullopt;
  int places = 0;
  if (Take(text, '.')) {
    const std::string decimals = TakeDigits(text);
    if (decimals.empty()) return std::nullopt;
    places = static_cast<int>(std::min<size_t>(decimals.size(), kMostPlaces + 1));
    digits += decimals;
  }
  if (Take(text, 'e') || Take(text, 'E')) {
    const bool down = Take(text, '-');
    if (!down) Take(text, '+');
    const std::string exponent = TakeDigits(text);
    if (exponent.empty() || exponent.size() > kMostExponentDigits) return std::nullopt;
    const auto size = static_cast<int>(mpz_class(exponent, 10).get_si());
    places += down ? size : -size;
  }
  if (!text.empty() || digits.size() > kMostPlaces || places > kMostPlaces || places < -kMostPlaces)
    return std::nullopt;
  // Of few digits a machine word is made, which is quicker than GMP's own reading.
  Exact number(digits.size() <= kDigitsOfAWord ? mpz_class(std::stol(digits)) : mpz_class(digits, 10));
  if (places > 0) number /= PowerOfTen(places);
  if (places < 0) number *= PowerOfTen(-places);
  return negative ? Exact(-number) : number;
}

std::string DecimalText(const Exact& number, int places) {
  const mpz_class scale = PowerOfTen(places);
  // |n/d| × scale, rounded half up: floor((2 n scale + d) / 2 d).
  const mpz_class denominator = number.get_den();
  const mpz_class rounded = (2 * abs(number.get_num()) * scale + denominator) / (2 * denominator);
  std::string digits = rounded.get_str();
  const auto decimals = static_cast<size_t>(places);
  if (digits.size() <= decimals) digits.insert(0, decimals + 1 - digits.size(), '0');
  std::string text = digits.substr(0, digits.size() - decimals);
  std::string fraction = digits.substr(digits.size() - decimals);
  fraction.erase(fraction.find_last_not_of('0') + 1);
  if (!fraction.empty()) text.append(".").append(fraction);
  return number < 0 && rounded != 0 ? "-" + text : text;
}

}  // namespace anamnesis::medication
