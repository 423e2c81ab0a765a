// Backups of a log while it is open: what is copied, what earlier backups have already, and what must not be done.
#include <algorithm>
#include <atomic>
#include <filesystem>
#include <set>
#include <system_error>
#include <utility>

#include "absl/strings/str_cat.h"
#include "base/directory.h"
#include "base/status.h"
#include "eventlog/log_backups.h"
#include "eventlog/record.h"
#include "eventlog/rocks_commit_log.h"

namespace anamnesis::eventlog {
namespace {

constexpr int kAttempts = 10;  // Each but the first because of an erasure.
constexpr uint64_t kTellEveryBytes = 256 << 10;

absl::StatusOr<std::unique_ptr<rocksdb::BackupEngine>> OpenEngine(rocksdb::Env* env, const BackupOptions& options) {
  RETURN_IF_ERROR(MakePrivateDirectory(options.directory));
  rocksdb::BackupEngineOptions how = BackupDirectoryOptions(options.directory);
  how.backup_rate_limit = options.bytes_per_second;
  how.callback_trigger_interval_size = kTellEveryBytes;
  rocksdb::BackupEngine* opened = nullptr;
  const rocksdb::Status status = rocksdb::BackupEngine::Open(how, env, &opened);
  std::unique_ptr<rocksdb::BackupEngine> engine(opened);
  if (status.ok()) return engine;
  return absl::FailedPreconditionError(absl::StrCat("cannot back up to ", options.directory, ": ", status.ToString()));
}

// The backups that are there, all of them of this log and none of them damaged: beside a damaged one RocksDB could
// remove files that are needed to mend it.
absl::StatusOr<std::vector<rocksdb::BackupInfo>> EarlierBackups(const rocksdb::BackupEngine& engine,
                                                                const std::string& directory,
                                                                const std::string& log_id) {
  std::vector<rocksdb::BackupID> damaged;
  engine.GetCorruptedBackups(&damaged);
  if (!damaged.empty()) {
    return absl::FailedPreconditionError(
        absl::StrCat("the backup ", damaged.front(), " in ", directory,
                     " is damaged: keep it as it is and back up to another directory"));
  }
  std::vector<rocksdb::BackupInfo> earlier;
  engine.GetBackupInfo(&earlier, /*include_file_details=*/true);
  for (const rocksdb::BackupInfo& info : earlier) {
    if (info.app_metadata == log_id) continue;
    return absl::FailedPreconditionError(absl::StrCat(directory, " holds backups of another log, ", info.app_metadata,
                                                      "; this one is ", log_id, ": back up to another directory"));
  }
  return earlier;
}

// Removes what belongs to none of the backups that are there. RocksDB does so by itself only where the newest one was
// cut short, not where one before it was removed.
absl::Status CollectGarbage(rocksdb::BackupEngine& engine, const std::string& directory) {
  const rocksdb::Status status = engine.GarbageCollect();
  if (status.ok()) return absl::OkStatus();
  return absl::FailedPreconditionError(
      absl::StrCat("cannot remove from ", directory, " what was cut short: ", status.ToString()));
}

absl::Status CheckRoom(const BackupOptions& options, uint64_t needed) {
  std::error_code error;
  const std::filesystem::space_info space = std::filesystem::space(options.directory, error);
  if (error) {
    return absl::FailedPreconditionError(absl::StrCat("cannot look at ", options.directory, ": ", error.message()));
  }
  if (space.available >= needed && space.available - needed >= options.spare_bytes) return absl::OkStatus();
  return absl::ResourceExhaustedError(absl::StrCat("there is not enough room in ", options.directory, ": ",
                                                   space.available, " bytes are free, the backup needs about ", needed,
                                                   " and ", options.spare_bytes, " are to stay free"));
}

// The names of all files of some backups.
std::set<std::string> FilesOf(const std::vector<rocksdb::BackupInfo>& backups) {
  std::set<std::string> files;
  for (const rocksdb::BackupInfo& info : backups) {
    for (const rocksdb::BackupFileInfo& file : info.file_details) files.insert(file.relative_filename);
  }
  return files;
}

// Splits a backup's bytes into those that it was made for and those that were there.
void CountBytes(const rocksdb::BackupInfo& info, const std::vector<rocksdb::BackupInfo>& earlier, BackupMade& made) {
  const std::set<std::string> known = FilesOf(earlier);
  for (const rocksdb::BackupFileInfo& file : info.file_details) {
    (known.contains(file.relative_filename) ? made.shared_bytes : made.new_bytes) += file.size;
  }
}

// Removes a backup that is whole. RocksDB is content with a file that it cannot remove, and leaves it for the next
// time: so it is looked whether any is left that no earlier backup has.
absl::Status Remove(rocksdb::BackupEngine& engine, const rocksdb::BackupInfo& info,
                    const std::vector<rocksdb::BackupInfo>& earlier, const std::string& directory) {
  const std::set<std::string> kept = FilesOf(earlier);
  rocksdb::Status status = engine.DeleteBackup(info.backup_id);
  if (status.ok()) status = engine.GarbageCollect();
  std::string problem = status.ok() ? "" : status.ToString();
  for (const rocksdb::BackupFileInfo& file : info.file_details) {
    std::error_code error;
    if (!problem.empty() || kept.contains(file.relative_filename)) continue;
    const bool left = std::filesystem::exists(std::filesystem::path(directory) / file.relative_filename, error);
    if (left || error) problem = absl::StrCat(file.relative_filename, " is left");
  }
  if (problem.empty()) return absl::OkStatus();
  return absl::FailedPreconditionError(absl::StrCat("cannot remove the backup ", info.backup_id, " from ", directory,
                                                    ", which may hold keys that an erasure destroyed: ", problem));
}

// What a backup holds, as it says itself.
absl::StatusOr<BackupMade> LookInto(const rocksdb::BackupInfo& info) {
  BackupMade made{.number = info.backup_id};
  ASSIGN_OR_RETURN(const std::unique_ptr<CommitLog> copy, OpenBackup(info));
  ASSIGN_OR_RETURN(made.tail, copy->Tail());
  ASSIGN_OR_RETURN(made.kek_ids, copy->KekIds());
  if (made.tail == 0) return made;
  ASSIGN_OR_RETURN(const std::string last, copy->RecordAt(made.tail));
  StoredRecord stored;
  RETURN_IF_ERROR(ParseRecord(last, stored));
  made.recorded_micros = stored.header.recorded_micros;
  return made;
}

}  // namespace

absl::StatusOr<BackupMade> RocksCommitLog::Backup(const BackupOptions& options) {
  for (int attempt = 0; attempt < kAttempts; ++attempt) {
    ASSIGN_OR_RETURN(const std::optional<BackupMade> made, BackupOnce(options));
    if (made.has_value()) return *made;
  }
  return absl::UnavailableError(absl::StrCat("erasures stopped the backup ", kAttempts, " times: make it later"));
}

absl::StatusOr<std::optional<BackupMade>> RocksCommitLog::BackupOnce(const BackupOptions& options) {
  ASSIGN_OR_RETURN(const std::unique_ptr<rocksdb::BackupEngine> engine, OpenEngine(db_->GetEnv(), options));
  ASSIGN_OR_RETURN(const auto earlier, EarlierBackups(*engine, options.directory, log_id_));
  RETURN_IF_ERROR(CollectGarbage(*engine, options.directory));
  const uint64_t expected = BytesNotIn(earlier);
  RETURN_IF_ERROR(CheckRoom(options, expected));
  ASSIGN_OR_RETURN(const Position durable_before, Tail());

  std::atomic<uint64_t> copied{0};
  std::atomic<bool> cancelled{false};
  rocksdb::CreateBackupOptions how;
  how.flush_before_backup = true;  // So that what is copied is shared by later backups; the rest is in the WAL.
  how.progress_callback = [&] {
    copied += kTellEveryBytes;
    if (cancelled || !options.progress || options.progress(copied, std::max<uint64_t>(copied, expected))) return;
    cancelled = true;
    engine->StopBackup();
  };
  rocksdb::BackupID number = 0;
  rocksdb::Status status;
  bool erasure_came = false;
  {
    const BackupGate::BackupTurn turn(backup_gate_, [&] { engine->StopBackup(); });
    status = engine->CreateNewBackupWithMetadata(how, db_.get(), log_id_, &number);
    erasure_came = turn.stopped();
  }
  rocksdb::BackupInfo info;
  if (status.ok()) status = engine->GetBackupInfo(number, &info, /*include_file_details=*/true);
  if (!status.ok()) {
    // Nothing of it is to stay; what cannot be removed now is when the next one is made.
    engine->GarbageCollect().PermitUncheckedError();
    if (cancelled) return absl::CancelledError("the backup was stopped");
    if (status.IsIncomplete() && erasure_came) return std::optional<BackupMade>();
    return absl::FailedPreconditionError(
        absl::StrCat("cannot back up to ", options.directory, ": ", status.ToString()));
  }
  if (erasure_came) {  // When there was nothing left to copy, and so nothing to stop: the destroyed keys are in it.
    RETURN_IF_ERROR(Remove(*engine, info, earlier, options.directory));
    return std::optional<BackupMade>();
  }
  ASSIGN_OR_RETURN(BackupMade made, LookInto(info));
  CountBytes(info, earlier, made);
  if (made.tail >= durable_before) return std::optional(std::move(made));
  return absl::InternalError(
      absl::StrCat("the backup ends at position ", made.tail, ", before ", durable_before, ", which was durable"));
}

uint64_t RocksCommitLog::BytesNotIn(const std::vector<rocksdb::BackupInfo>& earlier) const {
  std::set<std::pair<uint64_t, uint64_t>> known;  // Number and size; near enough to say how far a backup is.
  for (const rocksdb::BackupInfo& info : earlier) {
    for (const rocksdb::BackupFileInfo& file : info.file_details) known.insert({file.file_number, file.size});
  }
  uint64_t bytes = 0;
  std::vector<rocksdb::LiveFileMetaData> live;
  db_->GetLiveFilesMetaData(&live);
  for (const rocksdb::LiveFileMetaData& file : live) {
    if (!known.contains({file.file_number, file.size})) bytes += file.size;
  }
  for (rocksdb::ColumnFamilyHandle* const family : families_) {
    uint64_t unflushed = 0;
    if (db_->GetIntProperty(family, rocksdb::DB::Properties::kCurSizeAllMemTables, &unflushed)) bytes += unflushed;
  }
  return bytes;
}

}  // namespace anamnesis::eventlog
