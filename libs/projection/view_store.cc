#include "projection/view_store.h"

#include <algorithm>
#include <chrono>
#include <utility>

#include "absl/strings/str_cat.h"
#include "anamnesis/projection/v1/errors.pb.h"
#include "base/clock.h"
#include "base/directory.h"
#include "base/failpoint.h"
#include "base/refusal.h"
#include "base/rocks_damage.h"
#include "base/rocks_purge.h"
#include "base/status.h"
#include "projection/generations.h"
#include "projection/view_changes.h"
#include "projection/view_store_families.h"
#include "rocksdb/cache.h"
#include "rocksdb/filter_policy.h"
#include "rocksdb/table.h"

namespace anamnesis::projection {
namespace {

constexpr uint32_t kFormat = 1;
constexpr char kHeaderKey[] = "header";
constexpr char kStatePrefix[] = "source/";
constexpr char kPurgeKey[] = "purge";  // Something was deleted that the files may still hold.
// How long a write waits for the readers in the way of a purge that is due.
constexpr std::chrono::milliseconds kPatienceAgain{1000};

std::vector<rocksdb::ColumnFamilyDescriptor> MakeFamilies(const ViewStoreOptions& options) {
  rocksdb::BlockBasedTableOptions table;
  table.block_cache = rocksdb::NewLRUCache(options.block_cache_bytes);
  table.cache_index_and_filter_blocks = true;  // So that memory does not grow with the data.
  table.pin_l0_filter_and_index_blocks_in_cache = true;
  table.block_size = 16 << 10;
  table.filter_policy.reset(rocksdb::NewBloomFilterPolicy(10));  // Most rows are new: asked for before they are there.
  rocksdb::ColumnFamilyOptions family;
  family.table_factory.reset(rocksdb::NewBlockBasedTableFactory(table));
  family.compression = rocksdb::kLZ4Compression;
  family.bottommost_compression = rocksdb::kZSTD;
  family.write_buffer_size = options.write_buffer_bytes;
  family.level_compaction_dynamic_level_bytes = true;
  std::vector<rocksdb::ColumnFamilyDescriptor> families;
  for (const char* name : kFamilyNames) families.emplace_back(name, family);
  return families;
}

absl::Status Put(rocksdb::WriteBatch& batch, rocksdb::ColumnFamilyHandle* family, const std::string& key,
                 const google::protobuf::Message& message) {
  return FromRocks(batch.Put(family, key, message.SerializeAsString()));
}

// Adds the batch's changes after what is applied.
absl::Status AddBatch(const v1::PublishBatch& batch, v1::Generation& generation, ViewChanges& changes) {
  if (batch.up_to_position() <= generation.applied_position()) return absl::OkStatus();
  if (batch.after_position() > generation.applied_position()) {
    return Refuse(v1::PUBLISH_GAP, {
                                       .metadata = {{"applied_position", absl::StrCat(generation.applied_position())},
                                                    {"after_position", absl::StrCat(batch.after_position())}}
    });
  }
  uint64_t last = batch.after_position() + 1;
  for (const v1::ViewChange& change : batch.changes()) {
    if (change.position() < last || change.position() > batch.up_to_position()) {
      return Refuse(v1::CHANGE_MALFORMED, {
                                              .metadata = {{"position", absl::StrCat(change.position())},
                                                           {"problem", "position is out of the batch's order"}}
      });
    }
    last = change.position();
    if (change.position() > generation.applied_position()) RETURN_IF_ERROR(changes.Add(change));
  }
  generation.set_applied_position(batch.up_to_position());
  generation.set_applied_recorded_micros(ToMicros(batch.up_to_recorded_time()));
  return absl::OkStatus();
}

}  // namespace

ViewStore::ViewStore(ViewSchema schema, std::unique_ptr<rocksdb::DB> db,
                     std::vector<rocksdb::ColumnFamilyHandle*> families, std::chrono::milliseconds purge_patience)
    : schema_(std::move(schema)), db_(std::move(db)), families_(std::move(families)), purge_patience_(purge_patience) {}

ViewStore::~ViewStore() {
  for (rocksdb::ColumnFamilyHandle* family : families_) db_->DestroyColumnFamilyHandle(family);
}

absl::StatusOr<std::unique_ptr<ViewStore>> ViewStore::Open(const std::string& directory, ViewSchema schema,
                                                           const ViewStoreOptions& options) {
  RETURN_IF_ERROR(MakePrivateDirectory(directory));
  rocksdb::DBOptions db_options;
  db_options.create_if_missing = true;
  db_options.create_missing_column_families = true;
  db_options.max_total_wal_size = 4 * options.write_buffer_bytes;
  db_options.wal_recovery_mode = rocksdb::WALRecoveryMode::kTolerateCorruptedTailRecords;
  // A WAL that is missed, or a MANIFEST that ends early, can never leave a position without its rows, or rows that are
  // newer than their position.
  db_options.track_and_verify_wals_in_manifest = true;
  db_options.atomic_flush = true;
  db_options.max_manifest_file_size = 1;  // A new one with each change of the files, which are rare.
  db_options.avoid_flush_during_recovery = true;
  db_options.listeners.push_back(CheckBeforeCompaction(
      nullptr, options.damaged != nullptr
                   ? options.damaged
                   : ExitDamaged("the views in " + directory,
                                 "move that directory away and start again: they are made anew from the logs")));
  std::vector<rocksdb::ColumnFamilyHandle*> families;
  rocksdb::DB* db = nullptr;
  const rocksdb::Status opened = rocksdb::DB::Open(db_options, directory, MakeFamilies(options), &families, &db);
  if (opened.IsIOError()) {
    return absl::FailedPreconditionError(
        absl::StrCat("cannot open ", directory, ": another process has it open, or it is not readable and writable"));
  }
  RETURN_IF_ERROR(FromRocks(opened));
  std::unique_ptr<ViewStore> store(
      new ViewStore(std::move(schema), std::unique_ptr<rocksdb::DB>(db), families, options.purge_patience));
  RETURN_IF_ERROR(store->Load());
  return store;
}

absl::Status ViewStore::Load() {
  std::string bytes;
  const rocksdb::Status found = db_->Get({}, kHeaderKey, &bytes);
  v1::StoreHeader header;
  if (found.IsNotFound()) {
    header.set_format(kFormat);
    RETURN_IF_ERROR(FromRocks(db_->Put({}, kHeaderKey, header.SerializeAsString())));
  } else {
    RETURN_IF_ERROR(FromRocks(found));
    if (!header.ParseFromString(bytes) || header.format() != kFormat) {
      return absl::DataLossError(
          "the views are in a format that this program does not know; move the directory away "
          "and they are made anew from the logs");
    }
  }
  {
    MutexLock lock(visible_);
    const std::unique_ptr<rocksdb::Iterator> states(db_->NewIterator(ScanOptions()));
    for (states->Seek(kStatePrefix); states->Valid() && states->key().starts_with(kStatePrefix); states->Next()) {
      v1::SourceState& state = sources_[states->key().ToString().substr(sizeof(kStatePrefix) - 1)];
      if (!state.ParseFromString(states->value().ToString())) {
        return absl::DataLossError("the state of a service's views cannot be read");
      }
    }
    RETURN_IF_ERROR(FromRocks(states->status()));
  }
  // What was recovered may stand in the machine's memory only: nothing more is built on it before it is on disk.
  RETURN_IF_ERROR(FromRocks(db_->Flush(rocksdb::FlushOptions(), families_)));
  MutexLock writer(writing_);
  for (const auto& [service, state] : Sources()) RETURN_IF_ERROR(DeleteRetired(service));
  return FinishPurges();
}

void ViewStore::SetObserver(ViewStoreObserver* observer) {
  observer_ = observer;
}

absl::StatusOr<uint64_t> ViewStore::Begin(const v1::PublishHello& hello) {
  MutexLock writer(writing_);
  {
    MutexLock lock(visible_);
    log_ids_[hello.service()] = hello.log_id();
  }
  v1::SourceState state = State(hello.service());
  RETURN_IF_ERROR(Greet(hello, state));
  rocksdb::WriteBatch batch;
  RETURN_IF_ERROR(Commit(hello.service(), state, batch, {}));
  return Followed(state).applied_position();
}

absl::StatusOr<uint64_t> ViewStore::Apply(const std::string& service,
                                          const std::vector<const v1::PublishBatch*>& batches) {
  MutexLock writer(writing_);
  v1::SourceState state = State(service);
  if (!state.has_active()) return Refuse(v1::PUBLISH_OUT_OF_ORDER);
  v1::Generation& generation = Followed(state);
  rocksdb::WriteBatch rows;
  ViewChanges changes(schema_, *db_, families_, GenerationPrefix(service, generation.number()), rows);
  for (const v1::PublishBatch* const batch : batches) {
    RETURN_IF_ERROR(AddBatch(*batch, generation, changes));
    state.set_tail_position(std::max({state.tail_position(), batch->tail_position(), batch->up_to_position()}));
  }
  RETURN_IF_ERROR(changes.Finish(generation));
  Failpoint(Step::kViewsApplying);
  if (!changes.purged().empty()) RETURN_IF_ERROR(FromRocks(rows.Put(families_[kStates], kPurgeKey, "")));
  const uint64_t applied = generation.applied_position();
  const bool answers = !state.has_building();
  TakeOverIfDue(state);
  RETURN_IF_ERROR(Commit(service, std::move(state), rows, answers ? changes.subjects() : std::set<std::string>{}));
  Failpoint(Step::kViewsApplied);
  if (!changes.purged().empty() || purge_is_due_) RETURN_IF_ERROR(FinishPurges());
  return applied;
}

absl::StatusOr<uint64_t> ViewStore::RequestRebuild(const std::string& service) {
  MutexLock writer(writing_);
  v1::SourceState state = State(service);
  if (!state.has_active()) return absl::NotFoundError("the service has never published");
  state.set_rebuild_requested(true);
  rocksdb::WriteBatch batch;
  RETURN_IF_ERROR(Commit(service, state, batch, {}));
  return state.active().number();
}

absl::Status ViewStore::Commit(const std::string& service, v1::SourceState state, rocksdb::WriteBatch& batch,
                               const std::set<std::string>& subjects) {
  RETURN_IF_ERROR(Put(batch, families_[kStates], kStatePrefix + service, state));
  rocksdb::WriteOptions synced;
  synced.sync = true;
  RETURN_IF_ERROR(FromRocks(db_->Write(synced, &batch)));

  const uint64_t answered_before = State(service).active().number();
  const bool another_answers = answered_before != 0 && answered_before != state.active().number();
  ViewStoreObserver* const observer = observer_;
  if (observer != nullptr && !subjects.empty()) observer->RowsChanged(subjects);
  if (observer != nullptr && another_answers) observer->AllRowsChanged();
  {
    MutexLock lock(visible_);
    sources_[service] = std::move(state);
  }
  // Again, for who saw the old state after the first call: another generation, or rows as whole that no longer are.
  if (observer != nullptr && !subjects.empty()) observer->RowsChanged(subjects);
  if (observer != nullptr && another_answers) observer->AllRowsChanged();
  if (observer != nullptr) observer->Advanced();
  return DeleteRetired(service);
}

bool ViewStore::PurgeIsDue() const {
  MutexLock writer(writing_);
  return purge_is_due_;
}

absl::Status ViewStore::RetryPurge() {
  MutexLock writer(writing_);
  return purge_is_due_ ? FinishPurges(std::chrono::milliseconds(0)) : absl::OkStatus();
}

// A query that lasts longer than this waits is read to its end, and the purge tried again with each write, which is
// then hardly held up.
absl::Status ViewStore::FinishPurges() {
  return FinishPurges(purge_is_due_ ? std::min(kPatienceAgain, purge_patience_) : purge_patience_);
}

// Names and dates stand in the keys of the index, so all of it is written anew: erasures are rare.
absl::Status ViewStore::FinishPurges(std::chrono::milliseconds patience) {
  std::string marked;
  const rocksdb::Status found = db_->Get({}, families_[kStates], kPurgeKey, &marked);
  if (found.IsNotFound()) return absl::OkStatus();
  RETURN_IF_ERROR(FromRocks(found));
  Failpoint(Step::kViewsPurging);
  const rocksdb::Status purged = PurgeFiles(*db_, families_, patience);
  purge_is_due_ = purged.IsTimedOut();
  if (purge_is_due_) return absl::OkStatus();
  RETURN_IF_ERROR(FromRocks(purged));
  RETURN_IF_ERROR(FromRocks(db_->Delete(rocksdb::WriteOptions(), families_[kStates], kPurgeKey)));
  // The manifest still has the first and the last key of files that are gone; with this change of the files a new one
  // begins, which does not.
  return FromRocks(db_->Flush(rocksdb::FlushOptions(), families_));
}

absl::Status ViewStore::DeleteRetired(const std::string& service) {
  v1::SourceState state = State(service);
  if (state.retired_generations().empty()) return absl::OkStatus();
  rocksdb::WriteBatch batch;
  for (const uint64_t number : state.retired_generations()) {
    const std::string begin = GenerationPrefix(service, number);
    const std::string end = PrefixEnd(begin);
    // In whole ranges: nobody scans a generation that is retired (see ScanOptions).
    for (const Family family : {kCurrent, kHistory, kIndex}) {
      RETURN_IF_ERROR(FromRocks(batch.DeleteRange(families_[family], begin, end)));
    }
    const std::string failures = FailurePrefix(begin);
    RETURN_IF_ERROR(FromRocks(batch.DeleteRange(families_[kStates], failures, PrefixEnd(failures))));
  }
  state.clear_retired_generations();
  // Its files may hold what the next generation never saw, because it was erased meanwhile.
  RETURN_IF_ERROR(FromRocks(batch.Put(families_[kStates], kPurgeKey, "")));
  RETURN_IF_ERROR(Put(batch, families_[kStates], kStatePrefix + service, state));
  RETURN_IF_ERROR(FromRocks(db_->Write({}, &batch)));
  {
    MutexLock lock(visible_);
    sources_[service] = std::move(state);
  }
  return FinishPurges();
}

v1::SourceState ViewStore::State(const std::string& service) const {
  MutexLock lock(visible_);
  const auto found = sources_.find(service);
  return found == sources_.end() ? v1::SourceState() : found->second;
}

std::map<std::string, v1::SourceState> ViewStore::Sources() const {
  MutexLock lock(visible_);
  return sources_;
}

std::map<std::string, uint64_t> ViewStore::Positions() const {
  MutexLock lock(visible_);
  std::map<std::string, uint64_t> positions;
  for (const auto& [service, state] : sources_) positions[service] = state.active().applied_position();
  return positions;
}

std::map<std::string, uint64_t> ViewStore::ReachedPositions() const {
  MutexLock lock(visible_);
  std::map<std::string, uint64_t> positions;
  for (const auto& [service, state] : sources_) {
    const auto has_now = log_ids_.find(service);
    const bool is_another = has_now != log_ids_.end() && has_now->second != state.active().log_id();
    positions[service] = is_another ? 0 : state.active().applied_position();
  }
  return positions;
}

uint64_t ViewStore::FailedSubjects() const {
  MutexLock lock(visible_);
  uint64_t failed = 0;
  for (const auto& [service, state] : sources_) failed += state.active().failed_subjects();
  return failed;
}

ViewReader ViewStore::Read() const {
  MutexLock lock(visible_);
  ViewReader reader(schema_, *db_, families_);
  for (const auto& [service, state] : sources_) {
    reader.sources_.push_back({service, GenerationPrefix(service, state.active().number())});
    reader.positions_[service] = state.active().applied_position();
    reader.failed_subjects_ += state.active().failed_subjects();
  }
  return reader;
}

}  // namespace anamnesis::projection
