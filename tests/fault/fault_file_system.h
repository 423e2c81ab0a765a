// A disk that fails, waits or loses its power as a test tells it, in front of the machine's.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "base/mutex.h"
#include "rocksdb/file_system.h"

namespace anamnesis::fault {

enum class DiskFault {
  kNone,
  kPowerOff,   // From some operation on nothing is written any more.
  kIoError,    // A write fails: EIO.
  kNoSpace,    // A write fails: ENOSPC.
  kSyncFails,  // A sync fails, and what it was to make durable never will be.
  kReadFails,  // A read of a sorted file fails: EIO.
};

// Knows of every file below it which bytes and which names are synced. A loss of power takes away a choice of what is
// not: bytes at the ends of files; and the newest of the new names, renamings and deletions. What is read is what was
// written, as from a page cache. RocksDB's own messages (LOG) are passed through. Thread-safe; outlives the databases
// that use it.
class FaultFileSystem final : public rocksdb::FileSystemWrapper {
 public:
  // `attic` is a directory on the same disk in which deleted files are kept while their deletion is not synced.
  explicit FaultFileSystem(std::string attic);
  ~FaultFileSystem() override;

  const char* Name() const override { return "FaultFileSystem"; }

  // The fault strikes at the `after`-th operation of its kind from now (0: the next); of each kind of operation there
  // are writes (of bytes and names), syncs and reads. kPowerOff counts writes and syncs.
  void Arm(DiskFault fault, uint64_t after) EXCLUDES(mutex_);
  void PowerOff() EXCLUDES(mutex_);
  // What was not synced is gone, as `random` has it; the power is back, no fault is armed. Nothing may be open. Returns
  // how many things were lost: ends of files, names, renamings, deletions.
  size_t LosePower(std::mt19937_64& random) EXCLUDES(mutex_);
  // The power is back without a loss, as after the death of a process.
  void Restart() EXCLUDES(mutex_);
  // Whether the armed fault has struck.
  bool struck() const EXCLUDES(mutex_);

  // Syncs wait until they are released: a disk that takes its time.
  void HoldSyncs() EXCLUDES(mutex_);
  void ReleaseSyncs() EXCLUDES(mutex_);
  void AwaitHeldSync() EXCLUDES(mutex_);

  rocksdb::IOStatus NewWritableFile(const std::string& path, const rocksdb::FileOptions& options,
                                    std::unique_ptr<rocksdb::FSWritableFile>* file, rocksdb::IODebugContext*) override;
  rocksdb::IOStatus ReopenWritableFile(const std::string& path, const rocksdb::FileOptions& options,
                                       std::unique_ptr<rocksdb::FSWritableFile>* file,
                                       rocksdb::IODebugContext*) override;
  rocksdb::IOStatus NewRandomAccessFile(const std::string& path, const rocksdb::FileOptions& options,
                                        std::unique_ptr<rocksdb::FSRandomAccessFile>* file,
                                        rocksdb::IODebugContext*) override;
  rocksdb::IOStatus NewDirectory(const std::string& path, const rocksdb::IOOptions& options,
                                 std::unique_ptr<rocksdb::FSDirectory>* directory, rocksdb::IODebugContext*) override;
  rocksdb::IOStatus RenameFile(const std::string& from, const std::string& to, const rocksdb::IOOptions& options,
                               rocksdb::IODebugContext*) override;
  rocksdb::IOStatus DeleteFile(const std::string& path, const rocksdb::IOOptions& options,
                               rocksdb::IODebugContext*) override;

 private:
  class File;
  class SortedFile;
  class Directory;
  struct Bytes {
    uint64_t written = 0;
    uint64_t synced = 0;
    bool lost = false;  // A sync failed: what is not synced now never will be.
  };
  // A change of names that no sync of its directory followed yet.
  struct NameChange {
    enum class Kind { kCreated, kRenamed, kDeleted } kind;
    std::string path;
    std::string from;   // kRenamed.
    std::string saved;  // What stood at `path` before, in the attic; empty: nothing.
  };

  // Counts an operation; an error if it is to fail.
  rocksdb::IOStatus OnWrite() EXCLUDES(mutex_);
  rocksdb::IOStatus OnSync(const std::string& path) EXCLUDES(mutex_);
  rocksdb::IOStatus OnRead() EXCLUDES(mutex_);
  void Wrote(const std::string& path, uint64_t bytes) EXCLUDES(mutex_);
  void Synced(const std::string& path) EXCLUDES(mutex_);
  void SyncedNames(const std::string& directory) EXCLUDES(mutex_);
  bool Strikes(bool is_sync) REQUIRES(mutex_);
  std::string ToAttic(const std::string& path) REQUIRES(mutex_);
  void Undo(const NameChange& change) REQUIRES(mutex_);
  size_t LoseBytes(std::mt19937_64& random) REQUIRES(mutex_);

  const std::string attic_;

  mutable Mutex mutex_;
  CondVar changed_;
  bool off_ GUARDED_BY(mutex_) = false;
  DiskFault fault_ GUARDED_BY(mutex_) = DiskFault::kNone;
  uint64_t until_fault_ GUARDED_BY(mutex_) = 0;
  bool struck_ GUARDED_BY(mutex_) = false;
  bool holding_ GUARDED_BY(mutex_) = false;
  size_t held_ GUARDED_BY(mutex_) = 0;
  uint64_t saved_files_ GUARDED_BY(mutex_) = 0;
  std::map<std::string, Bytes> files_ GUARDED_BY(mutex_);  // Those written since the power came.
  std::vector<NameChange> names_ GUARDED_BY(mutex_);
};

}  // namespace anamnesis::fault
