#include "evidence/tree_keeper.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "base/status.h"

namespace anamnesis::evidence {
namespace {

using std::chrono::microseconds;

// Bounds a deadline that means "for ever", which added to a clock would overflow.
constexpr microseconds kLongestWait = std::chrono::hours(24);

}  // namespace

TreeKeeper::TreeKeeper(TreeStore& store, ReadRecords read, uint64_t tail)
    : store_(store), read_(std::move(read)), tail_(tail), wanted_(tail), thread_([this] { Run(); }) {}

TreeKeeper::~TreeKeeper() {
  {
    MutexLock lock(mutex_);
    stopping_ = true;
    work_.NotifyOne();
  }
  thread_.join();
}

void TreeKeeper::Advance(uint64_t tail) {
  MutexLock lock(mutex_);
  if (tail <= tail_) return;
  tail_ = tail;
  if (HasWork()) work_.NotifyOne();
}

void TreeKeeper::Want(uint64_t size) {
  MutexLock lock(mutex_);
  wanted_ = std::max(wanted_, size);
  if (HasWork()) work_.NotifyOne();
}

bool TreeKeeper::HasWork() const {
  const uint64_t size = store_.size();
  return tail_ > size && (tail_ - size >= kLeavesWorthWaking || wanted_ > size);
}

absl::Status TreeKeeper::AwaitSize(uint64_t size, std::chrono::steady_clock::time_point deadline) {
  const auto reached = [&]()
                           NO_THREAD_SAFETY_ANALYSIS { return !status_.ok() || (is_of_log_ && store_.size() >= size); };
  const auto now = std::chrono::steady_clock::now();
  const microseconds timeout = std::chrono::duration_cast<microseconds>(std::max(deadline, now) - now);
  Want(size);
  MutexLock lock(mutex_);
  progress_.WaitFor(mutex_, std::min(timeout, kLongestWait), reached);
  if (!status_.ok()) return status_;
  if (is_of_log_ && store_.size() >= size) return absl::OkStatus();
  return absl::DeadlineExceededError(absl::StrCat("the tree has ", store_.size(), " leaves, not yet ", size));
}

absl::Status TreeKeeper::status() const {
  MutexLock lock(mutex_);
  return status_;
}

void TreeKeeper::Run() {
  if (!Report(CheckOrigin())) return;
  std::vector<Hash> leaves;
  leaves.reserve(kMaxLeavesAtOnce);
  for (uint64_t tail = AwaitWork(); tail != 0; tail = AwaitWork()) {
    const uint64_t first = store_.size() + 1;
    absl::Status status = Read(first, std::min(tail, first + kMaxLeavesAtOnce - 1), leaves);
    if (status.ok()) status = store_.Append(leaves);
    if (!Report(status)) return;
  }
}

absl::Status TreeKeeper::CheckOrigin() {
  const uint64_t size = store_.size();
  if (size == 0) return absl::OkStatus();
  absl::Status foreign =
      absl::DataLossError("the tree is not of this log: stop, delete its directory, and it is made again");
  if (size > Tail()) return foreign;
  std::vector<Hash> leaves;
  const uint64_t first = size - std::min(size, kMaxLeavesAtOnce);
  RETURN_IF_ERROR(Read(first + 1, size, leaves));
  for (uint64_t index = first; index < size; ++index) {
    ASSIGN_OR_RETURN(const Hash stored, store_.Node(0, index));
    if (leaves[index - first] != stored) return foreign;
  }
  return absl::OkStatus();
}

absl::Status TreeKeeper::Read(uint64_t first_position, uint64_t last_position, std::vector<Hash>& leaves) {
  leaves.clear();
  RETURN_IF_ERROR(read_(first_position, last_position,
                        [&](std::string_view record_bytes) { leaves.push_back(LeafHash(record_bytes)); }));
  const uint64_t expected = last_position - first_position + 1;
  if (leaves.size() == expected) return absl::OkStatus();
  return absl::DataLossError(absl::StrCat("the log has ", leaves.size(), " records from position ", first_position,
                                          " to ", last_position, ", not ", expected));
}

bool TreeKeeper::Report(const absl::Status& status) {
  MutexLock lock(mutex_);
  status_ = status;
  is_of_log_ = true;  // The first that is reported is whether it is; an error outlasts this.
  progress_.NotifyAll();
  return status.ok();
}

uint64_t TreeKeeper::Tail() const {
  MutexLock lock(mutex_);
  return tail_;
}

uint64_t TreeKeeper::AwaitWork() {
  MutexLock lock(mutex_);
  work_.Wait(mutex_, [this]() NO_THREAD_SAFETY_ANALYSIS { return stopping_ || HasWork(); });
  return stopping_ ? 0 : tail_;
}

}  // namespace anamnesis::evidence
