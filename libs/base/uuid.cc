#include "base/uuid.h"

#include <nettle/sha1.h>

#include <algorithm>
#include <array>
#include <cstdint>

#include "base/clock.h"
#include "base/random.h"

namespace anamnesis {
namespace {

constexpr size_t kTextSize = 36;
constexpr size_t kByteSize = 16;

bool IsHyphenAt(size_t index) {
  return index == 8 || index == 13 || index == 18 || index == 23;
}

bool IsLowerHex(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
}

int HexValue(char c) {
  return c <= '9' ? c - '0' : c - 'a' + 10;
}

void SetVersion(std::array<unsigned char, kByteSize>& bytes, int version) {
  bytes[6] = static_cast<unsigned char>((bytes[6] & 0x0f) | (version << 4));
  bytes[8] = static_cast<unsigned char>((bytes[8] & 0x3f) | 0x80);
}

std::string Text(const std::array<unsigned char, kByteSize>& bytes) {
  return UuidText(std::string_view(reinterpret_cast<const char*>(bytes.data()), bytes.size()));
}

}  // namespace

bool IsUuid(std::string_view text) {
  if (text.size() != kTextSize) return false;
  for (size_t i = 0; i < text.size(); ++i) {
    if (IsHyphenAt(i) ? text[i] != '-' : !IsLowerHex(text[i])) return false;
  }
  return true;
}

std::string NewUuid() {
  std::array<unsigned char, kByteSize> bytes;
  const auto millis = static_cast<uint64_t>(SystemClock().NowMicros() / 1000);
  for (int i = 0; i < 6; ++i) bytes[i] = static_cast<unsigned char>(millis >> (8 * (5 - i)));
  RandomBytes(bytes.data() + 6, bytes.size() - 6);
  SetVersion(bytes, 7);
  return Text(bytes);
}

std::string NamedUuid(std::string_view name_space, std::string_view name) {
  std::string input = UuidBytes(name_space);
  input.append(name);
  sha1_ctx context;
  sha1_init(&context);
  sha1_update(&context, input.size(), reinterpret_cast<const uint8_t*>(input.data()));
  std::array<uint8_t, SHA1_DIGEST_SIZE> digest;
  sha1_digest(&context, digest.size(), digest.data());
  std::array<unsigned char, kByteSize> bytes;
  std::copy_n(digest.begin(), bytes.size(), bytes.begin());
  SetVersion(bytes, 5);
  return Text(bytes);
}

std::string SourceUuid(std::string_view system, std::string_view type, std::string_view id) {
  std::string name(system);
  name.append(1, '\0').append(type).append(1, '\0').append(id);
  return NamedUuid(kSourceNamespace, name);
}

std::string UuidBytes(std::string_view text) {
  if (text.size() != kTextSize) return {};
  std::string bytes(kByteSize, '\0');
  size_t at = 0;
  for (char& byte : bytes) {
    if (IsHyphenAt(at)) ++at;
    byte = static_cast<char>(HexValue(text[at]) << 4 | HexValue(text[at + 1]));
    at += 2;
  }
  return bytes;
}

std::string UuidText(std::string_view bytes) {
  std::string text;
  UuidTextInto(bytes, text);
  return text;
}

void UuidTextInto(std::string_view bytes, std::string& text) {
  if (bytes.size() != kByteSize) return text.clear();
  // Every recorded event is read with its id: where each byte's digits stand is written down, not counted.
  static constexpr std::array<uint8_t, kByteSize> kPlaces = {0, 2, 4, 6, 9, 11, 14, 16, 19, 21, 24, 26, 28, 30, 32, 34};
  static constexpr char kHex[] = "0123456789abcdef";
  text.assign(kTextSize, '-');
  for (size_t i = 0; i < kByteSize; ++i) {
    const auto byte = static_cast<unsigned char>(bytes[i]);
    text[kPlaces[i]] = kHex[byte >> 4];
    text[kPlaces[i] + 1] = kHex[byte & 0x0f];
  }
}

}  // namespace anamnesis
