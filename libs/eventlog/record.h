// One recorded event and its stored form. The form is a contract for ever: see FORMAT.md beside this file.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "vault/aead.h"

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
  bool erased = false;  // The payload can no longer be read by anybody and is empty: its key was destroyed.
  friend bool operator==(const Record&, const Record&) = default;
};

// Roughly what a record holds in memory.
size_t MemoryBytes(const Record& record);

// A data key with its number among those of its entity, counted from 1.
struct PayloadKey {
  uint64_t number = 0;
  vault::SharedKey key;
};

// Where stored payloads find their keys.
class PayloadKeys {
 public:
  virtual ~PayloadKeys() = default;
  // The entity's data key of that number; null where it was destroyed. DATA_LOSS where there never was one.
  virtual absl::StatusOr<vault::SharedKey> Find(std::string_view entity, uint64_t number) const = 0;
};

// What follows the first '-' of a stream's name: whose keys seal its payloads.
std::string_view EntityOf(std::string_view stream);
// What stands before it.
std::string_view CategoryOf(std::string_view stream);

// "<category>-<entity>", neither empty, at most kMaxStreamNameBytes, no NUL.
bool IsStreamName(std::string_view stream);

// A payload as it is stored. What it points to belongs to the bytes it was read from.
struct StoredPayload {
  uint64_t key_number = 0;   // Of the key that sealed it; 0: release 1 did not seal.
  std::string_view payload;  // Its bytes.
  std::string_view bound;    // Everything before it, which a sealed one is bound to.
};

// A record as it is stored, without its payload being opened.
struct StoredRecord : StoredPayload {
  Record header;  // Without its payload.
};

// DATA_LOSS, saying what and at which byte, for anything but the whole of one well-formed record.
absl::Status ParseRecord(std::string_view bytes, StoredRecord& stored);
// What ParseRecord reads, the same bytes for the same record on every machine. The record must be one that a log could
// have made: event_id a UUID, stream a stream name, positions and version above 0, texts within the limits above.
std::string WriteRecord(const Record& header, uint64_t key_number, std::string_view payload);

// Writes the payload of a parsed record to `payload`; false, and empty, where its key was destroyed. DATA_LOSS where it
// does not open. `keys` may be null for one that was never sealed.
absl::StatusOr<bool> OpenPayload(const StoredRecord& stored, const PayloadKeys* keys, std::string& payload);

// The stored form of a record that is not erased, with its payload sealed.
std::string EncodeRecord(const Record& record, const PayloadKey& key);
// As ParseRecord, with the payload opened; DATA_LOSS where it does not open.
absl::StatusOr<Record> DecodeRecord(std::string_view bytes, const PayloadKeys& keys);
// The same into a record whose memory is used again; after an error its content means nothing. Where `wanted` says no
// to the rest of the record, its payload is not opened, which is most of the work, and left empty.
absl::Status DecodeRecordInto(std::string_view bytes, const PayloadKeys& keys, Record& record,
                              const std::function<bool(const Record&)>& wanted = nullptr);

}  // namespace anamnesis::eventlog
