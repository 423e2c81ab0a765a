// The engine on RocksDB. FORMAT.md gives every key and value.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "base/rocks_damage.h"
#include "eventlog/backup_gate.h"
#include "eventlog/commit_log.h"
#include "eventlog/rocks_options.h"
#include "rocksdb/db.h"
#include "rocksdb/utilities/backup_engine.h"

namespace anamnesis::eventlog {

// The number of the newest data key of each entity that seals something.
using KeysInUse = std::unordered_map<std::string, uint64_t>;

class RocksCommitLog final : public CommitLog {
 public:
  // Opens the log in a directory or creates one there, and looks at the end of what it finds. FAILED_PRECONDITION if it
  // is open elsewhere, was written by a newer release or is not a log, DATA_LOSS if it is damaged.
  static absl::StatusOr<std::unique_ptr<RocksCommitLog>> Open(const std::string& directory, const LogOptions& options,
                                                              const FatalHandler& fatal);
  // Commit and its like fail; the end of the log is not checked.
  static absl::StatusOr<std::unique_ptr<RocksCommitLog>> OpenForReading(const std::string& directory,
                                                                        const LogOptions& options = {});
  // The same in another environment than the file system: that in which RocksDB shows a backup as a directory.
  static absl::StatusOr<std::unique_ptr<RocksCommitLog>> OpenForReading(const std::string& directory,
                                                                        std::shared_ptr<rocksdb::Env> env);
  ~RocksCommitLog() override;

  absl::Status Commit(const WriteSet& set) override;
  absl::StatusOr<Position> Tail() const override;
  absl::StatusOr<StreamHead> Head(const std::string& stream) const override;
  absl::Status ForEachIndexed(
      const std::function<void(std::string_view stream, Version version, Position position)>& use) const override;
  absl::StatusOr<std::vector<Position>> Positions(const std::string& stream, Version first,
                                                  Version last) const override;
  absl::StatusOr<std::string> RecordAt(Position position) const override;
  absl::StatusOr<std::vector<std::string>> RecordsAt(const std::vector<Position>& positions) const override;
  std::unique_ptr<RecordScan> Scan(Position from, Direction direction) const override;
  absl::StatusOr<std::vector<std::string>> Categories() const override;
  absl::StatusOr<std::optional<std::string>> FindRequest(const std::string& id) const override;
  absl::StatusOr<std::vector<std::string>> KeysOf(const std::string& entity) const override;
  absl::Status ForEachKey(const std::string& first,
                          const std::function<absl::Status(const std::string& entity, uint64_t number,
                                                           std::string_view row)>& use) const override;
  absl::Status ReplaceKeys(const std::vector<WriteSet::Key>& keys) override;
  absl::StatusOr<std::vector<std::string>> KekIds() const override;
  absl::Status ForgetKeksBut(const std::string& kek_id) override;
  absl::Status SaveSnapshot(const std::string& stream, const std::string& bytes) override;
  absl::StatusOr<std::optional<std::string>> FindSnapshot(const std::string& stream) const override;
  std::string LogId() const override { return log_id_; }
  std::string FeedId() const override { return feed_id_.empty() ? log_id_ : feed_id_; }
  absl::StatusOr<BackupMade> Backup(const BackupOptions& options) override;
  // Whether an erasure has stopped a backup, and waits for its end.
  bool ErasureWaits() const { return backup_gate_.IsStopping(); }

  // Gives the log a new FeedId. For a copy that is being restored.
  absl::Status RenewFeedId();
  // Takes everything after a position out of the log, and out of its files: events, what stands in the index of
  // streams, requests, data keys that seal nothing before; and every snapshot. For a copy that nobody serves or will
  // serve if this fails. `last` must be the end of an append.
  absl::Status CutAfter(Position last, const PayloadKeys& keys);

 private:
  RocksCommitLog(std::unique_ptr<rocksdb::DB> db, std::vector<rocksdb::ColumnFamilyHandle*> families);

  // OK where everything that was acknowledged stands before the tear that a strict recovery found.
  static absl::Status CheckTear(const std::string& directory, const LogOptions& options, const rocksdb::Status& strict);
  static absl::StatusOr<std::unique_ptr<RocksCommitLog>> OpenReadOnly(const std::string& directory,
                                                                      const LogOptions& options);
  // Writes the identity of a new log, or reads and checks that of an old one.
  absl::Status Identify();
  absl::Status MakeIdentity();
  // Returns the log's format.
  absl::StatusOr<int> ReadIdentity();
  // A value of the family `meta`; empty where there is none.
  absl::StatusOr<std::string> Meta(const std::string& key) const;
  absl::Status RaiseFormat();
  // The end of the log as a crash may have left it: records decode, continue each other and stand in the index of
  // streams.
  absl::Status CheckEnd() const;

  // One backup; none where an erasure stopped it.
  absl::StatusOr<std::optional<BackupMade>> BackupOnce(const BackupOptions& options);
  // About how many bytes are to be copied that no earlier backup has.
  uint64_t BytesNotIn(const std::vector<rocksdb::BackupInfo>& earlier) const;
  // What CutAfter takes out, each of one kind.
  absl::StatusOr<KeysInUse> KeysInUseUpTo(Position last) const;
  absl::Status CutEvents(Position last);
  absl::Status CutRequests(Position last, const PayloadKeys& keys, const KeysInUse& in_use);
  absl::Status CutKeys(const KeysInUse& in_use);
  absl::Status CutSnapshots();

  absl::Status Write(const WriteSet& set);
  rocksdb::Status PutKeys(const std::vector<WriteSet::Key>& keys, rocksdb::WriteBatch& batch) const;
  // Removes from every file what erasures overwrote, those that a crash cut short too.
  absl::Status FinishErasures();
  // Leaves no overwritten row of data keys from `begin` to `end` in a sorted file; null: from the first, to the last.
  absl::Status CompactKeys(const rocksdb::Slice* begin, const rocksdb::Slice* end);
  rocksdb::Status WriteSynced(rocksdb::WriteBatch* batch);
  absl::StatusOr<std::optional<std::string>> Get(Family family, const std::string& key) const;
  std::unique_ptr<rocksdb::Iterator> Iterate(Family family) const;

  std::shared_ptr<rocksdb::Env> env_;  // Null: the file system.
  std::unique_ptr<rocksdb::DB> db_;
  std::vector<rocksdb::ColumnFamilyHandle*> families_;
  std::string log_id_;
  std::string feed_id_;  // Empty until it is restored.
  rocksdb::ReadOptions scan_options_ = ScanOptions();
  BackupGate backup_gate_;
};

}  // namespace anamnesis::eventlog
