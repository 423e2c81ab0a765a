#include "projection/view_store_keys.h"

namespace anamnesis::projection {
namespace {

void PutBigEndian(std::string& out, uint64_t value, int bytes) {
  for (int shift = 8 * (bytes - 1); shift >= 0; shift -= 8) out.push_back(static_cast<char>(value >> shift));
}

}  // namespace

std::string GenerationPrefix(std::string_view service, uint64_t number) {
  std::string key(service);
  key.push_back('\0');
  PutBigEndian(key, number, 8);
  return key;
}

std::string FailurePrefix(std::string_view generation) {
  return "failed/" + std::string(generation);
}

std::string RowPrefix(std::string_view subject, std::string_view kind) {
  std::string key(subject);
  if (kind.empty()) return key;
  key.append(kind);
  key.push_back('\0');
  return key;
}

std::string EncodeRow(const ViewRef& ref) {
  return RowPrefix(ref.subject, ref.kind) + ref.view;
}

ViewRef DecodeRow(std::string_view bytes) {
  return {.subject = std::string(bytes.substr(0, kIdBytes)),
          .kind = std::string(bytes.substr(kIdBytes, bytes.size() - 2 * kIdBytes - 1)),
          .view = std::string(bytes.substr(bytes.size() - kIdBytes))};
}

std::string EncodeVersion(uint64_t position, uint32_t ordinal) {
  std::string key;
  PutBigEndian(key, ~position, 8);
  PutBigEndian(key, static_cast<uint32_t>(~ordinal), 4);
  return key;
}

std::string EncodeEntry(const ViewRef& ref) {
  std::string key = ref.subject + ref.view + ref.kind;
  key.push_back(static_cast<char>(ref.kind.size()));
  return key;
}

ViewRef DecodeEntry(std::string_view bytes) {
  const size_t kind_size = static_cast<uint8_t>(bytes.back());
  const std::string_view row = bytes.substr(bytes.size() - 1 - kind_size - 2 * kIdBytes);
  return {.subject = std::string(row.substr(0, kIdBytes)),
          .kind = std::string(row.substr(2 * kIdBytes, kind_size)),
          .view = std::string(row.substr(kIdBytes, kIdBytes))};
}

std::string PrefixEnd(std::string_view prefix) {
  std::string end(prefix);
  while (static_cast<uint8_t>(end.back()) == 0xff) end.pop_back();
  end.back() = static_cast<char>(static_cast<uint8_t>(end.back()) + 1);
  return end;
}

}  // namespace anamnesis::projection
