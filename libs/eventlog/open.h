// Opens a log: the one place that knows which implementations there are.
#pragma once

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "base/clock.h"
#include "eventlog/commit_log.h"
#include "eventlog/event_log.h"
#include "vault/key_ring.h"

namespace rocksdb {
class Env;
}

namespace anamnesis::eventlog {

struct LogOptions {
  const Clock* clock = &SystemClock();
  size_t recent_bytes = 4 << 20;    // Records kept in memory for subscriptions.
  size_t recent_streams = 1 << 16;  // Streams whose version is kept in memory for appending; about 250 bytes each.
  size_t block_cache_bytes = 64 << 20;
  size_t cached_keys = 1 << 16;  // Entities whose data keys are kept in memory; about 250 bytes each.
  // What the data keys are wrapped with. Null: those of `kek_command` or else `kek_file`; in memory a new one.
  std::shared_ptr<const vault::KeyRing> keks;
  std::string kek_file;     // Made for a log that has no data key yet. Empty: "<directory>.kek".
  std::string kek_command;  // Prints what a key file holds.
  // The last position that anybody may have been told of, as known from outside the log; 0: not known. A log whose end
  // is torn before it is refused as it stands, before a recovery could take away what is behind the tear.
  Position acknowledged = 0;
  // Where the files are; null: the machine's. For tests of what storage does to a log.
  rocksdb::Env* env = nullptr;
};

// Opens or creates the log in a directory. FAILED_PRECONDITION if another process has it open or it holds something
// else, DATA_LOSS if what is there cannot be trusted; both say what to do.
absl::StatusOr<std::unique_ptr<EventLog>> OpenRocksLog(const std::string& directory, const LogOptions& options);

// The stored records of a log, to be read only, as they are now: by an auditor, also while a service has it open.
// Nothing is checked but that it is a log. Errors as OpenRocksLog.
absl::StatusOr<std::unique_ptr<CommitLog>> OpenForReading(const std::string& directory);

// The key-encryption keys of the log in a directory as they stand in its key file now, or are printed by its command.
absl::StatusOr<std::shared_ptr<const vault::KeyRing>> LoadKeks(const std::string& directory, const LogOptions& options);

// The same behaviour in memory, for tests; nothing survives it.
std::unique_ptr<EventLog> NewMemoryLog(const LogOptions& options);

}  // namespace anamnesis::eventlog
