// The field rules of the contracts (anamnesis/rpc/v1/options.proto), checked on a message.
#pragma once

#include <vector>

#include "absl/status/status.h"
#include "google/protobuf/message.h"
#include "google/rpc/error_details.pb.h"

namespace anamnesis::rpc {

// Most bytes of a string whose rule does not say, and most items of a repeated field whose rule does not say.
inline constexpr uint32_t kDefaultMaxBytes = 1024;
inline constexpr uint32_t kDefaultMaxItems = 256;
// Deepest nesting of messages that is accepted.
inline constexpr int kMaxDepth = 32;
// Most violations that are listed in one answer. They travel in the trailing metadata, of which clients take 8 KiB,
// some of them in base64: with more, who is answered would see RESOURCE_EXHAUSTED in place of all of them.
inline constexpr size_t kMaxViolations = 32;

// Every violation in `message`, with paths as `demographics.names[0].family`; empty where it keeps all rules.
// Descriptions tell the rule and never the value. Beyond the field rules: an enum value must be defined, a Timestamp
// valid and within the years 1850 to 2200. Thread-safe; the rules of a message type are read from its descriptor once.
std::vector<google::rpc::BadRequest::FieldViolation> Validate(const google::protobuf::Message& message);

// INVALID_FIELDS with every violation, or OK.
absl::Status CheckFields(const google::protobuf::Message& message);

}  // namespace anamnesis::rpc
