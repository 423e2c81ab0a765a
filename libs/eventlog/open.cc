#include "eventlog/open.h"

#include <utility>

#include "base/status.h"
#include "eventlog/memory_commit_log.h"
#include "eventlog/rocks_commit_log.h"
#include "eventlog/sequenced_log.h"

namespace anamnesis::eventlog {

absl::StatusOr<std::unique_ptr<EventLog>> OpenRocksLog(const std::string& directory, const LogOptions& options) {
  ASSIGN_OR_RETURN(std::shared_ptr<CommitLog> engine, RocksCommitLog::Open(directory, options, ExitFailStop));
  return SequencedLog::Open(std::move(engine), options, ExitFailStop);
}

std::unique_ptr<EventLog> NewMemoryLog(const LogOptions& options) {
  // An empty engine cannot be damaged.
  return *SequencedLog::Open(std::make_shared<MemoryCommitLog>(), options, ExitFailStop);
}

}  // namespace anamnesis::eventlog
