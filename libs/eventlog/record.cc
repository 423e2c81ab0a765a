#include "eventlog/record.h"

#include <limits>

#include "base/status.h"
#include "base/uuid.h"
#include "eventlog/coding.h"

namespace anamnesis::eventlog {
namespace {

constexpr uint8_t kRecordFormat = 1;
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

}  // namespace

bool IsStreamName(std::string_view stream) {
  const size_t dash = stream.find('-');
  return stream.size() <= kMaxStreamNameBytes && dash != std::string_view::npos && dash > 0 &&
         dash + 1 < stream.size() && stream.find('\0') == std::string_view::npos;
}

std::string EncodeRecord(const Record& record) {
  std::string out;
  out.reserve(record.payload.size() + record.stream.size() + record.type.size() + kRoomForFixedParts);
  out.push_back(static_cast<char>(kRecordFormat));
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
  PutText(out, record.payload);
  PutChecksum(out);
  return out;
}

absl::Status DecodeRecordInto(std::string_view bytes, Record& record) {
  StrictReader reader("record", bytes);
  reader.Require(reader.Byte() == kRecordFormat, "unknown format version, written by a newer release or not a record");
  record.position = reader.Varint();
  record.previous_position = reader.Varint();
  reader.Require(record.previous_position < record.position, "predecessor not before its successor");
  record.stream.assign(reader.Text(kMaxStreamNameBytes));
  reader.Require(IsStreamName(record.stream), "malformed stream name");
  record.version = reader.Varint();
  reader.Require(record.version > 0 && (record.version == 1) == (record.previous_position == 0),
                 "version and predecessor contradict each other");
  const std::string_view event_id = reader.Bytes(kUuidBytes);
  if (reader.ok()) record.event_id = UuidText(event_id);
  record.type.assign(reader.Text(kMaxTypeBytes));
  record.schema_version = static_cast<uint32_t>(reader.Varint(std::numeric_limits<uint32_t>::max()));
  record.recorded_micros = reader.Signed();
  record.effective_micros = reader.Signed();
  ReadMetadata(reader, record.metadata);
  record.payload.assign(reader.Text(kMaxPayloadBytes));
  return reader.Finish();
}

absl::StatusOr<Record> DecodeRecord(std::string_view bytes) {
  Record record;
  RETURN_IF_ERROR(DecodeRecordInto(bytes, record));
  return record;
}

}  // namespace anamnesis::eventlog
