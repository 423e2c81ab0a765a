// How views are found: the terms that a ViewStore keeps for each, and the prefixes that queries scan for. Pure.
//   l subject kind NUL time        every view of a patient, newest first, those without a time last
//   c subject code NUL time        observations by code
//   n word NUL                     patients by folded word of a name
//   i value NUL system NUL         patients by identifier, in use or retired
//   b yyyymmdd                     patients by date of birth, 00 for what is unknown
//   d kind NUL                     practitioners and organizations
//   w kind NUL                     views of everybody that lists of work are made from; for the kind `open_alerts`,
//   those
//                                  about which a warning is open
// `time` is 8 bytes that sort backwards.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "anamnesis/clinical/v1/types.pb.h"
#include "projection/view_store_keys.h"

namespace anamnesis::readmodel {

// Every term of a view, none twice. INVALID_ARGUMENT where the bytes are not a view of the kind.
absl::StatusOr<std::vector<std::string>> IndexTerms(const projection::ViewRef& ref, std::string_view view);

// Prefixes to scan for; after each the key begins with the rest of the term. Subjects are 16 bytes.
std::string ListPrefix(std::string_view subject, std::string_view kind);
std::string CodePrefix(std::string_view subject, std::string_view code);
// Names of which a word begins with a folded word.
std::string NamePrefix(std::string_view folded_word);
// `system` empty: anybody's.
std::string IdentifierPrefix(std::string_view value, std::string_view system);
// What is 0 in the date may be anything, and whatever stands after it.
std::string BirthDatePrefix(const clinical::v1::PartialDate& date);
std::string DirectoryPrefix(std::string_view kind);
std::string WorkPrefix(std::string_view kind);
inline constexpr char kOpenAlerts[] = "open_alerts";

// The time in keys under ListPrefix and CodePrefix: their first 8 bytes.
std::string EncodeTime(std::optional<int64_t> micros);
std::optional<int64_t> DecodeTime(std::string_view key);

}  // namespace anamnesis::readmodel
