// The engine that keeps everything in memory, for tests, which may override what is to fail. Nothing survives it.
#pragma once

#include <deque>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <unordered_map>
#include <vector>

#include "base/mutex.h"
#include "eventlog/commit_log.h"

namespace anamnesis::eventlog {

class MemoryCommitLog : public CommitLog {
 public:
  MemoryCommitLog();

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
  absl::StatusOr<BackupMade> Backup(const BackupOptions&) override {
    return absl::UnimplementedError("the log is in memory: there is nothing to back up");
  }

 private:
  class MemoryScan;

  void PutKeys(const std::vector<WriteSet::Key>& keys) REQUIRES(mutex_);
  // The stored bytes, which never move or change; null beyond the end.
  const std::string* Find(Position position) const EXCLUDES(mutex_);

  const std::string log_id_;
  mutable Mutex mutex_;
  std::deque<std::string> records_ GUARDED_BY(mutex_);
  std::map<std::string, std::vector<Position>> streams_ GUARDED_BY(mutex_);
  std::unordered_map<std::string, std::string> requests_ GUARDED_BY(mutex_);
  std::map<std::string, std::vector<std::string>> keys_ GUARDED_BY(mutex_);
  std::set<std::string> kek_ids_ GUARDED_BY(mutex_);
  std::unordered_map<std::string, std::string> snapshots_ GUARDED_BY(mutex_);
};

}  // namespace anamnesis::eventlog
