// The stored values that are not records: what the log remembers of a request, and snapshots. FORMAT.md gives the
// bytes.
#pragma once

#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "eventlog/event_log.h"

namespace anamnesis::eventlog {

// What the log remembers of a request for ever.
struct RequestRow {
  std::string digest;  // kRequestDigestBytes.
  AppendResult outcome;
};

// Sealed by the key of an entity that the request is about, and bound to the request's id: what was asked and answered
// is as private as what was recorded. `duplicate` is not kept: it belongs to the answer, not to the outcome.
std::string EncodeRequestRow(std::string_view request_id, const RequestRow& row, std::string_view entity,
                             const PayloadKey& key);
// DATA_LOSS for anything but the whole of one well-formed row of that request; none where the key was destroyed, for
// nobody can say any more what was asked.
absl::StatusOr<std::optional<RequestRow>> DecodeRequestRow(std::string_view request_id, std::string_view bytes,
                                                           const PayloadKeys& keys);

// Which data key seals a request row; number 0 for one of release 1, which did not seal.
struct RequestSeal {
  std::string_view entity;  // Points into the row.
  uint64_t key_number = 0;
};
// DATA_LOSS as DecodeRequestRow; the seal itself is not opened.
absl::StatusOr<RequestSeal> SealOfRequestRow(std::string_view bytes);

// The outcome as the answer to a repeated request; ALREADY_EXISTS if `digest` shows that it is another request.
absl::StatusOr<AppendResult> AnswerAgain(const RequestRow& row, std::string_view digest);

// A data key as it is stored: wrapped, or empty where it was destroyed.
std::string EncodeKeyRow(std::string_view wrapped);
// DATA_LOSS for anything but the whole of one well-formed row.
absl::StatusOr<std::string> DecodeKeyRow(std::string_view bytes);

// A snapshot's stored form, with its data sealed and bound to its stream.
std::string EncodeSnapshot(std::string_view stream, const EventLog::Snapshot& snapshot, const PayloadKey& key);
// DATA_LOSS for anything but a whole snapshot of that stream, NOT_FOUND where its key was destroyed.
absl::StatusOr<EventLog::Snapshot> DecodeSnapshot(std::string_view stream, std::string_view bytes,
                                                  const PayloadKeys& keys);

}  // namespace anamnesis::eventlog
