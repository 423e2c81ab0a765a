// The few encodings that stored bytes are made of (FORMAT.md). Writing appends to a string; reading is strict: one
// value has one encoding, and anything else is refused.
#pragma once

#include <cstdint>
#include <limits>
#include <string>
#include <string_view>

#include "absl/status/status.h"

namespace anamnesis::eventlog {

// Seven bits a byte, least significant first, in as few bytes as possible.
void PutVarint(std::string& out, uint64_t value);
// A signed number as a varint: 0, -1, 1, -2 … become 0, 1, 2, 3 …
void PutSigned(std::string& out, int64_t value);
// A varint length, then the bytes.
void PutText(std::string& out, std::string_view text);
// Eight bytes, most significant first, so that keys sort as numbers.
void PutBigEndian64(std::string& out, uint64_t value);
// The CRC-32 (that of zlib and Ethernet) of all of `out`, least significant byte first. Stored values end with it.
void PutChecksum(std::string& out);

std::string BigEndian64(uint64_t value);
// `bytes` must be eight bytes.
uint64_t FromBigEndian64(std::string_view bytes);

// Reads one checksummed value from front to back. After the first problem every read returns zero or nothing, so that a
// decoder reads straight on and asks once, at Finish(). Not thread-safe; the bytes must outlive it.
class StrictReader {
 public:
  // `what` names the value in errors. Verifies and takes off the checksum.
  StrictReader(const char* what, std::string_view bytes);

  uint8_t Byte() {
    const std::string_view byte = Bytes(1);
    return byte.empty() ? 0 : static_cast<uint8_t>(byte[0]);
  }
  uint64_t Varint(uint64_t max = std::numeric_limits<uint64_t>::max()) {
    // Nearly every number is a short length.
    const uint8_t first = rest_.empty() ? 0xff : static_cast<uint8_t>(rest_[0]);
    if (first >= 0x80 || first > max) return LongVarint(max);
    rest_.remove_prefix(1);
    return first;
  }
  int64_t Signed();
  std::string_view Text(size_t max_bytes) { return Bytes(Varint(max_bytes)); }
  std::string_view Bytes(size_t count) {
    if (count > rest_.size()) Fail("cut off");
    if (!ok()) return {};
    const std::string_view bytes = rest_.substr(0, count);
    rest_.remove_prefix(count);
    return bytes;
  }
  // Refuses the value unless `holds`.
  void Require(bool holds, const char* problem) {
    if (!holds) Fail(problem);
  }

  bool ok() const { return problem_ == nullptr; }
  // How many bytes have been read.
  size_t offset() const { return size_ - rest_.size(); }
  // OK if all was well formed and nothing is left over, otherwise DATA_LOSS with the first problem and where it is.
  absl::Status Finish();

 private:
  uint64_t LongVarint(uint64_t max);
  void Fail(const char* problem);

  const char* const what_;
  std::string_view rest_;
  size_t size_;
  const char* problem_ = nullptr;
  size_t problem_at_ = 0;
};

}  // namespace anamnesis::eventlog
