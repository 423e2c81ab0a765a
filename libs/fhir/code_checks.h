// What is wrong with a code or a value by itself, without a terminology server.
#pragma once

#include <string_view>

namespace anamnesis::fhir {

inline constexpr std::string_view kRxNorm = "http://www.nlm.nih.gov/research/umls/rxnorm";
inline constexpr std::string_view kLoinc = "http://loinc.org";

// True for the codes that are known to be published under a display that names something else.
bool ContradictsKnownCode(std::string_view system, std::string_view code, std::string_view display);

// True if scores under this code are whole numbers.
bool IsIntegerScale(std::string_view system, std::string_view code);

// True if a decimal number in JSON notation has a part after the point.
bool HasFraction(std::string_view decimal);

}  // namespace anamnesis::fhir
