// How bytes are written in notes and keys. Reading is strict: one value has one encoding.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "evidence/merkle.h"

namespace anamnesis::evidence {

// Standard base64 with padding (RFC 4648, section 4).
std::string ToBase64(std::string_view bytes);
// The bytes of it; nothing for any text that ToBase64 does not write.
std::optional<std::string> FromBase64(std::string_view text);
// The same for a hash; nothing also where it is not kHashBytes long.
std::optional<Hash> HashFromBase64(std::string_view text);

// Most significant byte first.
std::string BigEndian32(uint32_t value);
std::string BigEndian64(uint64_t value);
// `bytes` must be at most eight.
uint64_t FromBigEndian(std::string_view bytes);

// A number in decimal digits without leading zeros; nothing for any other text or one above 2^64 - 1.
std::optional<uint64_t> FromDecimal(std::string_view text);

// True for UTF-8 without control characters (below U+0020) other than newline.
bool IsNoteText(std::string_view text);

}  // namespace anamnesis::evidence
