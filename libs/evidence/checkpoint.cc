#include "evidence/checkpoint.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "evidence/encoding.h"

namespace anamnesis::evidence {
namespace {

absl::Status Malformed(const char* problem) {
  return absl::InvalidArgumentError(absl::StrCat("malformed checkpoint: ", problem));
}

bool IsLine(std::string_view text) {
  return !text.empty() && text.find('\n') == std::string_view::npos && IsNoteText(text);
}

// Takes the first line off; nothing where there is none that ends.
std::optional<std::string_view> TakeLine(std::string_view& text) {
  const size_t end = text.find('\n');
  if (end == std::string_view::npos) return std::nullopt;
  const std::string_view line = text.substr(0, end);
  text.remove_prefix(end + 1);
  return line;
}

}  // namespace

absl::StatusOr<std::string> FormatCheckpoint(const Checkpoint& checkpoint) {
  if (!IsLine(checkpoint.origin)) return Malformed("the origin is not a line");
  if (!std::all_of(checkpoint.extensions.begin(), checkpoint.extensions.end(), IsLine)) {
    return Malformed("an extension is not a line");
  }
  std::string text =
      absl::StrCat(checkpoint.origin, "\n", checkpoint.size, "\n", ToBase64(BytesOf(checkpoint.root)), "\n");
  for (const std::string& extension : checkpoint.extensions) absl::StrAppend(&text, extension, "\n");
  return text;
}

absl::StatusOr<Checkpoint> ParseCheckpoint(std::string_view text) {
  if (!text.ends_with('\n')) return Malformed("no newline at the end");
  const std::optional<std::string_view> origin = TakeLine(text);
  if (!origin.has_value() || !IsLine(*origin)) return Malformed("no origin");
  const std::optional<uint64_t> size = FromDecimal(TakeLine(text).value_or(""));
  if (!size.has_value()) return Malformed("no size in decimal digits");
  const std::optional<Hash> root = HashFromBase64(TakeLine(text).value_or(""));
  if (!root.has_value()) return Malformed("no root of 32 bytes in base64");
  Checkpoint checkpoint = {std::string(*origin), *size, *root, {}};
  while (const std::optional<std::string_view> extension = TakeLine(text)) {
    if (!IsLine(*extension)) return Malformed("an extension is not a line");
    checkpoint.extensions.emplace_back(*extension);
  }
  return checkpoint;
}

}  // namespace anamnesis::evidence
