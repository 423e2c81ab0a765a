#include "eventlog/log_backups.h"

#include <algorithm>
#include <atomic>
#include <filesystem>
#include <system_error>
#include <utility>

#include "absl/strings/str_cat.h"
#include "base/directory.h"
#include "base/status.h"
#include "eventlog/rocks_commit_log.h"
#include "rocksdb/rate_limiter.h"

namespace anamnesis::eventlog {
namespace {

constexpr int64_t kBurstBytes = 1 << 20;

// Limits nothing: it is what RocksDB asks before each write of a restore, and so knows how far that is.
class WriteCounter final : public rocksdb::RateLimiter {
 public:
  WriteCounter(uint64_t all, const LogBackups::Progress& progress) : all_(all), progress_(progress) {}

  using RateLimiter::Request;
  void Request(const int64_t bytes, const rocksdb::Env::IOPriority, rocksdb::Statistics*) override {
    requests_ += 1;
    done_ += static_cast<uint64_t>(bytes);
    if (progress_) progress_(std::min<uint64_t>(done_, all_), all_);
  }
  void SetBytesPerSecond(int64_t) override {}
  int64_t GetSingleBurstBytes() const override { return kBurstBytes; }
  int64_t GetTotalBytesThrough(const rocksdb::Env::IOPriority) const override { return static_cast<int64_t>(done_); }
  int64_t GetTotalRequests(const rocksdb::Env::IOPriority) const override { return requests_; }
  int64_t GetBytesPerSecond() const override { return 0; }

 private:
  const uint64_t all_;
  const LogBackups::Progress& progress_;
  std::atomic<uint64_t> done_{0};
  std::atomic<int64_t> requests_{0};
};

absl::Status Damaged(const std::string& directory, uint32_t number, const rocksdb::Status& status) {
  return absl::DataLossError(
      absl::StrCat("the backup ", number, " in ", directory, " is damaged: ", status.ToString()));
}

absl::StatusOr<std::unique_ptr<rocksdb::BackupEngineReadOnly>> OpenEngine(const rocksdb::BackupEngineOptions& options) {
  rocksdb::BackupEngineReadOnly* opened = nullptr;
  const rocksdb::Status status = rocksdb::BackupEngineReadOnly::Open(options, rocksdb::Env::Default(), &opened);
  std::unique_ptr<rocksdb::BackupEngineReadOnly> engine(opened);
  if (status.ok()) return engine;
  return absl::FailedPreconditionError(
      absl::StrCat("cannot read the backups in ", options.backup_dir, ": ", status.ToString()));
}

}  // namespace

rocksdb::BackupEngineOptions BackupDirectoryOptions(const std::string& directory) {
  // A backup is opened through an environment that knows its files by their whole paths.
  rocksdb::BackupEngineOptions options(std::filesystem::absolute(directory).string());
  options.share_table_files = true;
  options.share_files_with_checksum = true;
  options.sync = true;
  return options;
}

absl::StatusOr<std::unique_ptr<CommitLog>> OpenBackup(const rocksdb::BackupInfo& info) {
  return RocksCommitLog::OpenForReading(info.name_for_open, info.env_for_open);
}

absl::StatusOr<std::unique_ptr<LogBackups>> LogBackups::Open(const std::string& directory) {
  std::error_code error;
  if (!std::filesystem::is_directory(std::filesystem::path(directory) / "meta", error)) {
    return absl::NotFoundError(absl::StrCat("there are no backups of a log in ", directory));
  }
  ASSIGN_OR_RETURN(std::unique_ptr<rocksdb::BackupEngineReadOnly> engine,
                   OpenEngine(BackupDirectoryOptions(directory)));
  return std::unique_ptr<LogBackups>(new LogBackups(directory, std::move(engine)));
}

absl::StatusOr<rocksdb::BackupInfo> LogBackups::Find(uint32_t number, bool with_files) const {
  rocksdb::BackupInfo info;
  const rocksdb::Status status = engine_->GetBackupInfo(number, &info, with_files);
  if (status.ok()) return info;
  if (!status.IsNotFound()) return Damaged(directory_, number, status);
  return absl::NotFoundError(absl::StrCat("there is no backup ", number, " in ", directory_));
}

absl::StatusOr<std::string> LogBackups::LogIdOf(uint32_t number) const {
  ASSIGN_OR_RETURN(rocksdb::BackupInfo info, Find(number, /*with_files=*/false));
  return std::move(info.app_metadata);
}

absl::Status LogBackups::VerifyFiles(uint32_t number) const {
  RETURN_IF_ERROR(Find(number, /*with_files=*/false).status());
  const rocksdb::Status status = engine_->VerifyBackup(number, /*verify_with_checksum=*/true);
  return status.ok() ? absl::OkStatus() : Damaged(directory_, number, status);
}

absl::StatusOr<std::unique_ptr<CommitLog>> LogBackups::OpenForReading(uint32_t number) const {
  ASSIGN_OR_RETURN(const rocksdb::BackupInfo info, Find(number, /*with_files=*/true));
  return OpenBackup(info);
}

absl::Status LogBackups::CopyTo(uint32_t number, const std::string& directory, const Progress& progress) const {
  ASSIGN_OR_RETURN(const rocksdb::BackupInfo info, Find(number, /*with_files=*/false));
  RETURN_IF_ERROR(MakePrivateDirectory(directory));
  rocksdb::BackupEngineOptions options = BackupDirectoryOptions(directory_);
  options.restore_rate_limiter = std::make_shared<WriteCounter>(info.size, progress);
  ASSIGN_OR_RETURN(const std::unique_ptr<rocksdb::BackupEngineReadOnly> engine, OpenEngine(options));
  const rocksdb::Status status = engine->RestoreDBFromBackup(number, directory, directory);
  if (status.IsCorruption()) return Damaged(directory_, number, status);
  if (status.ok()) return SyncDirectory(directory);
  return absl::FailedPreconditionError(
      absl::StrCat("cannot copy the backup ", number, " in ", directory_, " to ", directory, ": ", status.ToString()));
}

}  // namespace anamnesis::eventlog
