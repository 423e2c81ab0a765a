// Text as JSON carries it.
#pragma once

#include <string>
#include <string_view>

namespace anamnesis::fhir {

// Resolves the escapes of a JSON string into `out`; false where one is unknown, cut off, or half of a surrogate pair.
bool Unescape(std::string_view raw, std::string& out);

// True if the text holds a character that takes no room: U+200B to U+200D, U+2060 or U+FEFF.
bool HasZeroWidth(std::string_view text);

}  // namespace anamnesis::fhir
