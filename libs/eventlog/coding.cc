#include "eventlog/coding.h"

#include <libdeflate.h>

#include "absl/strings/str_cat.h"

namespace anamnesis::eventlog {
namespace {

constexpr size_t kChecksumBytes = 4;

uint32_t Checksum(std::string_view bytes) {
  return libdeflate_crc32(0, bytes.data(), bytes.size());
}

uint32_t FromLittleEndian32(std::string_view bytes) {
  uint32_t value = 0;
  for (size_t i = kChecksumBytes; i-- > 0;) value = value << 8 | static_cast<uint8_t>(bytes[i]);
  return value;
}

}  // namespace

void PutVarint(std::string& out, uint64_t value) {
  for (; value >= 0x80; value >>= 7) out.push_back(static_cast<char>(value | 0x80));
  out.push_back(static_cast<char>(value));
}

void PutSigned(std::string& out, int64_t value) {
  PutVarint(out, static_cast<uint64_t>(value) << 1 ^ static_cast<uint64_t>(value >> 63));
}

void PutText(std::string& out, std::string_view text) {
  PutVarint(out, text.size());
  out.append(text);
}

void PutBigEndian64(std::string& out, uint64_t value) {
  for (int shift = 56; shift >= 0; shift -= 8) out.push_back(static_cast<char>(value >> shift));
}

void PutChecksum(std::string& out) {
  uint32_t checksum = Checksum(out);
  for (size_t i = 0; i < kChecksumBytes; ++i, checksum >>= 8) out.push_back(static_cast<char>(checksum));
}

std::string BigEndian64(uint64_t value) {
  std::string out;
  PutBigEndian64(out, value);
  return out;
}

uint64_t FromBigEndian64(std::string_view bytes) {
  uint64_t value = 0;
  for (const char byte : bytes.substr(0, 8)) value = value << 8 | static_cast<uint8_t>(byte);
  return value;
}

StrictReader::StrictReader(const char* what, std::string_view bytes) : what_(what), rest_(bytes), size_(bytes.size()) {
  if (bytes.size() < kChecksumBytes) {
    Fail("too short");
    return;
  }
  size_ -= kChecksumBytes;
  rest_.remove_suffix(kChecksumBytes);
  if (Checksum(rest_) != FromLittleEndian32(bytes.substr(size_))) Fail("checksum does not match");
}

void StrictReader::Fail(const char* problem) {
  if (problem_ != nullptr) return;
  problem_ = problem;
  problem_at_ = size_ - rest_.size();
  rest_ = {};
}

uint64_t StrictReader::LongVarint(uint64_t max) {
  uint64_t value = 0;
  for (size_t i = 0; i < rest_.size() && i < 10; ++i) {
    const auto byte = static_cast<uint8_t>(rest_[i]);
    if (i == 9 && byte > 1) break;
    value |= static_cast<uint64_t>(byte & 0x7f) << (7 * i);
    if (byte >= 0x80) continue;
    if (byte == 0 && i > 0) return Fail("number longer than needed"), 0;
    if (value > max) return Fail("number or length above its limit"), 0;
    rest_.remove_prefix(i + 1);
    return value;
  }
  Fail("number cut off or too large");
  return 0;
}

int64_t StrictReader::Signed() {
  const uint64_t value = Varint();
  return static_cast<int64_t>(value >> 1 ^ (~(value & 1) + 1));
}

absl::Status StrictReader::Finish() {
  if (!rest_.empty()) Fail("bytes left over");
  if (ok()) return absl::OkStatus();
  return absl::DataLossError(absl::StrCat(what_, ": ", problem_, " at byte ", problem_at_));
}

}  // namespace anamnesis::eventlog
