// A strict reader of JSON that keeps what a clinical record must not lose: each number as it was written, and the place
// of every value, so that a fault can be named. Faults inside one string spoil that string only, not the file.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "google/protobuf/arena.h"

namespace anamnesis::fhir {

enum class JsonKind : uint8_t {
  kNull,
  kBool,    // `text` is `true` or `false`.
  kNumber,  // `text` is the number as written.
  kString,  // `text` is the string, unescaped, in UTF-8.
  kSpoilt,  // A string that is not UTF-8 or has an escape that means nothing; `text` says which.
  kArray,
  kObject,
};

// One value of a document. Its children are a list through `first` and `next`, in the order of the text.
struct Json {
  JsonKind kind = JsonKind::kNull;
  uint32_t index = 0;     // Of an array's item.
  std::string_view key;   // Of an object's member.
  std::string_view text;  // Of a scalar.
  const Json* parent = nullptr;
  Json* first = nullptr;
  Json* next = nullptr;

  // The first member of that name; null where there is none, or where this is not an object.
  const Json* Find(std::string_view name) const;
};

// Where `value` stands below `root`: `code.coding[0].code`. Names that are not FHIR's are shown as `?`, because a
// malformed file may hold anything in their place.
std::string JsonPath(const Json& value, const Json* root);

// What a kind is called in a fault: `number`.
std::string_view KindName(JsonKind kind);

// All values of a parsed text, which must outlive this: they point into it. Immutable.
class JsonDocument {
 public:
  // Levels of arrays and objects; FHIR needs about twenty.
  static constexpr int kMaxDepth = 64;
  // Values of one text, about 80 bytes of memory each; a bundle of 256 MiB has some six million.
  static constexpr size_t kMaxValues = 8'000'000;

  // INVALID_ARGUMENT names the place and the byte at which the text stops being JSON; never its content.
  static absl::StatusOr<std::unique_ptr<const JsonDocument>> Parse(std::string_view text);

  const Json& root() const { return root_; }

 private:
  friend class JsonParser;
  JsonDocument();

  google::protobuf::Arena arena_;  // Of every other value and every string that had escapes.
  Json root_;
};

}  // namespace anamnesis::fhir
