// Opening a directory: what may be there, who it belongs to, and whether its end is whole.
#include <algorithm>
#include <filesystem>
#include <system_error>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "base/directory.h"
#include "base/rocks_damage.h"
#include "base/status.h"
#include "base/uuid.h"
#include "eventlog/coding.h"
#include "eventlog/rocks_commit_log.h"
#include "eventlog/rocks_rows.h"

namespace anamnesis::eventlog {
namespace {

constexpr size_t kReadAheadBytes = 256 << 10;  // Few calls, and still in the processor's cache when it is used.
constexpr char kFormatKey[] = "format";
constexpr char kLogIdKey[] = "log_id";
constexpr char kFeedIdKey[] = "feed_id";
constexpr int kFormat = 2;  // 1, of release 1: payloads and snapshots are not sealed.
constexpr Position kCheckedAtOpen = 1000;

absl::Status NotALog(const std::string& directory) {
  return absl::FailedPreconditionError(
      absl::StrCat(directory, " holds something that is not an event log; give an empty or a new directory"));
}

absl::Status Damaged(const std::string& directory, const std::string& what) {
  return absl::DataLossError(
      absl::StrCat("the event log in ", directory, " is damaged: keep a copy of it and restore a backup (", what, ")"));
}

// Refuses what is not ours before anything is changed in it. A log whose creation was cut short is ours: it has some of
// the families and nothing in them.
absl::Status CheckOwnership(const std::string& directory, const LogOptions& options) {
  std::error_code error;
  if (std::filesystem::is_empty(directory, error) && !error) return absl::OkStatus();
  if (error) return absl::FailedPreconditionError(absl::StrCat("cannot read ", directory, ": ", error.message()));
  std::vector<std::string> names;
  if (!std::filesystem::exists(std::filesystem::path(directory) / "CURRENT", error)) {
    // RocksDB makes these before CURRENT, and these after it; anything else was put there by somebody else.
    for (const auto& entry : std::filesystem::directory_iterator(directory, error)) {
      const std::string name = entry.path().filename().string();
      const bool beginning = name == "LOCK" || name == "IDENTITY" || name.starts_with("LOG") ||
                             name.starts_with("MANIFEST-") || name.find(".dbtmp") != std::string::npos;
      const bool later = name.starts_with("OPTIONS-") || name.ends_with(".log") || name.ends_with(".sst");
      if (later) return Damaged(directory, "the file CURRENT is missing");
      if (!beginning) return NotALog(directory);
    }
    return absl::OkStatus();
  }
  const rocksdb::Status listed = rocksdb::DB::ListColumnFamilies(MakeReadOptions(options), directory, &names);
  if (!listed.ok()) return Damaged(directory, listed.ToString());
  const bool all_ours = std::all_of(names.begin(), names.end(), [](const std::string& name) {
    return std::find(kFamilyNames.begin(), kFamilyNames.end(), name) != kFamilyNames.end();
  });
  if (!all_ours) return NotALog(directory);
  if (names.size() == kFamilyCount) return absl::OkStatus();
  rocksdb::DB* opened = nullptr;
  const rocksdb::Status status = rocksdb::DB::OpenForReadOnly(
      rocksdb::Options(MakeReadOptions(options), rocksdb::ColumnFamilyOptions()), directory, &opened);
  const std::unique_ptr<rocksdb::DB> db(opened);
  if (!status.ok()) return Damaged(directory, status.ToString());
  const std::unique_ptr<rocksdb::Iterator> rows(db->NewIterator(ScanOptions()));
  rows->SeekToFirst();
  return rows->Valid() ? NotALog(directory) : absl::OkStatus();
}

absl::Status OpenError(const std::string& directory, const rocksdb::Status& status) {
  const std::string text = status.ToString();
  if (status.IsCorruption()) return Damaged(directory, text);
  if (status.IsIOError() && text.find("/LOCK") != std::string::npos) {
    return absl::FailedPreconditionError(
        absl::StrCat("the event log in ", directory,
                     " is open in another process: stop that one first, or use another directory (", text, ")"));
  }
  return absl::FailedPreconditionError(absl::StrCat("cannot open the event log in ", directory, ": ", text));
}

}  // namespace

absl::StatusOr<std::unique_ptr<RocksCommitLog>> RocksCommitLog::Open(const std::string& directory,
                                                                     const LogOptions& options,
                                                                     const FatalHandler& fatal) {
  RETURN_IF_ERROR(MakePrivateDirectory(directory));
  RETURN_IF_ERROR(CheckOwnership(directory, options));
  rocksdb::DBOptions db_options = MakeDbOptions(options, fatal);
  db_options.create_if_missing = true;
  db_options.create_missing_column_families = true;
  // Recovery removes what it recovered from, so a torn end is looked at before it is tolerated.
  db_options.wal_recovery_mode = rocksdb::WALRecoveryMode::kAbsoluteConsistency;
  rocksdb::DB* db = nullptr;
  std::vector<rocksdb::ColumnFamilyHandle*> families;
  rocksdb::Status status = rocksdb::DB::Open(db_options, directory, MakeFamilies(options), &families, &db);
  if (status.IsCorruption()) {
    RETURN_IF_ERROR(CheckTear(directory, options, status));
    db_options.wal_recovery_mode = rocksdb::WALRecoveryMode::kTolerateCorruptedTailRecords;
    status = rocksdb::DB::Open(db_options, directory, MakeFamilies(options), &families, &db);
  }
  if (!status.ok()) return OpenError(directory, status);
  std::unique_ptr<RocksCommitLog> log(new RocksCommitLog(std::unique_ptr<rocksdb::DB>(db), std::move(families)));
  RETURN_IF_ERROR(log->Identify());
  RETURN_IF_ERROR(log->CheckEnd());
  // What was recovered may stand in the machine's memory only, where the life before ended because a sync had failed.
  const rocksdb::Status flushed = log->db_->Flush(rocksdb::FlushOptions(), log->families_);
  if (!flushed.ok()) return OpenError(directory, flushed);
  RETURN_IF_ERROR(log->FinishErasures());
  return log;
}

absl::Status RocksCommitLog::CheckTear(const std::string& directory, const LogOptions& options,
                                       const rocksdb::Status& strict) {
  const absl::StatusOr<std::unique_ptr<RocksCommitLog>> torn = OpenForReading(directory, options);
  if (!torn.ok()) return OpenError(directory, strict);
  ASSIGN_OR_RETURN(const Position tail, (*torn)->Tail());
  if (tail >= options.acknowledged) return absl::OkStatus();
  return Damaged(directory, absl::StrCat("it is torn after position ", tail, ", but it was durable up to ",
                                         options.acknowledged, "; nothing was changed: ", strict.ToString()));
}

absl::StatusOr<std::unique_ptr<RocksCommitLog>> RocksCommitLog::OpenForReading(const std::string& directory,
                                                                               const LogOptions& options) {
  std::error_code error;
  if (!std::filesystem::exists(std::filesystem::path(directory) / "CURRENT", error)) {
    return absl::NotFoundError(absl::StrCat("there is no event log in ", directory));
  }
  RETURN_IF_ERROR(CheckOwnership(directory, options));
  return OpenReadOnly(directory, options);
}

absl::StatusOr<std::unique_ptr<RocksCommitLog>> RocksCommitLog::OpenForReading(const std::string& directory,
                                                                               std::shared_ptr<rocksdb::Env> env) {
  LogOptions options;
  options.env = env.get();
  ASSIGN_OR_RETURN(std::unique_ptr<RocksCommitLog> log, OpenReadOnly(directory, options));
  log->env_ = std::move(env);
  return log;
}

absl::StatusOr<std::unique_ptr<RocksCommitLog>> RocksCommitLog::OpenReadOnly(const std::string& directory,
                                                                             const LogOptions& options) {
  std::vector<std::string> names;
  const rocksdb::Status listed = rocksdb::DB::ListColumnFamilies(MakeReadOptions(options), directory, &names);
  if (!listed.ok()) return OpenError(directory, listed);
  if (names.size() != kFamilyCount) {
    return absl::FailedPreconditionError(
        absl::StrCat(directory, " was written by another release; open it once with this one"));
  }
  rocksdb::DB* db = nullptr;
  std::vector<rocksdb::ColumnFamilyHandle*> families;
  const rocksdb::Status status =
      rocksdb::DB::OpenForReadOnly(MakeReadOptions(options), directory, MakeFamilies(options), &families, &db);
  if (!status.ok()) return OpenError(directory, status);
  std::unique_ptr<RocksCommitLog> log(new RocksCommitLog(std::unique_ptr<rocksdb::DB>(db), std::move(families)));
  // Whoever reads it all reads each block once.
  log->scan_options_.fill_cache = false;
  log->scan_options_.readahead_size = kReadAheadBytes;
  RETURN_IF_ERROR(log->ReadIdentity().status());
  return log;
}

absl::StatusOr<std::string> RocksCommitLog::Meta(const std::string& key) const {
  ASSIGN_OR_RETURN(std::optional<std::string> value, Get(kMeta, key));
  return std::move(value).value_or("");
}

absl::Status RocksCommitLog::Identify() {
  ASSIGN_OR_RETURN(const std::string format, Meta(kFormatKey));
  if (format.empty()) return MakeIdentity();
  ASSIGN_OR_RETURN(const int number, ReadIdentity());
  return number < kFormat ? RaiseFormat() : absl::OkStatus();
}

absl::Status RocksCommitLog::MakeIdentity() {
  ASSIGN_OR_RETURN(const Position tail, Tail());
  if (tail != 0) return absl::DataLossError("the event log has events but no format; restore a backup");
  log_id_ = NewUuid();
  rocksdb::WriteBatch batch;
  rocksdb::Status status = batch.Put(families_[kMeta], kFormatKey, std::to_string(kFormat));
  if (status.ok()) status = batch.Put(families_[kMeta], kLogIdKey, log_id_);
  if (status.ok()) status = WriteSynced(&batch);
  if (!status.ok()) return absl::FailedPreconditionError(absl::StrCat("cannot create the log: ", status.ToString()));
  return absl::OkStatus();
}

absl::StatusOr<int> RocksCommitLog::ReadIdentity() {
  ASSIGN_OR_RETURN(const std::string format, Meta(kFormatKey));
  int number = 0;
  if (format.empty()) return absl::DataLossError("the event log has lost its format");
  if (!absl::SimpleAtoi(format, &number) || number < 1 || number > kFormat) {
    return absl::FailedPreconditionError(absl::StrCat("the event log has format ", format,
                                                      ", this release knows those up to ", kFormat,
                                                      "; use the release that wrote it or a newer one"));
  }
  ASSIGN_OR_RETURN(log_id_, Meta(kLogIdKey));
  if (!IsUuid(log_id_)) return absl::DataLossError("the event log has lost its identity");
  ASSIGN_OR_RETURN(feed_id_, Meta(kFeedIdKey));
  return number;
}

absl::Status RocksCommitLog::RenewFeedId() {
  feed_id_ = NewUuid();
  rocksdb::WriteBatch batch;
  rocksdb::Status status = batch.Put(families_[kMeta], kFeedIdKey, feed_id_);
  if (status.ok()) status = WriteSynced(&batch);
  return FromRocks(status);
}

// Older releases do not know sealed payloads, and are to say so. Plain snapshots are dropped, they are derived.
absl::Status RocksCommitLog::RaiseFormat() {
  rocksdb::WriteBatch batch;
  rocksdb::Status status = batch.Put(families_[kMeta], kFormatKey, std::to_string(kFormat));
  if (status.ok()) status = batch.DeleteRange(families_[kSnapshots], "", std::string(kMaxStreamNameBytes + 1, '\xff'));
  if (status.ok()) status = WriteSynced(&batch);
  if (status.ok()) return absl::OkStatus();
  return absl::FailedPreconditionError(absl::StrCat("cannot raise the format of the log: ", status.ToString()));
}

absl::Status RocksCommitLog::CheckEnd() const {
  ASSIGN_OR_RETURN(const Position tail, Tail());
  if (tail == 0) return absl::OkStatus();
  const std::unique_ptr<rocksdb::Iterator> first = Iterate(kEvents);
  first->SeekToFirst();
  RETURN_IF_ERROR(FromRocks(first->status()));
  if (!first->Valid() || FromBigEndian64(first->key().ToStringView()) != 1) {
    return absl::DataLossError("the event log does not begin with position 1; restore a backup");
  }
  const Position from = tail > kCheckedAtOpen ? tail - kCheckedAtOpen + 1 : 1;
  StoredRecord stored;
  const Record& record = stored.header;
  Position expected = from;
  const std::unique_ptr<RecordScan> scan = Scan(from, Direction::kForwards);
  for (; scan->Valid(); scan->Next(), ++expected) {
    RETURN_IF_ERROR(ParseRecord(scan->bytes(), stored));
    if (scan->position() != expected || record.position != expected) {
      return absl::DataLossError(absl::StrCat("no record at position ", expected, " of ", tail, "; restore a backup"));
    }
  }
  RETURN_IF_ERROR(scan->status());
  ASSIGN_OR_RETURN(const StreamHead head, Head(record.stream));
  if (head.position == tail && head.version == record.version) return absl::OkStatus();
  return absl::DataLossError(
      absl::StrCat("the index of streams does not know position ", tail, ", the last one; restore a backup"));
}

}  // namespace anamnesis::eventlog
