#include "eventlog/open.h"

#include <utility>

#include "base/status.h"
#include "eventlog/memory_commit_log.h"
#include "eventlog/rocks_commit_log.h"
#include "eventlog/sequenced_log.h"
#include "vault/key_file.h"

namespace anamnesis::eventlog {

namespace {

// A new log gets a new key; one that has lost its key is not given another, which would not open it.
absl::StatusOr<std::shared_ptr<const vault::KeyRing>> OwnKeks(const std::string& directory, const CommitLog& engine) {
  const std::string path = directory + ".kek";
  ASSIGN_OR_RETURN(const std::vector<std::string> used, engine.KekIds());
  if (used.empty()) {
    const absl::Status created = vault::CreateKeyFile(path);
    if (!created.ok() && !absl::IsAlreadyExists(created)) return created;
  }
  ASSIGN_OR_RETURN(vault::KeyRing keks, vault::LoadKeyFile(path));
  return std::make_shared<const vault::KeyRing>(std::move(keks));
}

}  // namespace

absl::StatusOr<std::unique_ptr<EventLog>> OpenRocksLog(const std::string& directory, const LogOptions& options) {
  ASSIGN_OR_RETURN(std::shared_ptr<CommitLog> engine, RocksCommitLog::Open(directory, options, ExitFailStop));
  LogOptions with_keks = options;
  if (options.keks == nullptr) {
    ASSIGN_OR_RETURN(with_keks.keks, OwnKeks(directory, *engine));
  }
  return SequencedLog::Open(std::move(engine), with_keks, ExitFailStop);
}

std::unique_ptr<EventLog> NewMemoryLog(const LogOptions& options) {
  LogOptions with_keks = options;
  if (options.keks == nullptr) with_keks.keks = std::make_shared<const vault::KeyRing>(vault::KeyRing::Random());
  // An empty engine cannot be damaged.
  return *SequencedLog::Open(std::make_shared<MemoryCommitLog>(), with_keks, ExitFailStop);
}

}  // namespace anamnesis::eventlog
