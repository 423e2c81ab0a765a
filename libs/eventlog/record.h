// One recorded event and its stored form. The form is a contract for ever: see FORMAT.md beside this file.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace anamnesis::eventlog {

using Position = uint64_t;  // 1, 2, 3 … in one log; 0 is before the first.
using Version = uint64_t;   // 1, 2, 3 … in one stream; 0 is before the first.

inline constexpr size_t kMaxStreamNameBytes = 128;
inline constexpr size_t kMaxTypeBytes = 256;
inline constexpr size_t kMaxMetadataBytes = 256;     // Each text of Metadata, and the request id.
inline constexpr size_t kMaxPayloadBytes = 1 << 20;  // One event.
inline constexpr size_t kMaxEventsPerAppend = 1000;
inline constexpr size_t kMaxAppendBytes = 16 << 20;  // All payloads of one append.
inline constexpr size_t kMaxResultBytes = 1 << 20;   // AppendRequest::result.
inline constexpr size_t kMaxDecidedAgainst = 16;
inline constexpr size_t kRequestDigestBytes = 32;

// How far another log had been followed when a decision was made.
struct DecidedAgainst {
  std::string log;  // The followed service.
  Position position = 0;
  friend bool operator==(const DecidedAgainst&, const DecidedAgainst&) = default;
};

// Who caused an event and why; the same for all events of one append.
struct Metadata {
  std::string actor;
  std::string on_behalf_of;
  std::string purpose_of_use;
  std::string correlation_id;
  std::string causation_id;
  std::string traceparent;  // W3C trace context of the call.
  std::vector<DecidedAgainst> decided_against;
  friend bool operator==(const Metadata&, const Metadata&) = default;
};

// An event in its place.
struct Record {
  Position position = 0;
  Position previous_position = 0;  // Of the event before it in its stream; 0 for the first.
  std::string stream;
  Version version = 0;
  std::string event_id;
  std::string type;
  uint32_t schema_version = 1;
  int64_t recorded_micros = 0;
  int64_t effective_micros = 0;
  Metadata metadata;
  std::string payload;
  friend bool operator==(const Record&, const Record&) = default;
};

// "<category>-<entity>", neither empty, at most kMaxStreamNameBytes, no NUL.
bool IsStreamName(std::string_view stream);

// The stored form, the same bytes for the same record on every machine. The record must be one that a log could have
// made: event_id a UUID, stream a stream name, positions and version above 0, texts and payload within the limits
// above.
std::string EncodeRecord(const Record& record);
// DATA_LOSS, saying what and at which byte, for anything but the whole of one well-formed record.
absl::StatusOr<Record> DecodeRecord(std::string_view bytes);
// The same into a record whose memory is used again; after an error its content means nothing.
absl::Status DecodeRecordInto(std::string_view bytes, Record& record);

}  // namespace anamnesis::eventlog
