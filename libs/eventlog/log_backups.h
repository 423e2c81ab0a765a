// The backups of one log in a directory, as EventLog::Backup makes them, for whoever verifies or restores them. Nothing
// is ever written there by this.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "eventlog/commit_log.h"
#include "rocksdb/utilities/backup_engine.h"

namespace anamnesis::eventlog {

// How the backups of a directory are kept: files that several have are there once, each with its checksum.
rocksdb::BackupEngineOptions BackupDirectoryOptions(const std::string& directory);

// Opens a backup as if it were the directory of a log. `info` has its file details.
absl::StatusOr<std::unique_ptr<CommitLog>> OpenBackup(const rocksdb::BackupInfo& info);

// Sees the backups that were whole when it was opened. Not thread-safe.
class LogBackups {
 public:
  // Told of the bytes that were copied so far and of how many there are.
  using Progress = std::function<void(uint64_t done, uint64_t all)>;

  // NOT_FOUND where there are none, FAILED_PRECONDITION where the directory cannot be read.
  static absl::StatusOr<std::unique_ptr<LogBackups>> Open(const std::string& directory);

  // What follows is NOT_FOUND for a number that no whole backup has, and DATA_LOSS, naming the file, for one that has
  // lost a file or a part of one.

  // The log that the backup is of.
  absl::StatusOr<std::string> LogIdOf(uint32_t number) const;
  // Reads every file of a backup and compares it with its size and checksum.
  absl::Status VerifyFiles(uint32_t number) const;
  // The records of a backup as they stand in it. DATA_LOSS also where it is none of a log.
  absl::StatusOr<std::unique_ptr<CommitLog>> OpenForReading(uint32_t number) const;
  // Copies a backup to a directory that is not there yet, comparing checksums; on stable storage when it returns.
  absl::Status CopyTo(uint32_t number, const std::string& directory, const Progress& progress) const;

 private:
  LogBackups(std::string directory, std::unique_ptr<rocksdb::BackupEngineReadOnly> engine)
      : directory_(std::move(directory)), engine_(std::move(engine)) {}

  absl::StatusOr<rocksdb::BackupInfo> Find(uint32_t number, bool with_files) const;

  const std::string directory_;
  const std::unique_ptr<rocksdb::BackupEngineReadOnly> engine_;
};

}  // namespace anamnesis::eventlog
