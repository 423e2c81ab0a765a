#include "eventlog/open.h"

#include <filesystem>
#include <system_error>
#include <utility>

#include "absl/strings/str_cat.h"
#include "base/status.h"
#include "eventlog/memory_commit_log.h"
#include "eventlog/rocks_commit_log.h"
#include "eventlog/sequenced_log.h"
#include "vault/key_file.h"

namespace anamnesis::eventlog {

namespace {

std::string KekFile(const std::string& directory, const LogOptions& options) {
  return options.kek_file.empty() ? directory + ".kek" : options.kek_file;
}

// A log that is to be made is given a new key where there is none. One that is there has had its key, and another would
// not open it, nor what others keep under the same.
absl::Status MakeKekFileForNew(const std::string& directory, const std::string& path) {
  std::error_code error;
  if (std::filesystem::exists(directory, error) && !std::filesystem::is_empty(directory, error)) {
    return absl::OkStatus();
  }
  if (error) return absl::FailedPreconditionError(absl::StrCat("cannot look at ", directory, ": ", error.message()));
  const absl::Status created = vault::CreateKeyFile(path);
  return absl::IsAlreadyExists(created) ? absl::OkStatus() : created;
}

}  // namespace

absl::StatusOr<std::shared_ptr<const vault::KeyRing>> LoadKeks(const std::string& directory,
                                                               const LogOptions& options) {
  ASSIGN_OR_RETURN(vault::KeyRing keks, options.kek_command.empty() ? vault::LoadKeyFile(KekFile(directory, options))
                                                                    : vault::LoadFromCommand(options.kek_command));
  return std::make_shared<const vault::KeyRing>(std::move(keks));
}

absl::StatusOr<std::unique_ptr<EventLog>> OpenRocksLog(const std::string& directory, const LogOptions& options) {
  LogOptions with_keks = options;
  if (options.keks == nullptr && options.kek_command.empty()) {
    RETURN_IF_ERROR(MakeKekFileForNew(directory, KekFile(directory, options)));
  }
  ASSIGN_OR_RETURN(std::shared_ptr<CommitLog> engine, RocksCommitLog::Open(directory, options, ExitFailStop));
  if (options.keks == nullptr) {
    ASSIGN_OR_RETURN(with_keks.keks, LoadKeks(directory, options));
  }
  return SequencedLog::Open(std::move(engine), with_keks, ExitFailStop);
}

absl::StatusOr<std::unique_ptr<CommitLog>> OpenForReading(const std::string& directory) {
  return RocksCommitLog::OpenForReading(directory);
}

std::unique_ptr<EventLog> NewMemoryLog(const LogOptions& options) {
  LogOptions with_keks = options;
  if (options.keks == nullptr) with_keks.keks = std::make_shared<const vault::KeyRing>(vault::KeyRing::Random());
  // An empty engine cannot be damaged.
  return *SequencedLog::Open(std::make_shared<MemoryCommitLog>(), with_keks, ExitFailStop);
}

}  // namespace anamnesis::eventlog
