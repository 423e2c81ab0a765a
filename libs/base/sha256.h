// SHA-256 (FIPS 180-4).
#pragma once

#include <string>
#include <string_view>

namespace anamnesis {

inline constexpr size_t kSha256Bytes = 32;

// The digest of `bytes`, kSha256Bytes long. Thread-safe.
std::string Sha256(std::string_view bytes);

}  // namespace anamnesis
