// Taking the end of a log away, in a copy that is being restored: the one place that removes anything recorded.
#include <algorithm>
#include <limits>
#include <utility>

#include "base/status.h"
#include "eventlog/rocks_commit_log.h"
#include "eventlog/rocks_rows.h"
#include "eventlog/rows.h"

namespace anamnesis::eventlog {
namespace {

constexpr int kRowsAtOnce = 10'000;

// Writes what is put into a batch whenever there is enough of it.
class Deletions {
 public:
  Deletions(rocksdb::DB& db, rocksdb::ColumnFamilyHandle* family) : db_(db), family_(family) {}

  absl::Status Add(const rocksdb::Slice& key) {
    RETURN_IF_ERROR(FromRocks(batch_.Delete(family_, key)));
    return batch_.Count() < kRowsAtOnce ? absl::OkStatus() : Write();
  }
  absl::Status Write() {
    RETURN_IF_ERROR(FromRocks(db_.Write(rocksdb::WriteOptions(), &batch_)));
    batch_.Clear();
    return absl::OkStatus();
  }

 private:
  rocksdb::DB& db_;
  rocksdb::ColumnFamilyHandle* const family_;
  rocksdb::WriteBatch batch_;
};

uint64_t NewestInUse(const KeysInUse& in_use, const std::string& entity) {
  const auto found = in_use.find(entity);
  return found == in_use.end() ? 0 : found->second;
}

}  // namespace

absl::Status RocksCommitLog::CutAfter(Position last, const PayloadKeys& keys) {
  ASSIGN_OR_RETURN(const KeysInUse in_use, KeysInUseUpTo(last));
  // Requests first: what they are about is read with keys that go after them.
  RETURN_IF_ERROR(CutRequests(last, keys, in_use));
  RETURN_IF_ERROR(CutKeys(in_use));
  RETURN_IF_ERROR(CutEvents(last));
  RETURN_IF_ERROR(CutSnapshots());
  RETURN_IF_ERROR(FromRocks(db_->Flush(rocksdb::FlushOptions(), families_)));
  rocksdb::CompactRangeOptions all_levels;
  all_levels.bottommost_level_compaction = rocksdb::BottommostLevelCompaction::kForce;
  for (rocksdb::ColumnFamilyHandle* const family : families_) {
    RETURN_IF_ERROR(FromRocks(db_->CompactRange(all_levels, family, nullptr, nullptr)));
  }
  return FromRocks(db_->SyncWAL());
}

absl::StatusOr<KeysInUse> RocksCommitLog::KeysInUseUpTo(Position last) const {
  KeysInUse in_use;
  StoredRecord stored;
  const std::unique_ptr<RecordScan> scan = Scan(1, Direction::kForwards);
  for (; scan->Valid() && scan->position() <= last; scan->Next()) {
    RETURN_IF_ERROR(ParseRecord(scan->bytes(), stored));
    if (stored.key_number == 0) continue;
    uint64_t& newest = in_use[std::string(EntityOf(stored.header.stream))];
    newest = std::max(newest, stored.key_number);
  }
  RETURN_IF_ERROR(scan->status());
  return in_use;
}

absl::Status RocksCommitLog::CutEvents(Position last) {
  Deletions index(*db_, families_[kStreams]);
  StoredRecord stored;
  const std::unique_ptr<RecordScan> scan = Scan(last + 1, Direction::kForwards);
  for (; scan->Valid(); scan->Next()) {
    RETURN_IF_ERROR(ParseRecord(scan->bytes(), stored));
    RETURN_IF_ERROR(index.Add(NumberedKey(stored.header.stream, stored.header.version)));
  }
  RETURN_IF_ERROR(scan->status());
  RETURN_IF_ERROR(index.Write());
  const std::string end = BigEndian64(std::numeric_limits<Position>::max());
  return FromRocks(db_->DeleteRange(rocksdb::WriteOptions(), families_[kEvents], BigEndian64(last + 1), end));
}

absl::Status RocksCommitLog::CutRequests(Position last, const PayloadKeys& keys, const KeysInUse& in_use) {
  Deletions requests(*db_, families_[kRequests]);
  const std::unique_ptr<rocksdb::Iterator> rows = Iterate(kRequests);
  for (rows->SeekToFirst(); rows->Valid(); rows->Next()) {
    const std::string_view bytes = rows->value().ToStringView();
    ASSIGN_OR_RETURN(const RequestSeal seal, SealOfRequestRow(bytes));
    // What is sealed by a key of later, destroyed or not, is of later; its number will be given again.
    bool later = seal.key_number > NewestInUse(in_use, std::string(seal.entity));
    if (!later) {
      ASSIGN_OR_RETURN(const std::optional<RequestRow> row, DecodeRequestRow(rows->key().ToStringView(), bytes, keys));
      later = row.has_value() && row->outcome.last_position > last;
    }
    if (later) RETURN_IF_ERROR(requests.Add(rows->key()));
  }
  RETURN_IF_ERROR(FromRocks(rows->status()));
  return requests.Write();
}

absl::Status RocksCommitLog::CutKeys(const KeysInUse& in_use) {
  Deletions unused(*db_, families_[kKeys]);
  const std::unique_ptr<rocksdb::Iterator> rows = Iterate(kKeys);
  for (rows->SeekToFirst(); rows->Valid(); rows->Next()) {
    if (!IsNumbered(rows->key())) return absl::DataLossError("a row of the data keys is nobody's");
    if (NumberOf(rows->key()) > NewestInUse(in_use, NameOf(rows->key()))) RETURN_IF_ERROR(unused.Add(rows->key()));
  }
  RETURN_IF_ERROR(FromRocks(rows->status()));
  return unused.Write();
}

absl::Status RocksCommitLog::CutSnapshots() {
  Deletions snapshots(*db_, families_[kSnapshots]);
  const std::unique_ptr<rocksdb::Iterator> rows = Iterate(kSnapshots);
  for (rows->SeekToFirst(); rows->Valid(); rows->Next()) RETURN_IF_ERROR(snapshots.Add(rows->key()));
  RETURN_IF_ERROR(FromRocks(rows->status()));
  return snapshots.Write();
}

}  // namespace anamnesis::eventlog
