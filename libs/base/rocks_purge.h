// Removing from every file of a RocksDB what was deleted or written over in it.
#pragma once

#include <chrono>
#include <thread>
#include <vector>

#include "rocksdb/db.h"

namespace anamnesis {

// Of everything deleted or written over before, in these families of a database, no file holds anything when this
// returns OK. Compaction keeps what an older snapshot of a reader still sees, so those are waited for first, for
// `patience`; then it is TimedOut, and to be tried again.
inline rocksdb::Status PurgeFiles(rocksdb::DB& db, const std::vector<rocksdb::ColumnFamilyHandle*>& families,
                                  std::chrono::milliseconds patience) {
  constexpr std::chrono::milliseconds kLook{2};
  const rocksdb::SequenceNumber last = db.GetLatestSequenceNumber();
  const auto deadline = std::chrono::steady_clock::now() + patience;
  while (true) {
    uint64_t oldest = 0;
    if (!db.GetIntProperty(rocksdb::DB::Properties::kOldestSnapshotSequence, &oldest)) {
      return rocksdb::Status::NotSupported("the oldest snapshot is not known");
    }
    if (oldest == 0 || oldest >= last) break;
    if (std::chrono::steady_clock::now() >= deadline) return rocksdb::Status::TimedOut("a reader holds a snapshot");
    std::this_thread::sleep_for(kLook);  // RocksDB tells nobody that a snapshot was released.
  }
  rocksdb::Status status = db.Flush(rocksdb::FlushOptions(), families);
  rocksdb::CompactRangeOptions all_levels;
  all_levels.bottommost_level_compaction = rocksdb::BottommostLevelCompaction::kForce;
  for (rocksdb::ColumnFamilyHandle* const family : families) {
    if (status.ok()) status = db.CompactRange(all_levels, family, nullptr, nullptr);
  }
  return status;
}

}  // namespace anamnesis
