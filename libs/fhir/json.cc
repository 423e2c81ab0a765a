#include "fhir/json.h"

#include <algorithm>
#include <cctype>
#include <cstring>
#include <vector>

#include "absl/strings/str_cat.h"
#include "base/status.h"
#include "base/utf8.h"
#include "fhir/utf8.h"

namespace anamnesis::fhir {
namespace {

constexpr size_t kMaxNameBytes = 64;

bool IsDigit(char c) {
  return c >= '0' && c <= '9';
}

bool IsSpace(char c) {
  return c == ' ' || c == '\n' || c == '\r' || c == '\t';
}

bool IsElementName(std::string_view name) {
  return !name.empty() && name.size() <= kMaxNameBytes &&
         std::all_of(name.begin(), name.end(), [](unsigned char c) { return std::isalnum(c) || c == '_'; });
}

// A bundle has some ten thousand values to the megabyte.
google::protobuf::ArenaOptions LargeBlocks() {
  google::protobuf::ArenaOptions options;
  options.start_block_size = 64 << 10;
  options.max_block_size = 1 << 20;
  return options;
}

absl::string_view Absl(std::string_view text) {
  return {text.data(), text.size()};
}

// Eight bytes of a text at a time, each in a lane of a word.
constexpr size_t kLanes = sizeof(uint64_t);

constexpr uint64_t InEachLane(unsigned char byte) {
  return byte * uint64_t{0x0101010101010101};
}

uint64_t WordAt(std::string_view text, size_t at) {
  uint64_t word = 0;
  std::memcpy(&word, text.data() + at, kLanes);
  return word;
}

// Whether a lane is below `limit`, which is at most 0x80.
constexpr bool AnyBelow(uint64_t word, unsigned char limit) {
  return ((word - InEachLane(limit)) & ~word & InEachLane(0x80)) != 0;
}

// Whether it is a character of ASCII that stands for itself in a string.
constexpr bool IsPlain(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return byte >= 0x20 && byte < 0x80 && byte != '"' && byte != '\\';
}

// Whether all lanes are.
constexpr bool IsPlain(uint64_t word) {
  return (word & InEachLane(0x80)) == 0 && !AnyBelow(word, 0x20) && !AnyBelow(word ^ InEachLane('"'), 1) &&
         !AnyBelow(word ^ InEachLane('\\'), 1);
}

}  // namespace

const Json* Json::Find(std::string_view name) const {
  if (kind != JsonKind::kObject) return nullptr;
  for (const Json* member = first; member != nullptr; member = member->next) {
    if (member->key == name) return member;
  }
  return nullptr;
}

std::string JsonPath(const Json& value, const Json* root) {
  std::vector<const Json*> steps;
  for (const Json* step = &value; step != root && step->parent != nullptr; step = step->parent) steps.push_back(step);
  std::string path;
  for (auto step = steps.rbegin(); step != steps.rend(); ++step) {
    if ((*step)->parent->kind == JsonKind::kArray) {
      absl::StrAppend(&path, "[", (*step)->index, "]");
    } else {
      absl::StrAppend(&path, path.empty() ? "" : ".", IsElementName((*step)->key) ? Absl((*step)->key) : "?");
    }
  }
  return path;
}

std::string_view KindName(JsonKind kind) {
  switch (kind) {
    case JsonKind::kNull:
      return "null";
    case JsonKind::kBool:
      return "boolean";
    case JsonKind::kNumber:
      return "number";
    case JsonKind::kString:
    case JsonKind::kSpoilt:
      return "string";
    case JsonKind::kArray:
      return "array";
    case JsonKind::kObject:
      return "object";
  }
  return "unknown";
}

// Recursive descent over one text; RFC 8259 without extensions.
class JsonParser {
 public:
  JsonParser(std::string_view text, JsonDocument& document) : document_(document), text_(text) {}

  absl::Status Run() {
    SkipSpace();
    RETURN_IF_ERROR(ParseValue(document_.root_, 0));
    SkipSpace();
    if (at_ != text_.size()) return Fail(document_.root(), "text after the end of the value");
    return absl::OkStatus();
  }

 private:
  absl::Status Fail(const Json& value, std::string_view reason) const {
    const std::string path = JsonPath(value, nullptr);
    return absl::InvalidArgumentError(absl::StrCat(path, path.empty() ? "" : ": ",
                                                   at_ >= text_.size() ? "unexpected end of input" : Absl(reason),
                                                   " at byte ", std::min(at_, text_.size())));
  }

  char Peek() const { return at_ < text_.size() ? text_[at_] : '\0'; }
  bool Take(char c) { return Peek() == c && at_ < text_.size() ? (++at_, true) : false; }
  bool HasWord() const { return at_ + kLanes <= text_.size(); }
  void SkipSpace() {
    while (at_ < text_.size() && IsSpace(text_[at_])) {
      ++at_;
      while (HasWord() && WordAt(text_, at_) == InEachLane(' ')) at_ += kLanes;
    }
  }
  // Stops at what ends a string or has to be looked at.
  void SkipPlain() {
    while (HasWord() && IsPlain(WordAt(text_, at_))) at_ += kLanes;
    while (at_ < text_.size() && IsPlain(text_[at_])) ++at_;
  }

  absl::Status ParseValue(Json& value, int depth) {
    switch (Peek()) {
      case '{':
      case '[':
        return depth == JsonDocument::kMaxDepth ? Fail(value, "nested too deeply") : ParseChildren(value, depth);
      case '"':
        return ParseString(value, value.text, &value.kind);
      case 't':
        return ParseWord(value, "true", JsonKind::kBool);
      case 'f':
        return ParseWord(value, "false", JsonKind::kBool);
      case 'n':
        return ParseWord(value, "null", JsonKind::kNull);
      default:
        return ParseNumber(value);
    }
  }

  absl::Status ParseChildren(Json& value, int depth) {
    const bool object = Take('{');
    if (!object) ++at_;
    value.kind = object ? JsonKind::kObject : JsonKind::kArray;
    const char close = object ? '}' : ']';
    SkipSpace();
    if (Take(close)) return absl::OkStatus();
    Json** link = &value.first;
    for (uint32_t index = 0;; ++index) {
      if (++values_ == JsonDocument::kMaxValues) return Fail(value, "too many values");
      Json& child = *google::protobuf::Arena::Create<Json>(&document_.arena_);
      child.parent = &value;
      child.index = index;
      *link = &child;
      link = &child.next;
      if (object) {
        if (Peek() != '"') return Fail(value, "expected a name");
        JsonKind kind = JsonKind::kString;
        RETURN_IF_ERROR(ParseString(value, child.key, &kind));
        SkipSpace();
        if (!Take(':')) return Fail(value, "expected ':'");
        SkipSpace();
      }
      RETURN_IF_ERROR(ParseValue(child, depth + 1));
      SkipSpace();
      if (Take(close)) return absl::OkStatus();
      if (!Take(',')) return Fail(value, object ? "expected ',' or '}'" : "expected ',' or ']'");
      SkipSpace();
    }
  }

  absl::Status ParseWord(Json& value, std::string_view word, JsonKind kind) {
    if (text_.substr(at_, word.size()) != word) return Fail(value, "expected a value");
    value.kind = kind;
    value.text = text_.substr(at_, word.size());
    at_ += word.size();
    return absl::OkStatus();
  }

  bool TakeDigits() {
    const size_t start = at_;
    while (IsDigit(Peek())) ++at_;
    return at_ > start;
  }

  absl::Status ParseNumber(Json& value) {
    const size_t start = at_;
    Take('-');
    if (!Take('0') && !TakeDigits()) return Fail(value, "expected a value");
    if (Take('.') && !TakeDigits()) return Fail(value, "expected a digit");
    if (Take('e') || Take('E')) {
      if (!Take('-')) Take('+');
      if (!TakeDigits()) return Fail(value, "expected a digit");
    }
    value.kind = JsonKind::kNumber;
    value.text = text_.substr(start, at_ - start);
    return absl::OkStatus();
  }

  // Finds the end of the string first: whatever is in it, the rest of the text can be read.
  absl::Status ParseString(const Json& owner, std::string_view& out, JsonKind* kind) {
    const size_t start = ++at_;
    bool escaped = false;
    bool ascii = true;
    for (SkipPlain(); at_ < text_.size() && text_[at_] != '"'; SkipPlain()) {
      const auto byte = static_cast<unsigned char>(text_[at_]);
      if (byte < 0x20) return Fail(owner, "control character in a string");
      if (byte >= 0x80) ascii = false;
      if (byte == '\\') {
        escaped = true;
        ++at_;
      }
      ++at_;
    }
    if (at_ >= text_.size()) return Fail(owner, "");
    const std::string_view raw = text_.substr(start, at_ - start);
    ++at_;
    *kind = JsonKind::kString;
    out = raw;
    if (!ascii && !IsUtf8(raw)) {
      *kind = JsonKind::kSpoilt;
      out = "not UTF-8";
    } else if (escaped) {
      std::string& plain = *google::protobuf::Arena::Create<std::string>(&document_.arena_);
      if (Unescape(raw, plain)) {
        out = plain;
      } else {
        *kind = JsonKind::kSpoilt;
        out = "escape sequence that means no character";
      }
    }
    return absl::OkStatus();
  }

  JsonDocument& document_;
  const std::string_view text_;
  size_t at_ = 0;
  size_t values_ = 0;  // Besides the root.
};

JsonDocument::JsonDocument() : arena_(LargeBlocks()) {}

absl::StatusOr<std::unique_ptr<const JsonDocument>> JsonDocument::Parse(std::string_view text) {
  constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
  if (text.substr(0, kByteOrderMark.size()) == kByteOrderMark) text.remove_prefix(kByteOrderMark.size());
  std::unique_ptr<JsonDocument> document(new JsonDocument);
  RETURN_IF_ERROR(JsonParser(text, *document).Run());
  return std::unique_ptr<const JsonDocument>(std::move(document));
}

}  // namespace anamnesis::fhir
