#include "eventlog/record.h"

#include <limits>
#include <utility>

#include "base/status.h"
#include "base/uuid.h"
#include "eventlog/coding.h"

namespace anamnesis::eventlog {
namespace {

constexpr uint8_t kPlainFormat = 1;  // Of release 1: read, no longer written.
constexpr uint8_t kSealedFormat = 2;
constexpr size_t kUuidBytes = 16;
constexpr size_t kRoomForFixedParts = 128;

// The one list of Metadata's texts, in their stored order.
template <class AnyMetadata, class Use>
void ForEachText(AnyMetadata& metadata, Use use) {
  use(metadata.actor);
  use(metadata.on_behalf_of);
  use(metadata.purpose_of_use);
  use(metadata.correlation_id);
  use(metadata.causation_id);
  use(metadata.traceparent);
}

void PutMetadata(std::string& out, const Metadata& metadata) {
  ForEachText(metadata, [&out](const std::string& text) { PutText(out, text); });
  PutVarint(out, metadata.decided_against.size());
  for (const DecidedAgainst& followed : metadata.decided_against) {
    PutText(out, followed.log);
    PutVarint(out, followed.position);
  }
}

void ReadMetadata(StrictReader& reader, Metadata& metadata) {
  ForEachText(metadata, [&reader](std::string& text) { text.assign(reader.Text(kMaxMetadataBytes)); });
  metadata.decided_against.resize(reader.Varint(kMaxDecidedAgainst));
  for (DecidedAgainst& followed : metadata.decided_against) {
    followed.log.assign(reader.Text(kMaxMetadataBytes));
    followed.position = reader.Varint();
  }
}

// Everything before the payload's length, in a string that has room for the rest.
std::string Header(const Record& record, uint64_t key_number, size_t payload_bytes) {
  std::string out;
  out.reserve(payload_bytes + record.stream.size() + record.type.size() + kRoomForFixedParts);
  out.push_back(static_cast<char>(key_number == 0 ? kPlainFormat : kSealedFormat));
  PutVarint(out, record.position);
  PutVarint(out, record.previous_position);
  PutText(out, record.stream);
  PutVarint(out, record.version);
  out.append(UuidBytes(record.event_id));
  PutText(out, record.type);
  PutVarint(out, record.schema_version);
  PutSigned(out, record.recorded_micros);
  PutSigned(out, record.effective_micros);
  PutMetadata(out, record.metadata);
  if (key_number > 0) PutVarint(out, key_number);
  return out;
}

absl::Status Parse(std::string_view bytes, Record& record, StoredPayload& stored) {
  StrictReader reader("record", bytes);
  const uint8_t format = reader.Byte();
  reader.Require(format == kPlainFormat || format == kSealedFormat,
                 "unknown format version, written by a newer release or not a record");
  record.position = reader.Varint();
  record.previous_position = reader.Varint();
  reader.Require(record.previous_position < record.position, "predecessor not before its successor");
  record.stream.assign(reader.Text(kMaxStreamNameBytes));
  reader.Require(IsStreamName(record.stream), "malformed stream name");
  record.version = reader.Varint();
  reader.Require(record.version > 0 && (record.version == 1) == (record.previous_position == 0),
                 "version and predecessor contradict each other");
  const std::string_view event_id = reader.Bytes(kUuidBytes);
  if (reader.ok()) UuidTextInto(event_id, record.event_id);
  record.type.assign(reader.Text(kMaxTypeBytes));
  record.schema_version = static_cast<uint32_t>(reader.Varint(std::numeric_limits<uint32_t>::max()));
  record.recorded_micros = reader.Signed();
  record.effective_micros = reader.Signed();
  ReadMetadata(reader, record.metadata);
  stored.key_number = 0;
  if (format == kSealedFormat) {
    stored.key_number = reader.Varint();
    reader.Require(stored.key_number > 0, "sealed with no key");
  }
  stored.bound = bytes.substr(0, reader.offset());
  stored.payload = reader.Text(format == kSealedFormat ? kMaxPayloadBytes + vault::kSealBytes : kMaxPayloadBytes);
  return reader.Finish();
}

absl::StatusOr<bool> Open(const StoredPayload& stored, std::string_view stream, const PayloadKeys* keys,
                          std::string& payload) {
  payload.clear();
  if (stored.key_number == 0) {
    payload.assign(stored.payload);
    return true;
  }
  ASSIGN_OR_RETURN(const vault::SharedKey key, keys->Find(EntityOf(stream), stored.key_number));
  if (key == nullptr) return false;
  if (vault::Open(*key, stored.payload, stored.bound, payload)) return true;
  return absl::DataLossError("record: the payload does not open with its key: it or its header was altered");
}

}  // namespace

size_t MemoryBytes(const Record& record) {
  return sizeof(Record) + record.stream.size() + record.event_id.size() + record.type.size() + record.payload.size() +
         record.metadata.actor.size() + record.metadata.on_behalf_of.size() + record.metadata.purpose_of_use.size() +
         record.metadata.correlation_id.size() + record.metadata.causation_id.size() +
         record.metadata.traceparent.size() + record.metadata.decided_against.size() * sizeof(DecidedAgainst);
}

bool IsStreamName(std::string_view stream) {
  const size_t dash = stream.find('-');
  return stream.size() <= kMaxStreamNameBytes && dash != std::string_view::npos && dash > 0 &&
         dash + 1 < stream.size() && stream.find('\0') == std::string_view::npos;
}

std::string_view EntityOf(std::string_view stream) {
  const size_t dash = stream.find('-');
  return dash == std::string_view::npos ? stream : stream.substr(dash + 1);
}

std::string_view CategoryOf(std::string_view stream) {
  return stream.substr(0, stream.find('-'));
}

absl::Status ParseRecord(std::string_view bytes, StoredRecord& stored) {
  return Parse(bytes, stored.header, stored);
}

std::string WriteRecord(const Record& header, uint64_t key_number, std::string_view payload) {
  std::string out = Header(header, key_number, payload.size());
  PutText(out, payload);
  PutChecksum(out);
  return out;
}

std::string EncodeRecord(const Record& record, const PayloadKey& key) {
  const size_t size = record.payload.size() + vault::kSealBytes;
  std::string out = Header(record, key.number, size);
  const size_t bound = out.size();
  PutVarint(out, size);
  const size_t sealed = out.size();
  out.resize(sealed + size);
  vault::SealTo(*key.key, record.payload, std::string_view(out).substr(0, bound), out.data() + sealed);
  PutChecksum(out);
  return out;
}

absl::StatusOr<bool> OpenPayload(const StoredRecord& stored, const PayloadKeys* keys, std::string& payload) {
  return Open(stored, stored.header.stream, keys, payload);
}

absl::Status DecodeRecordInto(std::string_view bytes, const PayloadKeys& keys, Record& record,
                              const std::function<bool(const Record&)>& wanted) {
  StoredPayload stored;
  RETURN_IF_ERROR(Parse(bytes, record, stored));
  record.erased = false;
  record.payload.clear();
  if (wanted != nullptr && !wanted(record)) return absl::OkStatus();
  ASSIGN_OR_RETURN(const bool opened, Open(stored, record.stream, &keys, record.payload));
  record.erased = !opened;
  return absl::OkStatus();
}

absl::StatusOr<Record> DecodeRecord(std::string_view bytes, const PayloadKeys& keys) {
  Record record;
  RETURN_IF_ERROR(DecodeRecordInto(bytes, keys, record));
  return record;
}

}  // namespace anamnesis::eventlog
