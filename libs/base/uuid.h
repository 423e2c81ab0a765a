// UUIDs (RFC 9562) in their canonical lower-case text form, the only form in which ids are kept.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace anamnesis {

// True for 36 lower-case characters in the 8-4-4-4-12 form.
bool IsUuid(std::string_view text);

// A time-ordered UUID (version 7) from the wall clock and the operating system's randomness. Thread-safe.
std::string NewUuid();

// A name-based UUID (version 5): the same namespace and name give the same id everywhere.
// `name_space` must be a UUID.
std::string NamedUuid(std::string_view name_space, std::string_view name);

// The namespace of every id that this project derives from a source system.
inline constexpr std::string_view kSourceNamespace = "6f1d1c1e-7f0b-5b57-9d8e-3a52a6b0c1d4";

// The id of a resource of another system: UUIDv5 of system, type and id.
std::string SourceUuid(std::string_view system, std::string_view type, std::string_view id);

// The 16 bytes of a UUID's text, which must satisfy IsUuid; empty for a text of another length.
std::string UuidBytes(std::string_view text);
// The text of 16 bytes; empty for another number of them.
std::string UuidText(std::string_view bytes);
// The same into a text whose memory is used again.
void UuidTextInto(std::string_view bytes, std::string& text);

}  // namespace anamnesis
