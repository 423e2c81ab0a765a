// Keeps a tree up with a log: what is appended there becomes leaves here, soon and without a timer.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <string_view>
#include <thread>
#include <vector>

#include "absl/status/status.h"
#include "base/mutex.h"
#include "evidence/tree_store.h"

namespace anamnesis::evidence {

// Calls `take` with the stored bytes of each record from `first_position` to `last_position`, in order. Called by the
// keeper's thread only, at most kMaxLeavesAtOnce records at a time, all of them durable.
using ReadRecords = std::function<absl::Status(uint64_t first_position, uint64_t last_position,
                                               const std::function<void(std::string_view record_bytes)>& take)>;

inline constexpr uint64_t kMaxLeavesAtOnce = 1000;
// How far the tree may stay behind while nobody wants it: waking a thread for each record costs more than hashing it.
inline constexpr uint64_t kLeavesWorthWaking = 512;

// Runs one thread, which the destructor stops; it alone appends to the store. The record at position i + 1 is leaf i.
// An error stops it for good and stays in status(). Thread-safe.
class TreeKeeper {
 public:
  // `tail` is the last durable position of the log. The store outlives this. The error is DATA_LOSS where the log has
  // fewer records than the tree, or others at the last kMaxLeavesAtOnce of its leaves: the tree is of another log.
  TreeKeeper(TreeStore& store, ReadRecords read, uint64_t tail);
  ~TreeKeeper();
  TreeKeeper(const TreeKeeper&) = delete;
  TreeKeeper& operator=(const TreeKeeper&) = delete;

  // The log is durable up to `tail`; smaller ones than before are ignored. Takes no longer than a lock.
  void Advance(uint64_t tail) EXCLUDES(mutex_);

  // The tree of `size` leaves will be asked for: it is made as soon as the log has them.
  void Want(uint64_t size) EXCLUDES(mutex_);

  // Wants, and waits until the tree has `size` leaves and is known to be this log's. DEADLINE_EXCEEDED if it has not by
  // then or within a day, or the error that stopped it, however many leaves there are.
  absl::Status AwaitSize(uint64_t size, std::chrono::steady_clock::time_point deadline) EXCLUDES(mutex_);

  // OK while it runs.
  absl::Status status() const EXCLUDES(mutex_);

 private:
  void Run() EXCLUDES(mutex_);
  // Whether the tree can be that of the log.
  absl::Status CheckOrigin() EXCLUDES(mutex_);
  // The leaves of some records.
  absl::Status Read(uint64_t first_position, uint64_t last_position, std::vector<Hash>& leaves);
  // Keeps the status and tells who waits; whether to go on.
  bool Report(const absl::Status& status) EXCLUDES(mutex_);
  uint64_t Tail() const EXCLUDES(mutex_);
  bool HasWork() const REQUIRES(mutex_);
  // Waits until the log is longer than the tree and returns how far it goes; 0 when stopping.
  uint64_t AwaitWork() EXCLUDES(mutex_);

  TreeStore& store_;
  const ReadRecords read_;

  mutable Mutex mutex_;
  CondVar work_;      // The log is longer, or there is nothing more to do.
  CondVar progress_;  // The tree is larger, or will not be.
  uint64_t tail_ GUARDED_BY(mutex_);
  uint64_t wanted_ GUARDED_BY(mutex_);
  bool stopping_ GUARDED_BY(mutex_) = false;
  bool is_of_log_ GUARDED_BY(mutex_) = false;  // Nothing of the tree holds before that is known.
  absl::Status status_ GUARDED_BY(mutex_);

  std::thread thread_;
};

}  // namespace anamnesis::evidence
