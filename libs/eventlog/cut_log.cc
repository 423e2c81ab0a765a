#include "eventlog/cut_log.h"

#include <algorithm>
#include <utility>

#include "base/status.h"
#include "eventlog/append_run.h"
#include "eventlog/keyring.h"
#include "eventlog/record.h"
#include "eventlog/rocks_commit_log.h"

namespace anamnesis::eventlog {
namespace {

constexpr size_t kCachedKeys = 1 << 20;

absl::StatusOr<Record> HeaderAt(const CommitLog& log, Position position) {
  ASSIGN_OR_RETURN(const std::string bytes, log.RecordAt(position));
  StoredRecord stored;
  RETURN_IF_ERROR(ParseRecord(bytes, stored));
  return std::move(stored.header);
}

// What fails in the background fails the call that waits for it, too.
absl::StatusOr<std::unique_ptr<RocksCommitLog>> OpenCopy(const std::string& directory) {
  return RocksCommitLog::Open(directory, LogOptions(), [](const absl::Status&) {});
}

}  // namespace

absl::StatusOr<Position> EndOfAppendUpTo(const CommitLog& log, Position wanted) {
  ASSIGN_OR_RETURN(const Position tail, log.Tail());
  if (wanted >= tail) return tail;
  if (wanted == 0) return 0;
  ASSIGN_OR_RETURN(Record later, HeaderAt(log, wanted + 1));
  for (Position position = wanted; position > 0; --position) {
    ASSIGN_OR_RETURN(Record earlier, HeaderAt(log, position));
    if (!AppendedTogether(MarkOf(earlier), MarkOf(later))) return position;
    later = std::move(earlier);
  }
  return 0;
}

absl::StatusOr<Position> LastRecordedBy(const CommitLog& log, int64_t recorded_micros) {
  ASSIGN_OR_RETURN(const Position tail, log.Tail());
  Position by = 0;  // Recorded by then, or 0.
  Position after = tail + 1;
  while (after - by > 1) {
    const Position middle = by + (after - by) / 2;
    ASSIGN_OR_RETURN(const Record header, HeaderAt(log, middle));
    (header.recorded_micros <= recorded_micros ? by : after) = middle;
  }
  return by;
}

absl::Status CutLog(const std::string& directory, Position last, std::shared_ptr<const vault::KeyRing> keks) {
  ASSIGN_OR_RETURN(const std::unique_ptr<RocksCommitLog> log, OpenCopy(directory));
  ASSIGN_OR_RETURN(const std::unique_ptr<Keyring> keyring, Keyring::Open(*log, std::move(keks), kCachedKeys));
  return log->CutAfter(last, *keyring);
}

absl::Status RenewFeedId(const std::string& directory) {
  ASSIGN_OR_RETURN(const std::unique_ptr<RocksCommitLog> log, OpenCopy(directory));
  return log->RenewFeedId();
}

}  // namespace anamnesis::eventlog
