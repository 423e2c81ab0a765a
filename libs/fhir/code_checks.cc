#include "fhir/code_checks.h"

namespace anamnesis::fhir {
namespace {

struct KnownContradiction {
  std::string_view system;
  std::string_view code;
  std::string_view display;  // The beginning of the display that does not belong to the code.
};

// Checked one by one; the source of each is beside it.
constexpr KnownContradiction kContradictions[] = {
    {kRxNorm, "833036", "Captopril"}, // Synthea R4 bundles, 2019.
};

// Pain severity 0 to 10, verbal numeric rating.
constexpr std::string_view kIntegerScales[] = {"72514-3"};

}  // namespace

bool ContradictsKnownCode(std::string_view system, std::string_view code, std::string_view display) {
  for (const KnownContradiction& known : kContradictions) {
    if (system == known.system && code == known.code && display.starts_with(known.display)) return true;
  }
  return false;
}

bool IsIntegerScale(std::string_view system, std::string_view code) {
  if (system != kLoinc) return false;
  for (const std::string_view scale : kIntegerScales) {
    if (code == scale) return true;
  }
  return false;
}

bool HasFraction(std::string_view decimal) {
  const size_t point = decimal.find('.');
  if (point == std::string_view::npos) return false;
  const std::string_view fraction = decimal.substr(point + 1, decimal.find_first_of("eE") - point - 1);
  return fraction.find_first_not_of('0') != std::string_view::npos;
}

}  // namespace anamnesis::fhir
