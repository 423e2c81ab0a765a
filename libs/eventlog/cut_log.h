// Where a log may be cut, and cutting it: for restoring an earlier state of it than a backup holds.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "eventlog/commit_log.h"
#include "vault/key_ring.h"

namespace anamnesis::eventlog {

// The last position up to `wanted`, or the log's end, after which no append is cut in two. What one append recorded has
// the same metadata and recorded times that are one microsecond apart (FORMAT.md); appends that cannot be told from one
// another so are taken for one, so that this may be less than it could be and never more.
absl::StatusOr<Position> EndOfAppendUpTo(const CommitLog& log, Position wanted);

// The last position that was recorded at that time or before; 0 where there is none.
absl::StatusOr<Position> LastRecordedBy(const CommitLog& log, int64_t recorded_micros);

// Takes everything after `last`, the end of an append, out of the log in a directory that nobody has open, out of its
// files too. Cut short, it leaves a log that is not to be used. FAILED_PRECONDITION where `keks` lacks a key.
absl::Status CutLog(const std::string& directory, Position last, std::shared_ptr<const vault::KeyRing> keks);

// Gives the log in a directory that nobody has open, a copy that is being restored, a new FeedId.
absl::Status RenewFeedId(const std::string& directory);

}  // namespace anamnesis::eventlog
