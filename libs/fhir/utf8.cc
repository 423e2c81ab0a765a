#include "fhir/utf8.h"

#include <cstdint>

namespace anamnesis::fhir {
namespace {

int HexValue(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

// Reads four hexadecimal digits at `at` and moves past them.
bool ReadHex(std::string_view raw, size_t& at, uint32_t& unit) {
  if (at + 4 > raw.size()) return false;
  unit = 0;
  for (const size_t end = at + 4; at < end; ++at) {
    const int digit = HexValue(raw[at]);
    if (digit < 0) return false;
    unit = unit << 4 | static_cast<uint32_t>(digit);
  }
  return true;
}

void AppendUtf8(uint32_t point, std::string& out) {
  const auto append = [&out](uint32_t byte) { out.push_back(static_cast<char>(byte)); };
  if (point < 0x80) {
    append(point);
  } else if (point < 0x800) {
    append(0xC0 | point >> 6);
    append(0x80 | (point & 0x3F));
  } else if (point < 0x10000) {
    append(0xE0 | point >> 12);
    append(0x80 | (point >> 6 & 0x3F));
    append(0x80 | (point & 0x3F));
  } else {
    append(0xF0 | point >> 18);
    append(0x80 | (point >> 12 & 0x3F));
    append(0x80 | (point >> 6 & 0x3F));
    append(0x80 | (point & 0x3F));
  }
}

// `at` stands behind `\u`.
bool UnescapeUnicode(std::string_view raw, size_t& at, std::string& out) {
  uint32_t unit = 0;
  if (!ReadHex(raw, at, unit)) return false;
  if (unit >= 0xDC00 && unit <= 0xDFFF) return false;
  if (unit >= 0xD800 && unit <= 0xDBFF) {
    uint32_t low = 0;
    if (raw.substr(at, 2) != "\\u") return false;
    at += 2;
    if (!ReadHex(raw, at, low) || low < 0xDC00 || low > 0xDFFF) return false;
    unit = 0x10000 + ((unit - 0xD800) << 10) + (low - 0xDC00);
  }
  AppendUtf8(unit, out);
  return true;
}

}  // namespace

bool Unescape(std::string_view raw, std::string& out) {
  static constexpr std::string_view kNames = "\"\\/bfnrt";
  static constexpr std::string_view kMeanings = "\"\\/\b\f\n\r\t";
  out.clear();
  out.reserve(raw.size());
  for (size_t i = 0; i < raw.size();) {
    if (raw[i] != '\\') {
      out.push_back(raw[i++]);
      continue;
    }
    if (++i == raw.size()) return false;
    const char name = raw[i++];
    if (name == 'u') {
      if (!UnescapeUnicode(raw, i, out)) return false;
    } else if (const size_t found = kNames.find(name); found != std::string_view::npos) {
      out.push_back(kMeanings[found]);
    } else {
      return false;
    }
  }
  return true;
}

bool HasZeroWidth(std::string_view text) {
  for (size_t i = text.find_first_of("\xE2\xEF"); i != std::string_view::npos;
       i = text.find_first_of("\xE2\xEF", i + 1)) {
    const std::string_view character = text.substr(i, 3);
    if (character == "\u200B" || character == "\u200C" || character == "\u200D" || character == "\u2060" ||
        character == "\uFEFF") {
      return true;
    }
  }
  return false;
}

}  // namespace anamnesis::fhir
