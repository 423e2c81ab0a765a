// SHA-256 (FIPS 180-4).
#pragma once

#include <array>
#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>

namespace anamnesis {

inline constexpr size_t kSha256Bytes = 32;

// The digest of `bytes`, kSha256Bytes long. Thread-safe.
std::string Sha256(std::string_view bytes);

// The digest of `parts` one after another, as if they were one text. Thread-safe.
std::array<uint8_t, kSha256Bytes> Sha256Of(std::initializer_list<std::string_view> parts);

}  // namespace anamnesis
