#include "eventlog/rows.h"

#include <limits>

#include "base/status.h"
#include "eventlog/coding.h"

namespace anamnesis::eventlog {
namespace {

constexpr uint8_t kPlainRequestFormat = 1;  // Of release 1: read, no longer written.
constexpr uint8_t kSealedRequestFormat = 2;
constexpr size_t kRoomForFixedParts = 256;
constexpr uint8_t kKeyFormat = 1;
constexpr uint8_t kSnapshotFormat = 2;
constexpr size_t kMaxWrappedBytes = 1024;

absl::StatusOr<RequestRow> ReadContent(StrictReader& reader) {
  RequestRow row;
  row.digest.assign(reader.Bytes(kRequestDigestBytes));
  row.outcome.first_position = reader.Varint();
  row.outcome.last_position = reader.Varint();
  row.outcome.stream_version = reader.Varint();
  row.outcome.recorded_micros = reader.Signed();
  row.outcome.result.assign(reader.Text(kMaxResultBytes));
  RETURN_IF_ERROR(reader.Finish());
  return row;
}

bool IsPlainRequest(std::string_view bytes) {
  return !bytes.empty() && static_cast<uint8_t>(bytes.front()) == kPlainRequestFormat;
}

// A sealed row's parts, which point into it.
struct SealedRequest {
  RequestSeal seal;
  std::string_view bound;
  std::string_view sealed;
};

absl::StatusOr<SealedRequest> ReadSealed(std::string_view bytes) {
  StrictReader reader("request row", bytes);
  SealedRequest request;
  reader.Require(reader.Byte() == kSealedRequestFormat, "unknown format version");
  request.seal.entity = reader.Text(kMaxStreamNameBytes);
  request.seal.key_number = reader.Varint();
  request.bound = bytes.substr(0, reader.offset());
  request.sealed = reader.Text(kMaxResultBytes + kRoomForFixedParts);
  RETURN_IF_ERROR(reader.Finish());
  return request;
}

}  // namespace

std::string EncodeRequestRow(std::string_view request_id, const RequestRow& row, std::string_view entity,
                             const PayloadKey& key) {
  std::string content = row.digest;
  PutVarint(content, row.outcome.first_position);
  PutVarint(content, row.outcome.last_position);
  PutVarint(content, row.outcome.stream_version);
  PutSigned(content, row.outcome.recorded_micros);
  PutText(content, row.outcome.result);
  PutChecksum(content);
  std::string out;
  out.push_back(static_cast<char>(kSealedRequestFormat));
  PutText(out, entity);
  PutVarint(out, key.number);
  PutText(out, vault::Seal(*key.key, content, out + std::string(request_id)));
  PutChecksum(out);
  return out;
}

absl::StatusOr<RequestSeal> SealOfRequestRow(std::string_view bytes) {
  if (IsPlainRequest(bytes)) return RequestSeal();
  ASSIGN_OR_RETURN(const SealedRequest request, ReadSealed(bytes));
  return request.seal;
}

absl::StatusOr<std::optional<RequestRow>> DecodeRequestRow(std::string_view request_id, std::string_view bytes,
                                                           const PayloadKeys& keys) {
  if (IsPlainRequest(bytes)) {
    StrictReader reader("request row", bytes);
    reader.Byte();
    return ReadContent(reader);
  }
  ASSIGN_OR_RETURN(const SealedRequest request, ReadSealed(bytes));
  ASSIGN_OR_RETURN(const vault::SharedKey key, keys.Find(request.seal.entity, request.seal.key_number));
  if (key == nullptr) return std::optional<RequestRow>();
  std::string content;
  if (!vault::Open(*key, request.sealed, std::string(request.bound) + std::string(request_id), content))
    return absl::DataLossError("request row: it does not open");
  StrictReader content_reader("content of a request row", content);
  return ReadContent(content_reader);
}

absl::StatusOr<AppendResult> AnswerAgain(const RequestRow& row, std::string_view digest) {
  if (row.digest != digest) return absl::AlreadyExistsError("the request id was used before, by another request");
  AppendResult result = row.outcome;
  result.duplicate = true;
  return result;
}

std::string EncodeKeyRow(std::string_view wrapped) {
  std::string out;
  out.push_back(static_cast<char>(kKeyFormat));
  PutText(out, wrapped);
  PutChecksum(out);
  return out;
}

absl::StatusOr<std::string> DecodeKeyRow(std::string_view bytes) {
  StrictReader reader("key row", bytes);
  reader.Require(reader.Byte() == kKeyFormat, "unknown format version");
  std::string wrapped(reader.Text(kMaxWrappedBytes));
  RETURN_IF_ERROR(reader.Finish());
  return wrapped;
}

std::string EncodeSnapshot(std::string_view stream, const EventLog::Snapshot& snapshot, const PayloadKey& key) {
  std::string out;
  out.reserve(snapshot.data.size() + 64);
  out.push_back(static_cast<char>(kSnapshotFormat));
  PutVarint(out, snapshot.version);
  PutVarint(out, snapshot.format);
  PutVarint(out, key.number);
  PutText(out, vault::Seal(*key.key, snapshot.data, out + std::string(stream)));
  PutChecksum(out);
  return out;
}

absl::StatusOr<EventLog::Snapshot> DecodeSnapshot(std::string_view stream, std::string_view bytes,
                                                  const PayloadKeys& keys) {
  StrictReader reader("snapshot", bytes);
  reader.Require(reader.Byte() == kSnapshotFormat, "unknown format version");
  EventLog::Snapshot snapshot;
  snapshot.version = reader.Varint();
  snapshot.format = static_cast<uint32_t>(reader.Varint(std::numeric_limits<uint32_t>::max()));
  const uint64_t key_number = reader.Varint();
  const std::string bound = std::string(bytes.substr(0, reader.offset())) + std::string(stream);
  const std::string_view sealed = reader.Text(std::numeric_limits<size_t>::max());
  RETURN_IF_ERROR(reader.Finish());
  ASSIGN_OR_RETURN(const vault::SharedKey key, keys.Find(EntityOf(stream), key_number));
  if (key == nullptr) return absl::NotFoundError("the snapshot's key was destroyed");
  if (!vault::Open(*key, sealed, bound, snapshot.data)) return absl::DataLossError("the snapshot does not open");
  return snapshot;
}

}  // namespace anamnesis::eventlog
