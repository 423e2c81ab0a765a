// Keeps views of several services on disk: every version of each, indexed as their owner says, exactly once per event.
#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "anamnesis/projection/v1/projection_service.pb.h"
#include "anamnesis/projection/v1/view_store.pb.h"
#include "base/mutex.h"
#include "projection/view_reader.h"
#include "projection/view_schema.h"
#include "rocksdb/db.h"

namespace anamnesis::projection {

// Who wants to know of changes. Called by the thread that applies; may not call the store's writing side.
class ViewStoreObserver {
 public:
  virtual ~ViewStoreObserver() = default;
  // The rows of these subjects (16 bytes each) are changed on disk: called before what else is known of the service
  // (its position, and whether any views failed) is visible, and again after it is.
  virtual void RowsChanged(const std::set<std::string>& subjects) = 0;
  // Another generation takes over: called before and after it does.
  virtual void AllRowsChanged() = 0;
  // New positions are visible.
  virtual void Advanced() = 0;
};

struct ViewStoreOptions {
  size_t block_cache_bytes = size_t{64} << 20;
  size_t write_buffer_bytes = size_t{32} << 20;
  // Told of a file that a compaction was to read and cannot, by a thread of RocksDB; see CheckBeforeCompaction. Null:
  // the process says so and ends.
  std::function<void(const absl::Status&)> damaged;
  // How long a purge waits for readers who still see what it deletes, before it is put off.
  std::chrono::milliseconds purge_patience{20'000};
};

// Rows, index and applied position change in one synced write, so delivery at least once has effect exactly once,
// whenever either side dies. A service's views live in a generation; a new one is built beside it from position 0 when
// the service's projection is newer or a rebuild was asked for, and takes over when it has applied what was the log's
// tail at the last hello. Only then is the old one deleted, the one deletion there is, and of derived data.
// Thread-safe: one writer at a time, readers beside it. Outlives its readers.
class ViewStore {
 public:
  // Opens or creates. FAILED_PRECONDITION if another process has it open, DATA_LOSS if it cannot be read.
  static absl::StatusOr<std::unique_ptr<ViewStore>> Open(const std::string& directory, ViewSchema schema,
                                                         const ViewStoreOptions& options = {});
  ~ViewStore();

  // Must outlive the store or be reset to null.
  void SetObserver(ViewStoreObserver* observer);

  // A service says which log it publishes; the position to continue after. LOG_MISMATCH, PROJECTION_OLDER,
  // LOG_SHORTENED.
  absl::StatusOr<uint64_t> Begin(const v1::PublishHello& hello) EXCLUDES(writing_);

  // Applies batches of one service in one synced write, all or none; the position that is durable now. What was applied
  // before is skipped. A change that cannot be applied fails the views of its subject and nobody else's. The service
  // must have begun. PUBLISH_GAP, CHANGE_MALFORMED; INTERNAL where the disk fails.
  absl::StatusOr<uint64_t> Apply(const std::string& service, const std::vector<const v1::PublishBatch*>& batches)
      EXCLUDES(writing_);

  // Notes durably that the next hello of the service starts a new generation, of whatever log. The generation that
  // answers until then; NOT_FOUND for a service that never began.
  absl::StatusOr<uint64_t> RequestRebuild(const std::string& service) EXCLUDES(writing_);

  // Whether the files still hold what a purge deleted, because a reader sees it. Every Apply tries again to remove it;
  // where there is nothing to apply, RetryPurge is to be called now and then: it waits for no reader. INTERNAL where
  // the disk fails.
  bool PurgeIsDue() const EXCLUDES(writing_);
  absl::Status RetryPurge() EXCLUDES(writing_);

  // What is known of each service.
  std::map<std::string, v1::SourceState> Sources() const EXCLUDES(visible_);
  // By service, how far the views that answer include its log.
  std::map<std::string, uint64_t> Positions() const EXCLUDES(visible_);
  // The same to compare positions with that the services have given: 0 where the views that answer are of another log
  // than the service has now.
  std::map<std::string, uint64_t> ReachedPositions() const EXCLUDES(visible_);

  // How many subjects have failed views, over all services.
  uint64_t FailedSubjects() const EXCLUDES(visible_);

  // A consistent look at what is there now.
  ViewReader Read() const EXCLUDES(visible_);

 private:
  ViewStore(ViewSchema schema, std::unique_ptr<rocksdb::DB> db, std::vector<rocksdb::ColumnFamilyHandle*> families,
            std::chrono::milliseconds purge_patience);

  absl::Status Load();
  // Writes the state with the rows of `batch`, then shows it.
  absl::Status Commit(const std::string& service, v1::SourceState state, rocksdb::WriteBatch& batch,
                      const std::set<std::string>& subjects) REQUIRES(writing_);
  // Removes from every file what purges deleted, those that a crash cut short too; where a reader still sees it, it
  // becomes due.
  absl::Status FinishPurges() REQUIRES(writing_);
  absl::Status FinishPurges(std::chrono::milliseconds patience) REQUIRES(writing_);
  absl::Status DeleteRetired(const std::string& service) REQUIRES(writing_);
  v1::SourceState State(const std::string& service) const EXCLUDES(visible_);

  const ViewSchema schema_;
  const std::unique_ptr<rocksdb::DB> db_;
  const std::vector<rocksdb::ColumnFamilyHandle*> families_;
  const std::chrono::milliseconds purge_patience_;
  ViewStoreObserver* observer_ = nullptr;

  // Held by who writes, over the sync; taken before visible_.
  mutable Mutex writing_;
  bool purge_is_due_ GUARDED_BY(writing_) = false;

  // Held for moments only.
  mutable Mutex visible_;
  std::map<std::string, v1::SourceState> sources_ GUARDED_BY(visible_);
  std::map<std::string, std::string> log_ids_ GUARDED_BY(visible_);  // Of each service, as it said last.
};

}  // namespace anamnesis::projection
