// The keys of a ViewStore, all in byte order:
//   generation   service NUL number                     (number: 8 bytes, most significant first)
//   row          generation subject kind NUL view       in `current`: the newest version
//   version      row ~position ~ordinal                 in `history`: replaced versions, newest first (8 and 4 bytes)
//   entry        generation term subject view kind length of kind (1 byte): the row is read from the end
//   failure      "failed/" generation subject           in `default`: why the subject's views are not answered from
// Subjects and views are the 16 bytes of their UUIDs.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace anamnesis::projection {

// Whose view of which resource, and of which kind.
struct ViewRef {
  std::string subject;  // 16 bytes.
  std::string kind;     // 1 to kMaxKindBytes bytes, no NUL.
  std::string view;     // 16 bytes.
  friend auto operator<=>(const ViewRef&, const ViewRef&) = default;
};

inline constexpr size_t kIdBytes = 16;
inline constexpr size_t kMaxKindBytes = 64;
inline constexpr size_t kMaxServiceBytes = 32;

// What the keys of one generation begin with.
std::string GenerationPrefix(std::string_view service, uint64_t number);

// What the keys of a generation's failures begin with.
std::string FailurePrefix(std::string_view generation);

// The part of a row's key after the generation; `kind` empty: what all rows of the subject begin with.
std::string RowPrefix(std::string_view subject, std::string_view kind);
std::string EncodeRow(const ViewRef& ref);
// `bytes` must come from EncodeRow.
ViewRef DecodeRow(std::string_view bytes);

// What follows the row in a version's key. `ordinal` tells changes by one event from another.
std::string EncodeVersion(uint64_t position, uint32_t ordinal);

// What follows the term in an entry's key: entries with the same term are in the order of subjects, then views.
std::string EncodeEntry(const ViewRef& ref);
// Reads the row at the end of an entry's key.
ViewRef DecodeEntry(std::string_view bytes);

// The first key after all that begin with `prefix`; the prefix may not be all 0xff.
std::string PrefixEnd(std::string_view prefix);

}  // namespace anamnesis::projection
