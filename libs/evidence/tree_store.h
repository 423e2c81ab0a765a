// The tree of a log on disk: the hashes of leaves and of perfect subtrees, in a RocksDB directory of its own. All of it
// follows from the log: where the directory is deleted, it is made again from there.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "evidence/merkle.h"
#include "rocksdb/db.h"

namespace anamnesis::evidence {

// Thread-safe for one thread that appends and any number that read.
class TreeStore final : public NodeSource {
 public:
  // Opens the tree in a directory, or begins an empty one. FAILED_PRECONDITION where the directory is open elsewhere,
  // holds something else or cannot be opened; DATA_LOSS where the tree is damaged: delete the directory then.
  static absl::StatusOr<std::unique_ptr<TreeStore>> Open(const std::string& directory);

  // Appends leaves, all or none. Kept over the death of the process at once, over that of the machine soon, and never
  // with a gap. UNAVAILABLE where it cannot be written.
  absl::Status Append(std::span<const Hash> leaves);

  // How many leaves there are.
  uint64_t size() const { return size_.load(std::memory_order_acquire); }

  // OUT_OF_RANGE beyond size(); DATA_LOSS where a node is missing or damaged; UNAVAILABLE where it cannot be read now.
  absl::StatusOr<Hash> Node(int level, uint64_t index) const override;

 private:
  explicit TreeStore(std::unique_ptr<rocksdb::DB> db) : db_(std::move(db)) {}
  // Finds out how many leaves there are.
  absl::Status Load();

  const std::unique_ptr<rocksdb::DB> db_;
  Frontier frontier_;  // The appending thread's.
  std::atomic<uint64_t> size_ = 0;
};

}  // namespace anamnesis::evidence
