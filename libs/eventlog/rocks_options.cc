#include "eventlog/rocks_options.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "base/rocks_damage.h"
#include "rocksdb/cache.h"
#include "rocksdb/filter_policy.h"
#include "rocksdb/listener.h"
#include "rocksdb/table.h"

namespace anamnesis::eventlog {
namespace {

constexpr size_t kBlockBytes = 16 << 10;
constexpr size_t kDictionaryBytes = 16 << 10;
constexpr size_t kDictionaryTrainingBytes = 100 * kDictionaryBytes;
constexpr double kBloomBitsPerKey = 10;
constexpr double kMemtableBloomRatio = 0.05;  // Of the write buffer.
constexpr size_t kEventsBufferBytes = 32 << 20;
constexpr size_t kIndexBufferBytes = 8 << 20;
constexpr size_t kAllBuffersBytes = 64 << 20;
constexpr uint64_t kMaxWalBytes =
    256 << 20;  // Bounds the time of a recovery; column families seldom written are flushed.
constexpr int kMaxOpenFiles = 512;

// A background error means that a flush or a compaction could not be written: fail-stop, as for a commit. One that is
// broken off because the log is being closed is none: what it would have written is durable already.
class StopOnError final : public rocksdb::EventListener {
 public:
  explicit StopOnError(FatalHandler fatal) : fatal_(std::move(fatal)) {}

  void OnBackgroundError(rocksdb::BackgroundErrorReason, rocksdb::Status* error) override {
    if (!error->IsShutdownInProgress()) {
      fatal_(absl::InternalError(absl::StrCat("background work: ", error->ToString())));
    }
  }

 private:
  const FatalHandler fatal_;
};

rocksdb::ColumnFamilyOptions FamilyOptions(Family family, const rocksdb::BlockBasedTableOptions& table) {
  rocksdb::ColumnFamilyOptions options;
  options.compaction_style = rocksdb::kCompactionStyleLevel;
  // What is written under load compresses fast, what stays compresses well.
  options.compression = rocksdb::kLZ4Compression;
  options.bottommost_compression = rocksdb::kZSTD;
  options.write_buffer_size = family == kEvents ? kEventsBufferBytes : kIndexBufferBytes;
  if (family == kEvents) {
    // Nearly all events are in the bottommost level; a dictionary finds what 16 kB blocks repeat of each other.
    options.bottommost_compression_opts.enabled = true;
    options.bottommost_compression_opts.max_dict_bytes = kDictionaryBytes;
    options.bottommost_compression_opts.zstd_max_train_bytes = kDictionaryTrainingBytes;
  }
  rocksdb::BlockBasedTableOptions own = table;
  if (family == kRequests) {  // Nearly every request id is looked up once, and is not there.
    own.filter_policy.reset(rocksdb::NewBloomFilterPolicy(kBloomBitsPerKey));
    options.memtable_whole_key_filtering = true;
    options.memtable_prefix_bloom_size_ratio = kMemtableBloomRatio;
  }
  options.table_factory.reset(rocksdb::NewBlockBasedTableFactory(own));
  return options;
}

}  // namespace

rocksdb::DBOptions MakeReadOptions(const LogOptions& log) {
  rocksdb::DBOptions options;
  if (log.env != nullptr) options.env = log.env;
  // A crash may tear the last write of the WAL, which nobody was told of; a hole before it is not tolerated.
  options.wal_recovery_mode = rocksdb::WALRecoveryMode::kTolerateCorruptedTailRecords;
  // A WAL that is closed and still needed is missed when it is not there, or not whole.
  options.track_and_verify_wals_in_manifest = true;
  return options;
}

rocksdb::DBOptions MakeDbOptions(const LogOptions& log, const FatalHandler& fatal) {
  rocksdb::DBOptions options = MakeReadOptions(log);
  options.recycle_log_file_num = 0;
  options.manual_wal_flush = false;
  options.unordered_write = false;
  options.two_write_queues = false;
  options.paranoid_checks = true;
  // What families flush together stands in the MANIFEST whole or not at all, and recovery adds nothing to it: a
  // MANIFEST that ends early cannot lack the rows of one family and have those of another.
  options.atomic_flush = true;
  options.avoid_flush_during_recovery = true;
  options.max_bgerror_resume_count = 0;
  options.listeners.push_back(std::make_shared<StopOnError>(fatal));
  options.listeners.push_back(CheckBeforeCompaction(log.env, fatal));
  options.db_write_buffer_size = kAllBuffersBytes;
  options.max_total_wal_size = kMaxWalBytes;
  options.max_open_files = kMaxOpenFiles;
  options.info_log_level = rocksdb::InfoLogLevel::WARN_LEVEL;
  options.keep_log_file_num = 2;
  return options;
}

std::vector<rocksdb::ColumnFamilyDescriptor> MakeFamilies(const LogOptions& options) {
  rocksdb::BlockBasedTableOptions table;
  table.block_size = kBlockBytes;
  table.block_cache = rocksdb::NewLRUCache(options.block_cache_bytes);
  table.cache_index_and_filter_blocks = true;
  table.pin_l0_filter_and_index_blocks_in_cache = true;
  std::vector<rocksdb::ColumnFamilyDescriptor> families;
  for (size_t family = 0; family < kFamilyCount; ++family) {
    families.emplace_back(kFamilyNames[family], FamilyOptions(static_cast<Family>(family), table));
  }
  return families;
}

}  // namespace anamnesis::eventlog
