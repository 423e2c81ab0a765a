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

// `duplicate` is not kept: it belongs to the answer, not to the outcome.
std::string EncodeRequestRow(const RequestRow& row);
// DATA_LOSS for anything but the whole of one well-formed row.
absl::StatusOr<RequestRow> DecodeRequestRow(std::string_view bytes);

// The outcome as the answer to a repeated request; ALREADY_EXISTS if `digest` shows that it is another request.
absl::StatusOr<AppendResult> AnswerAgain(const RequestRow& row, std::string_view digest);

// A snapshot's stored form.
std::string EncodeSnapshot(const EventLog::Snapshot& snapshot);
absl::StatusOr<EventLog::Snapshot> DecodeSnapshot(std::string_view bytes);

}  // namespace anamnesis::eventlog
