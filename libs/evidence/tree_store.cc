#include "evidence/tree_store.h"

#include <algorithm>
#include <array>
#include <utility>

#include "absl/strings/str_cat.h"
#include "base/directory.h"
#include "base/failpoint.h"
#include "base/rocks_damage.h"
#include "base/status.h"
#include "evidence/encoding.h"
#include "rocksdb/slice_transform.h"
#include "rocksdb/write_batch.h"

namespace anamnesis::evidence {
namespace {

constexpr char kSizeKey[] = "size";  // No node's key: those are nine bytes.
constexpr int kMaxLevel = 63;
// Of the levels every fourth is stored; a node between is made from at most eight that are. Storing a node costs more
// than hashing it.
constexpr int kStoredLevels = 4;
constexpr size_t kWriteBufferBytes = 16 << 20;
constexpr uint64_t kMaxWalBytes = 64 << 20;
constexpr int kMaxOpenFiles = 128;
constexpr size_t kKeptInfoLogs = 2;

// Sorts by level, then index.
using NodeKey = std::array<char, 9>;

NodeKey KeyOf(int level, uint64_t index) {
  NodeKey key;
  key[0] = static_cast<char>(level);
  for (size_t i = key.size() - 1; i > 0; --i, index >>= 8) key[i] = static_cast<char>(index);
  return key;
}

rocksdb::Slice SliceOf(std::string_view bytes) {
  return {bytes.data(), bytes.size()};
}

rocksdb::Slice SliceOf(const NodeKey& key) {
  return {key.data(), key.size()};
}

rocksdb::Options MakeOptions() {
  rocksdb::Options options;
  options.create_if_missing = true;
  options.compression = rocksdb::kNoCompression;  // Hashes do not compress.
  // Within a level, which is the first byte, every key is the last: to insert where the one before went saves half the
  // time of an append.
  options.allow_concurrent_memtable_write = false;
  options.memtable_insert_with_hint_prefix_extractor.reset(rocksdb::NewFixedPrefixTransform(1));
  options.write_buffer_size = kWriteBufferBytes;
  options.max_total_wal_size = kMaxWalBytes;
  options.max_open_files = kMaxOpenFiles;
  // What a crash tore off is appended again from the log.
  options.wal_recovery_mode = rocksdb::WALRecoveryMode::kTolerateCorruptedTailRecords;
  options.info_log_level = rocksdb::InfoLogLevel::WARN_LEVEL;
  options.keep_log_file_num = kKeptInfoLogs;
  options.listeners.push_back(CheckBeforeCompaction(
      nullptr, ExitDamaged("the tree", "delete its directory and start again: it is made anew from the log")));
  return options;
}

absl::Status Damaged(const std::string& problem) {
  return absl::DataLossError(absl::StrCat("the tree is damaged (", problem,
                                          "): stop, delete its directory, and it is made again from the log"));
}

}  // namespace

absl::StatusOr<std::unique_ptr<TreeStore>> TreeStore::Open(const std::string& directory) {
  RETURN_IF_ERROR(MakePrivateDirectory(directory));
  rocksdb::DB* db = nullptr;
  const rocksdb::Status status = rocksdb::DB::Open(MakeOptions(), directory, &db);
  if (status.IsCorruption()) return Damaged(status.ToString());
  if (!status.ok()) {
    return absl::FailedPreconditionError(absl::StrCat("cannot open the tree in ", directory, ": ", status.ToString()));
  }
  std::unique_ptr<TreeStore> store(new TreeStore(std::unique_ptr<rocksdb::DB>(db)));
  RETURN_IF_ERROR(store->Load());
  return store;
}

absl::Status TreeStore::Load() {
  std::string stored;
  const rocksdb::Status status = db_->Get(rocksdb::ReadOptions(), kSizeKey, &stored);
  if (status.IsNotFound()) {
    const std::unique_ptr<rocksdb::Iterator> rows(db_->NewIterator(ScanOptions()));
    rows->SeekToFirst();
    if (!rows->Valid() && rows->status().ok()) return absl::OkStatus();
    return absl::FailedPreconditionError(
        absl::StrCat(db_->GetName(), " holds something that is not a tree; give an empty or a new directory"));
  }
  if (!status.ok() || stored.size() != sizeof(uint64_t)) return Damaged(absl::StrCat("size: ", status.ToString()));
  const uint64_t size = FromBigEndian(stored);
  size_.store(size, std::memory_order_release);
  ASSIGN_OR_RETURN(frontier_, Frontier::Load(*this, size));
  return absl::OkStatus();
}

absl::Status TreeStore::Append(std::span<const Hash> leaves) {
  if (leaves.empty()) return absl::OkStatus();
  Frontier frontier = frontier_;
  rocksdb::WriteBatch batch;
  rocksdb::Status status;
  const auto put = [&](int level, uint64_t index, const Hash& hash) {
    if (level % kStoredLevels == 0 && status.ok())
      status = batch.Put(SliceOf(KeyOf(level, index)), SliceOf(BytesOf(hash)));
  };
  for (const Hash& leaf : leaves) frontier.Append(leaf, put);
  if (status.ok()) status = batch.Put(kSizeKey, BigEndian64(frontier.size()));
  if (status.ok()) status = db_->Write(rocksdb::WriteOptions(), &batch);
  if (!status.ok()) return absl::UnavailableError(absl::StrCat("cannot write to the tree: ", status.ToString()));
  Failpoint(Step::kTreeAppended);
  frontier_ = std::move(frontier);
  size_.store(frontier_.size(), std::memory_order_release);
  return absl::OkStatus();
}

absl::StatusOr<Hash> TreeStore::Node(int level, uint64_t index) const {
  const uint64_t complete = level < 0 || level > kMaxLevel ? 0 : size() >> level;
  if (index >= complete) return absl::OutOfRangeError(absl::StrCat("no node ", index, " at level ", level));
  if (level % kStoredLevels != 0) {
    ASSIGN_OR_RETURN(const Hash left, Node(level - 1, 2 * index));
    ASSIGN_OR_RETURN(const Hash right, Node(level - 1, 2 * index + 1));
    return NodeHash(left, right);
  }
  rocksdb::PinnableSlice stored;
  const rocksdb::Status status =
      db_->Get(rocksdb::ReadOptions(), db_->DefaultColumnFamily(), SliceOf(KeyOf(level, index)), &stored);
  if (!status.ok() && !status.IsNotFound() && !status.IsCorruption()) {
    return absl::UnavailableError(absl::StrCat("cannot read the tree: ", status.ToString()));
  }
  if (!status.ok() || stored.size() != kHashBytes) {
    return Damaged(absl::StrCat("node ", index, " at level ", level, ": ", status.ToString()));
  }
  Hash hash;
  std::copy_n(stored.data(), kHashBytes, reinterpret_cast<char*>(hash.data()));
  return hash;
}

}  // namespace anamnesis::evidence
