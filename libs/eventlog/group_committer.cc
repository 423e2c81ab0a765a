#include "eventlog/group_committer.h"

#include <iterator>
#include <unordered_map>
#include <utility>

#include "base/clock.h"
#include "base/failpoint.h"
#include "base/status.h"

namespace anamnesis::eventlog {
namespace {

constexpr size_t kMaxGroupAppends = 1000;
constexpr size_t kMaxGroupBytes = 4 << 20;  // A single append may be larger.

size_t PayloadBytes(const SequencedAppend& append) {
  size_t bytes = append.request.outcome.result.size();
  for (const auto& record : append.records) bytes += record->payload.size();
  return bytes;
}

absl::StatusOr<WriteSet> Encode(const GroupCommitter::Group& group, Keyring& keyring) {
  WriteSet set;
  // Each entity is asked for once in a group: a key that is made for it is not stored yet, so it must not be made
  // again.
  std::unordered_map<std::string_view, PayloadKey> keys;
  const auto key_of = [&](std::string_view entity) -> absl::StatusOr<const PayloadKey*> {
    const auto known = keys.find(entity);
    if (known != keys.end()) return &known->second;
    ASSIGN_OR_RETURN(PayloadKey key, keyring.ForSealing(entity, set));
    return &keys.emplace(entity, std::move(key)).first->second;
  };
  for (const SequencedAppend& append : group) {
    if (append.erases) {
      const std::string_view entity = EntityOf(append.records.front()->stream);
      ASSIGN_OR_RETURN(keys[entity], keyring.Renew(entity, set));
    }
    for (const auto& record : append.records) {
      ASSIGN_OR_RETURN(const PayloadKey* const key, key_of(EntityOf(record->stream)));
      set.events.push_back({record.get(), EncodeRecord(*record, *key)});
    }
    if (append.request_id.empty() || append.records.empty()) continue;
    const std::string_view entity = EntityOf(append.records.front()->stream);
    ASSIGN_OR_RETURN(const PayloadKey* const key, key_of(entity));
    set.requests.push_back({append.request_id, EncodeRequestRow(append.request_id, append.request, entity, *key)});
  }
  return set;
}

}  // namespace

GroupCommitter::GroupCommitter(CommitLog* engine, Keyring* keyring, FatalHandler fatal,
                               std::function<void(const Group&)> publish)
    : engine_(engine), keyring_(keyring), fatal_(std::move(fatal)), publish_(std::move(publish)) {
  MutexLock lock(closing_mutex_);
  thread_ = std::thread([this] { Run(); });
}

bool GroupCommitter::Enqueue(SequencedAppend append) {
  MutexLock lock(mutex_);
  if (closing_ || failed_) return false;
  queue_.push_back(std::move(append));
  ++queued_appends_;
  return true;
}

void GroupCommitter::Attend(bool may_commit_here) {
  Turn turn;
  bool call = false;
  {
    MutexLock lock(mutex_);
    if (taken_ || called_ || failed_ || queue_.empty()) return;
    if (may_commit_here) {
      Take(turn);
    } else {
      call = holds_ == 0 && CallForTurn();
    }
  }
  if (call) work_.NotifyOne();
  if (may_commit_here) CarryOut(turn);
}

void GroupCommitter::Hold() {
  MutexLock lock(mutex_);
  ++holds_;
}

// Whatever others hold: so nothing waits longer than for the first hold to end.
void GroupCommitter::Release() {
  bool call = false;
  {
    MutexLock lock(mutex_);
    --holds_;
    call = CallForTurn();
  }
  if (call) work_.NotifyOne();
}

void GroupCommitter::WhenDurable(std::function<void()> on_durable) {
  {
    MutexLock lock(mutex_);
    if (telling_ || durable_appends_ < queued_appends_) {
      waiters_.push_back({queued_appends_, std::move(on_durable)});
      return;
    }
  }
  on_durable();
}

void GroupCommitter::SetObserver(std::function<void(const CommitReport&)> observer) {
  MutexLock lock(mutex_);
  observer_ = std::move(observer);
}

void GroupCommitter::Close() {
  {
    MutexLock lock(mutex_);
    closing_ = true;
    work_.NotifyAll();
  }
  {
    MutexLock lock(closing_mutex_);
    if (thread_.joinable()) thread_.join();
  }
  // A turn may be in the hands of a thread that attends.
  MutexLock lock(mutex_);
  work_.Wait(mutex_, [this]() NO_THREAD_SAFETY_ANALYSIS { return failed_ || !taken_; });
}

void GroupCommitter::Run() {
  Turn turn;
  while (Await(turn)) CarryOut(turn);
}

bool GroupCommitter::Await(Turn& turn) {
  MutexLock lock(mutex_);
  work_.Wait(mutex_,
             [this]() NO_THREAD_SAFETY_ANALYSIS { return failed_ || (!taken_ && (closing_ || !queue_.empty())); });
  if (failed_ || queue_.empty()) return false;
  Take(turn);
  return true;
}

bool GroupCommitter::CallForTurn() {
  return !taken_ && !failed_ && !queue_.empty() && !std::exchange(called_, true);
}

void GroupCommitter::Take(Turn& turn) {
  turn = Turn();
  while (!queue_.empty() && turn.group.size() < kMaxGroupAppends && turn.report.bytes < kMaxGroupBytes) {
    turn.report.bytes += PayloadBytes(queue_.front());
    turn.report.events += queue_.front().records.size();
    turn.group.push_back(std::move(queue_.front()));
    queue_.pop_front();
  }
  turn.report.appends = turn.group.size();
  for (const SequencedAppend& append : turn.group) {
    if (!append.records.empty()) turn.report.tail = append.records.back()->position;
  }
  taken_ = true;
  called_ = false;
}

void GroupCommitter::CarryOut(Turn& turn) {
  const absl::Status status = Commit(turn);
  if (status.ok()) {
    Tell(turn);
  } else {
    fatal_(status);
  }
  bool call = false;
  {
    MutexLock lock(mutex_);
    taken_ = false;
    failed_ = !status.ok();
    if (failed_ || closing_) work_.NotifyAll();
    call = CallForTurn();
  }
  if (call) work_.NotifyOne();
}

absl::Status GroupCommitter::Commit(Turn& turn) {
  if (turn.report.events > 0) {
    ASSIGN_OR_RETURN(const WriteSet set, Encode(turn.group, *keyring_));
    Failpoint(Step::kLogCommitting);
    const int64_t started = MonotonicMicros();
    RETURN_IF_ERROR(set.erased.empty() ? engine_->Commit(set) : keyring_->CommitErasures(set));
    turn.report.sync_micros = MonotonicMicros() - started;
  }
  Failpoint(Step::kLogCommitted);
  return absl::OkStatus();
}

void GroupCommitter::Tell(Turn& turn) {
  std::function<void(const CommitReport&)> observer;
  {
    MutexLock lock(mutex_);
    observer = observer_;
  }
  if (observer && turn.report.events > 0) observer(turn.report);
  publish_(turn.group);
  Failpoint(Step::kLogPublished);
  for (SequencedAppend& append : turn.group) {
    if (append.on_durable) append.on_durable(append.request.outcome);
  }
  Failpoint(Step::kLogAnswered);
  // Only now: who asks WhenDurable from here on is answered after everybody in the group was.
  for (std::deque<Waiter> due = TakeDue(turn.group.size()); !due.empty(); due = TakeDue(0)) {
    for (Waiter& waiter : due) waiter.on_durable();
  }
  turn.group.clear();
}

std::deque<GroupCommitter::Waiter> GroupCommitter::TakeDue(size_t appends) {
  MutexLock lock(mutex_);
  durable_appends_ += appends;
  auto end = waiters_.begin();
  while (end != waiters_.end() && end->number <= durable_appends_) ++end;
  std::deque<Waiter> due(std::make_move_iterator(waiters_.begin()), std::make_move_iterator(end));
  waiters_.erase(waiters_.begin(), end);
  telling_ = !due.empty();
  return due;
}

}  // namespace anamnesis::eventlog
