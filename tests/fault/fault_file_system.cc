#include "tests/fault/fault_file_system.h"

#include <algorithm>
#include <filesystem>
#include <utility>

#include "absl/strings/str_cat.h"

namespace anamnesis::fault {
namespace {

namespace fs = std::filesystem;
using rocksdb::IODebugContext;
using rocksdb::IOOptions;
using rocksdb::IOStatus;
using rocksdb::Slice;

bool IsTracked(const std::string& path) {
  return !fs::path(path).filename().string().starts_with("LOG");
}

uint64_t UpTo(std::mt19937_64& random, uint64_t most) {
  return std::uniform_int_distribution<uint64_t>(0, most)(random);
}

}  // namespace

// Tells the file system what is written and synced.
class FaultFileSystem::File final : public rocksdb::FSWritableFileOwnerWrapper {
 public:
  File(FaultFileSystem& disk, std::string path, std::unique_ptr<rocksdb::FSWritableFile> target)
      : FSWritableFileOwnerWrapper(std::move(target)), disk_(disk), path_(std::move(path)) {}

  IOStatus Append(const Slice& data, const IOOptions& options, IODebugContext* debug) override {
    return Write(data, [&] { return target()->Append(data, options, debug); });
  }
  IOStatus Append(const Slice& data, const IOOptions& options, const rocksdb::DataVerificationInfo& info,
                  IODebugContext* debug) override {
    return Write(data, [&] { return target()->Append(data, options, info, debug); });
  }
  IOStatus Sync(const IOOptions&, IODebugContext*) override { return Sync(); }
  IOStatus Fsync(const IOOptions&, IODebugContext*) override { return Sync(); }
  // Makes nothing durable.
  IOStatus RangeSync(uint64_t, uint64_t, const IOOptions&, IODebugContext*) override { return IOStatus::OK(); }

 private:
  template <class Do>
  IOStatus Write(const Slice& data, Do write) {
    IOStatus status = disk_.OnWrite();
    if (status.ok()) status = write();
    if (status.ok()) disk_.Wrote(path_, data.size());
    return status;
  }
  // The machine's power stays on: what counts as synced is kept in mind, and costs nothing.
  IOStatus Sync() {
    IOStatus status = disk_.OnSync(path_);
    if (status.ok()) disk_.Synced(path_);
    return status;
  }

  FaultFileSystem& disk_;
  const std::string path_;
};

class FaultFileSystem::SortedFile final : public rocksdb::FSRandomAccessFileOwnerWrapper {
 public:
  SortedFile(FaultFileSystem& disk, std::unique_ptr<rocksdb::FSRandomAccessFile> target)
      : FSRandomAccessFileOwnerWrapper(std::move(target)), disk_(disk) {}

  IOStatus Read(uint64_t offset, size_t n, const IOOptions& options, Slice* result, char* scratch,
                IODebugContext* debug) const override {
    IOStatus status = disk_.OnRead();
    return status.ok() ? target()->Read(offset, n, options, result, scratch, debug) : status;
  }
  IOStatus MultiRead(rocksdb::FSReadRequest* requests, size_t count, const IOOptions& options,
                     IODebugContext* debug) override {
    for (size_t i = 0; i < count; ++i) {
      rocksdb::FSReadRequest& request = requests[i];
      request.status = Read(request.offset, request.len, options, &request.result, request.scratch, debug);
    }
    return IOStatus::OK();
  }
  // What is read ahead is read when it is wanted.
  IOStatus Prefetch(uint64_t, size_t, const IOOptions&, IODebugContext*) override {
    return IOStatus::NotSupported("Prefetch");
  }

 private:
  FaultFileSystem& disk_;
};

class FaultFileSystem::Directory final : public rocksdb::FSDirectoryWrapper {
 public:
  Directory(FaultFileSystem& disk, std::string path, std::unique_ptr<rocksdb::FSDirectory> target)
      : FSDirectoryWrapper(std::move(target)), disk_(disk), path_(std::move(path)) {}

  IOStatus Fsync(const IOOptions&, IODebugContext*) override {
    IOStatus status = disk_.OnSync("");
    if (status.ok()) disk_.SyncedNames(path_);
    return status;
  }
  IOStatus FsyncWithDirOptions(const IOOptions& options, IODebugContext* debug,
                               const rocksdb::DirFsyncOptions&) override {
    return Fsync(options, debug);
  }

 private:
  FaultFileSystem& disk_;
  const std::string path_;
};

FaultFileSystem::FaultFileSystem(std::string attic)
    : FileSystemWrapper(rocksdb::FileSystem::Default()), attic_(std::move(attic)) {
  fs::create_directories(attic_);
}

FaultFileSystem::~FaultFileSystem() {
  std::error_code ignored;  // What is left is the next clean-up's.
  fs::remove_all(attic_, ignored);
}

void FaultFileSystem::Arm(DiskFault fault, uint64_t after) {
  MutexLock lock(mutex_);
  fault_ = fault;
  until_fault_ = after;
  struck_ = false;
}

void FaultFileSystem::PowerOff() {
  MutexLock lock(mutex_);
  off_ = true;
}

bool FaultFileSystem::struck() const {
  MutexLock lock(mutex_);
  return struck_;
}

void FaultFileSystem::HoldSyncs() {
  MutexLock lock(mutex_);
  holding_ = true;
}

void FaultFileSystem::ReleaseSyncs() {
  MutexLock lock(mutex_);
  holding_ = false;
  changed_.NotifyAll();
}

void FaultFileSystem::AwaitHeldSync() {
  MutexLock lock(mutex_);
  changed_.Wait(mutex_, [this]() NO_THREAD_SAFETY_ANALYSIS { return held_ > 0; });
}

bool FaultFileSystem::Strikes(bool is_sync) {
  if (fault_ == DiskFault::kNone || fault_ == DiskFault::kReadFails) return false;
  if (fault_ != DiskFault::kPowerOff && (fault_ == DiskFault::kSyncFails) != is_sync) return false;
  if (until_fault_-- > 0) return false;
  struck_ = true;
  if (fault_ == DiskFault::kPowerOff) off_ = true;
  return true;
}

IOStatus FaultFileSystem::OnWrite() {
  MutexLock lock(mutex_);
  if (off_) return IOStatus::IOError("the power is off");
  if (!Strikes(/*is_sync=*/false)) return IOStatus::OK();
  const DiskFault fault = std::exchange(fault_, DiskFault::kNone);
  return fault == DiskFault::kNoSpace ? IOStatus::NoSpace("No space left on device")
                                      : IOStatus::IOError("Input/output error");
}

IOStatus FaultFileSystem::OnRead() {
  MutexLock lock(mutex_);
  if (fault_ != DiskFault::kReadFails || until_fault_-- > 0) return IOStatus::OK();
  struck_ = true;
  fault_ = DiskFault::kNone;
  return IOStatus::IOError("Input/output error");
}

IOStatus FaultFileSystem::OnSync(const std::string& path) {
  MutexLock lock(mutex_);
  ++held_;
  changed_.NotifyAll();
  changed_.Wait(mutex_, [this]() NO_THREAD_SAFETY_ANALYSIS { return !holding_; });
  --held_;
  if (off_) return IOStatus::IOError("the power is off");
  if (!Strikes(/*is_sync=*/true)) return IOStatus::OK();
  fault_ = DiskFault::kNone;
  if (!path.empty()) files_[path].lost = true;  // The pages are clean now, and were never written.
  return IOStatus::IOError("Input/output error while syncing");
}

void FaultFileSystem::Wrote(const std::string& path, uint64_t bytes) {
  MutexLock lock(mutex_);
  files_[path].written += bytes;
}

void FaultFileSystem::Synced(const std::string& path) {
  MutexLock lock(mutex_);
  Bytes& file = files_[path];
  if (!file.lost) file.synced = file.written;
}

void FaultFileSystem::SyncedNames(const std::string& directory) {
  MutexLock lock(mutex_);
  std::erase_if(names_, [&](const NameChange& change) {
    if (fs::path(change.path).parent_path() != fs::path(directory)) return false;
    if (!change.saved.empty()) fs::remove(change.saved);
    return true;
  });
}

std::string FaultFileSystem::ToAttic(const std::string& path) {
  if (!fs::exists(path)) return "";
  const std::string saved = absl::StrCat(attic_, "/", saved_files_++);
  fs::create_hard_link(path, saved);
  return saved;
}

IOStatus FaultFileSystem::NewWritableFile(const std::string& path, const rocksdb::FileOptions& options,
                                          std::unique_ptr<rocksdb::FSWritableFile>* file, IODebugContext* debug) {
  if (!IsTracked(path)) return target()->NewWritableFile(path, options, file, debug);
  IOStatus status = OnWrite();
  if (!status.ok()) return status;
  {
    MutexLock lock(mutex_);
    std::string saved = ToAttic(path);
    if (!saved.empty()) fs::remove(path);
    names_.push_back({NameChange::Kind::kCreated, path, "", std::move(saved)});
    files_[path] = Bytes();
  }
  std::unique_ptr<rocksdb::FSWritableFile> target_file;
  status = target()->NewWritableFile(path, options, &target_file, debug);
  if (status.ok()) *file = std::make_unique<File>(*this, path, std::move(target_file));
  return status;
}

IOStatus FaultFileSystem::ReopenWritableFile(const std::string& path, const rocksdb::FileOptions& options,
                                             std::unique_ptr<rocksdb::FSWritableFile>* file, IODebugContext* debug) {
  if (!IsTracked(path)) return target()->ReopenWritableFile(path, options, file, debug);
  return IOStatus::NotSupported("nothing here is written on after it was closed");
}

IOStatus FaultFileSystem::NewRandomAccessFile(const std::string& path, const rocksdb::FileOptions& options,
                                              std::unique_ptr<rocksdb::FSRandomAccessFile>* file,
                                              IODebugContext* debug) {
  IOStatus status = target()->NewRandomAccessFile(path, options, file, debug);
  if (status.ok()) *file = std::make_unique<SortedFile>(*this, std::move(*file));
  return status;
}

IOStatus FaultFileSystem::NewDirectory(const std::string& path, const IOOptions& options,
                                       std::unique_ptr<rocksdb::FSDirectory>* directory, IODebugContext* debug) {
  std::unique_ptr<rocksdb::FSDirectory> target_directory;
  IOStatus status = target()->NewDirectory(path, options, &target_directory, debug);
  if (status.ok()) *directory = std::make_unique<Directory>(*this, path, std::move(target_directory));
  return status;
}

IOStatus FaultFileSystem::RenameFile(const std::string& from, const std::string& to, const IOOptions& options,
                                     IODebugContext* debug) {
  if (!IsTracked(from)) return target()->RenameFile(from, to, options, debug);
  IOStatus status = OnWrite();
  if (!status.ok()) return status;
  MutexLock lock(mutex_);
  std::string saved = ToAttic(to);
  status = target()->RenameFile(from, to, options, debug);
  if (!status.ok()) return status;
  names_.push_back({NameChange::Kind::kRenamed, to, from, std::move(saved)});
  files_[to] = std::exchange(files_[from], Bytes());
  return status;
}

IOStatus FaultFileSystem::DeleteFile(const std::string& path, const IOOptions& options, IODebugContext* debug) {
  if (!IsTracked(path)) return target()->DeleteFile(path, options, debug);
  MutexLock lock(mutex_);
  if (off_) return IOStatus::IOError("the power is off");
  IOStatus status;
  std::string saved = ToAttic(path);
  status = target()->DeleteFile(path, options, debug);
  if (status.ok()) names_.push_back({NameChange::Kind::kDeleted, path, "", std::move(saved)});
  return status;
}

// The newest change first: what it stood on is undone after it.
void FaultFileSystem::Undo(const NameChange& change) {
  if (change.kind == NameChange::Kind::kRenamed) {
    fs::rename(change.path, change.from);
    files_[change.from] = files_[change.path];
  } else if (change.kind == NameChange::Kind::kCreated) {
    fs::remove(change.path);
  }
  files_.erase(change.path);
  if (!change.saved.empty()) fs::rename(change.saved, change.path);
}

size_t FaultFileSystem::LoseBytes(std::mt19937_64& random) {
  size_t lost = 0;
  for (const auto& [path, bytes] : files_) {
    if (bytes.synced == bytes.written || !fs::exists(path)) continue;
    const uint64_t size = fs::file_size(path);
    const uint64_t unsynced = size - std::min(size, bytes.synced);
    const uint64_t kept = bytes.lost ? 0 : UpTo(random, unsynced);
    if (kept == unsynced) continue;
    fs::resize_file(path, size - unsynced + kept);
    ++lost;
  }
  return lost;
}

size_t FaultFileSystem::LosePower(std::mt19937_64& random) {
  MutexLock lock(mutex_);
  size_t lost = LoseBytes(random);
  // A journal keeps the order in which names were changed, so some of the newest are lost. (RocksDB counts on it:
  // CURRENT is renamed while the name of the MANIFEST that it holds is not synced.)
  for (uint64_t undone = UpTo(random, names_.size()); undone > 0; --undone, ++lost) {
    Undo(names_.back());
    names_.pop_back();
  }
  for (const NameChange& change : names_) {
    std::error_code gone;  // It was put back.
    if (!change.saved.empty()) fs::remove(change.saved, gone);
  }
  names_.clear();
  files_.clear();
  off_ = false;
  fault_ = DiskFault::kNone;
  return lost;
}

void FaultFileSystem::Restart() {
  MutexLock lock(mutex_);
  off_ = false;
  fault_ = DiskFault::kNone;
}

}  // namespace anamnesis::fault
