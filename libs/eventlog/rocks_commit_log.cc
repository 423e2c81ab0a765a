#include "eventlog/rocks_commit_log.h"

#include <algorithm>
#include <array>
#include <limits>
#include <utility>

#include "absl/strings/str_cat.h"
#include "base/failpoint.h"
#include "base/status.h"
#include "eventlog/coding.h"
#include "eventlog/rocks_rows.h"

namespace anamnesis::eventlog {
namespace {

constexpr size_t kBatchRoomPerEvent = 160;  // Keys and index rows.
constexpr size_t kRecordsAtOnce = 64;       // Each may hold a block of 16 kB while it is read.

const std::string kKekPrefix = "kek:";
const std::string kPurgePrefix = "purge:";

class RocksScan final : public RecordScan {
 public:
  RocksScan(std::unique_ptr<rocksdb::Iterator> rows, Position from, Direction direction)
      : rows_(std::move(rows)), direction_(direction) {
    if (direction == Direction::kForwards) {
      rows_->Seek(BigEndian64(from));
    } else {
      rows_->SeekForPrev(BigEndian64(from));
    }
  }

  bool Valid() const override { return rows_->Valid(); }
  void Next() override { direction_ == Direction::kForwards ? rows_->Next() : rows_->Prev(); }
  Position position() const override { return FromBigEndian64(rows_->key().ToStringView()); }
  std::string_view bytes() const override { return rows_->value().ToStringView(); }
  absl::Status status() const override { return FromRocks(rows_->status()); }

 private:
  const std::unique_ptr<rocksdb::Iterator> rows_;
  const Direction direction_;
};

absl::StatusOr<StreamHead> FindHead(rocksdb::Iterator& index, const std::string& stream) {
  index.SeekForPrev(NumberedKey(stream, std::numeric_limits<Version>::max()));
  RETURN_IF_ERROR(FromRocks(index.status()));
  if (!index.Valid() || !IsRowOf(stream, index.key())) return StreamHead{};
  return StreamHead{NumberOf(index.key()), FromBigEndian64(index.value().ToStringView())};
}

}  // namespace

RocksCommitLog::RocksCommitLog(std::unique_ptr<rocksdb::DB> db, std::vector<rocksdb::ColumnFamilyHandle*> families)
    : db_(std::move(db)), families_(std::move(families)) {}

RocksCommitLog::~RocksCommitLog() {
  // What is durable stays so whatever these return: every event was synced when it was committed.
  for (rocksdb::ColumnFamilyHandle* family : families_) db_->DestroyColumnFamilyHandle(family).PermitUncheckedError();
  db_->Close().PermitUncheckedError();
}

rocksdb::Status RocksCommitLog::WriteSynced(rocksdb::WriteBatch* batch) {
  rocksdb::WriteOptions options;
  options.sync = true;
  return db_->Write(options, batch);
}

absl::Status RocksCommitLog::Commit(const WriteSet& set) {
  if (set.erased.empty()) return Write(set);
  const BackupGate::ErasureTurn no_backup(backup_gate_);
  RETURN_IF_ERROR(Write(set));
  Failpoint(Step::kEraseCommitted);
  return FinishErasures();
}

absl::Status RocksCommitLog::Write(const WriteSet& set) {
  size_t room = 0;
  for (const WriteSet::Event& event : set.events) {
    room += event.bytes.size() + event.record->stream.size() + kBatchRoomPerEvent;
  }
  for (const WriteSet::Request& request : set.requests)
    room += request.id.size() + request.row.size() + kBatchRoomPerEvent;
  rocksdb::WriteBatch batch(room);
  rocksdb::Status status;
  for (const WriteSet::Event& event : set.events) {
    const std::string position = BigEndian64(event.record->position);
    if (status.ok()) status = batch.Put(families_[kEvents], position, event.bytes);
    if (status.ok()) {
      status = batch.Put(families_[kStreams], NumberedKey(event.record->stream, event.record->version), position);
    }
  }
  for (const WriteSet::Request& request : set.requests) {
    if (status.ok()) status = batch.Put(families_[kRequests], request.id, request.row);
  }
  if (status.ok()) status = PutKeys(set.keys, batch);
  for (const std::string& entity : set.erased) {
    if (status.ok()) status = batch.Put(families_[kMeta], kPurgePrefix + entity, "");
  }
  if (status.ok()) status = WriteSynced(&batch);
  return FromRocks(status);
}

// Overwritten rows stay in the write-ahead log until everything of it is in sorted files, and in sorted files until
// those are compacted.
absl::Status RocksCommitLog::FinishErasures() {
  std::vector<std::string> entities;
  {
    const std::unique_ptr<rocksdb::Iterator> rows = Iterate(kMeta);
    for (rows->Seek(kPurgePrefix); rows->Valid() && rows->key().starts_with(kPurgePrefix); rows->Next()) {
      entities.emplace_back(rows->key().ToStringView().substr(kPurgePrefix.size()));
    }
    RETURN_IF_ERROR(FromRocks(rows->status()));
  }
  if (entities.empty()) return absl::OkStatus();
  RETURN_IF_ERROR(FromRocks(db_->Flush(rocksdb::FlushOptions(), families_)));
  Failpoint(Step::kEraseFlushed);
  rocksdb::WriteBatch done;
  for (const std::string& entity : entities) {
    const std::string first = NumberedKey(entity, 0);
    const std::string last = NumberedKey(entity, std::numeric_limits<uint64_t>::max());
    const rocksdb::Slice begin(first);
    const rocksdb::Slice end(last);
    RETURN_IF_ERROR(CompactKeys(&begin, &end));
    RETURN_IF_ERROR(FromRocks(done.Delete(families_[kMeta], kPurgePrefix + entity)));
  }
  Failpoint(Step::kEraseCompacted);
  return FromRocks(WriteSynced(&done));
}

absl::Status RocksCommitLog::CompactKeys(const rocksdb::Slice* begin, const rocksdb::Slice* end) {
  rocksdb::CompactRangeOptions all_levels;
  all_levels.bottommost_level_compaction = rocksdb::BottommostLevelCompaction::kForce;
  return FromRocks(db_->CompactRange(all_levels, families_[kKeys], begin, end));
}

rocksdb::Status RocksCommitLog::PutKeys(const std::vector<WriteSet::Key>& keys, rocksdb::WriteBatch& batch) const {
  rocksdb::Status status;
  for (const WriteSet::Key& key : keys) {
    if (status.ok()) status = batch.Put(families_[kKeys], NumberedKey(key.entity, key.number), key.row);
    if (status.ok() && !key.kek_id.empty()) status = batch.Put(families_[kMeta], kKekPrefix + key.kek_id, "");
  }
  return status;
}

absl::StatusOr<std::vector<std::string>> RocksCommitLog::KeysOf(const std::string& entity) const {
  std::vector<std::string> keys;
  const std::unique_ptr<rocksdb::Iterator> rows = Iterate(kKeys);
  for (rows->Seek(NumberedKey(entity, 1)); rows->Valid() && IsRowOf(entity, rows->key()); rows->Next()) {
    if (NumberOf(rows->key()) != keys.size() + 1) return absl::DataLossError("a data key is missing");
    keys.push_back(rows->value().ToString());
  }
  RETURN_IF_ERROR(FromRocks(rows->status()));
  return keys;
}

absl::Status RocksCommitLog::ForEachKey(
    const std::string& first,
    const std::function<absl::Status(const std::string& entity, uint64_t number, std::string_view row)>& use) const {
  const std::unique_ptr<rocksdb::Iterator> rows = Iterate(kKeys);
  for (rows->Seek(first); rows->Valid(); rows->Next()) {
    if (!IsNumbered(rows->key())) return absl::DataLossError("a row of the data keys is nobody's");
    RETURN_IF_ERROR(use(NameOf(rows->key()), NumberOf(rows->key()), rows->value().ToStringView()));
  }
  return FromRocks(rows->status());
}

absl::Status RocksCommitLog::ReplaceKeys(const std::vector<WriteSet::Key>& keys) {
  rocksdb::WriteBatch batch;
  rocksdb::Status status = PutKeys(keys, batch);
  if (status.ok()) status = WriteSynced(&batch);
  return FromRocks(status);
}

absl::StatusOr<std::vector<std::string>> RocksCommitLog::KekIds() const {
  std::vector<std::string> ids;
  const std::unique_ptr<rocksdb::Iterator> rows = Iterate(kMeta);
  for (rows->Seek(kKekPrefix); rows->Valid() && rows->key().starts_with(kKekPrefix); rows->Next()) {
    ids.emplace_back(rows->key().ToStringView().substr(kKekPrefix.size()));
  }
  RETURN_IF_ERROR(FromRocks(rows->status()));
  return ids;
}

absl::Status RocksCommitLog::ForgetKeksBut(const std::string& kek_id) {
  ASSIGN_OR_RETURN(std::vector<std::string> ids, KekIds());
  std::erase(ids, kek_id);
  if (ids.empty()) return absl::OkStatus();
  {
    const BackupGate::ErasureTurn no_backup(backup_gate_);
    RETURN_IF_ERROR(FromRocks(db_->Flush(rocksdb::FlushOptions(), families_)));
    RETURN_IF_ERROR(CompactKeys(nullptr, nullptr));
  }
  rocksdb::WriteBatch batch;
  rocksdb::Status status;
  for (const std::string& id : ids) {
    if (status.ok()) status = batch.Delete(families_[kMeta], kKekPrefix + id);
  }
  if (status.ok()) status = WriteSynced(&batch);
  return FromRocks(status);
}

std::unique_ptr<rocksdb::Iterator> RocksCommitLog::Iterate(Family family) const {
  return std::unique_ptr<rocksdb::Iterator>(db_->NewIterator(ScanOptions(), families_[family]));
}

absl::StatusOr<std::optional<std::string>> RocksCommitLog::Get(Family family, const std::string& key) const {
  std::string value;
  const rocksdb::Status status = db_->Get(rocksdb::ReadOptions(), families_[family], key, &value);
  if (status.IsNotFound()) return std::optional<std::string>();
  RETURN_IF_ERROR(FromRocks(status));
  return std::optional(std::move(value));
}

absl::StatusOr<Position> RocksCommitLog::Tail() const {
  const std::unique_ptr<rocksdb::Iterator> rows = Iterate(kEvents);
  rows->SeekToLast();
  RETURN_IF_ERROR(FromRocks(rows->status()));
  return rows->Valid() ? FromBigEndian64(rows->key().ToStringView()) : 0;
}

absl::StatusOr<StreamHead> RocksCommitLog::Head(const std::string& stream) const {
  return FindHead(*Iterate(kStreams), stream);
}

absl::Status RocksCommitLog::ForEachIndexed(
    const std::function<void(std::string_view stream, Version version, Position position)>& use) const {
  const std::unique_ptr<rocksdb::Iterator> rows(db_->NewIterator(scan_options_, families_[kStreams]));
  for (rows->SeekToFirst(); rows->Valid(); rows->Next()) {
    const std::string_view key = rows->key().ToStringView();
    if (!IsNumbered(rows->key()) || rows->value().size() != sizeof(Position)) {
      return absl::DataLossError("a row of the index of streams is nobody's");
    }
    use(key.substr(0, key.size() - sizeof(Version) - 1), NumberOf(rows->key()),
        FromBigEndian64(rows->value().ToStringView()));
  }
  return FromRocks(rows->status());
}

absl::StatusOr<std::vector<Position>> RocksCommitLog::Positions(const std::string& stream, Version first,
                                                                Version last) const {
  std::vector<Position> positions;
  const std::unique_ptr<rocksdb::Iterator> rows = Iterate(kStreams);
  Version version = first;
  for (rows->Seek(NumberedKey(stream, first)); rows->Valid() && version <= last; rows->Next(), ++version) {
    if (!IsRowOf(stream, rows->key()) || NumberOf(rows->key()) != version) break;
    positions.push_back(FromBigEndian64(rows->value().ToStringView()));
  }
  RETURN_IF_ERROR(FromRocks(rows->status()));
  if (version == last + 1) return positions;
  return absl::DataLossError(absl::StrCat("no version ", version, " in the index of streams"));
}

absl::StatusOr<std::string> RocksCommitLog::RecordAt(Position position) const {
  ASSIGN_OR_RETURN(std::optional<std::string> bytes, Get(kEvents, BigEndian64(position)));
  if (!bytes.has_value()) return absl::DataLossError(absl::StrCat("no record at position ", position));
  return *std::move(bytes);
}

absl::StatusOr<std::vector<std::string>> RocksCommitLog::RecordsAt(const std::vector<Position>& positions) const {
  std::vector<std::string> records;
  records.reserve(positions.size());
  for (size_t first = 0; first < positions.size(); first += kRecordsAtOnce) {
    const size_t count = std::min(kRecordsAtOnce, positions.size() - first);
    std::array<std::string, kRecordsAtOnce> keys;
    std::array<rocksdb::Slice, kRecordsAtOnce> slices;
    std::array<rocksdb::PinnableSlice, kRecordsAtOnce> rows;
    std::array<rocksdb::Status, kRecordsAtOnce> statuses;
    for (size_t i = 0; i < count; ++i) slices[i] = keys[i] = BigEndian64(positions[first + i]);
    constexpr bool kSorted = true;
    db_->MultiGet(rocksdb::ReadOptions(), families_[kEvents], count, slices.data(), rows.data(), statuses.data(),
                  kSorted);
    for (size_t i = 0; i < count; ++i) {
      if (statuses[i].IsNotFound()) {
        return absl::DataLossError(absl::StrCat("no record at position ", positions[first + i]));
      }
      RETURN_IF_ERROR(FromRocks(statuses[i]));
      records.push_back(rows[i].ToString());
    }
  }
  return records;
}

std::unique_ptr<RecordScan> RocksCommitLog::Scan(Position from, Direction direction) const {
  return std::make_unique<RocksScan>(
      std::unique_ptr<rocksdb::Iterator>(db_->NewIterator(scan_options_, families_[kEvents])), from, direction);
}

absl::StatusOr<std::vector<std::string>> RocksCommitLog::Categories() const {
  std::vector<std::string> categories;
  const std::unique_ptr<rocksdb::Iterator> rows = Iterate(kStreams);
  // One seek for each category: all of a category's keys begin with "<category>-", and '.' is what follows '-'.
  for (rows->SeekToFirst(); rows->Valid();) {
    const std::string_view key = rows->key().ToStringView();
    categories.emplace_back(key.substr(0, key.find('-')));
    rows->Seek(categories.back() + static_cast<char>('-' + 1));
  }
  RETURN_IF_ERROR(FromRocks(rows->status()));
  return categories;
}

absl::StatusOr<std::optional<std::string>> RocksCommitLog::FindRequest(const std::string& id) const {
  return Get(kRequests, id);
}

absl::Status RocksCommitLog::SaveSnapshot(const std::string& stream, const std::string& bytes) {
  return FromRocks(db_->Put(rocksdb::WriteOptions(), families_[kSnapshots], stream, bytes));
}

absl::StatusOr<std::optional<std::string>> RocksCommitLog::FindSnapshot(const std::string& stream) const {
  return Get(kSnapshots, stream);
}

}  // namespace anamnesis::eventlog
