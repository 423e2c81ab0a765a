// Makes sequenced appends durable: everything that waits is one group, one commit, one sync. A thread of its own, and
// whoever attends to a lone append, take turns; a turn is over when the group's callers are told. No timers: a group is
// what gathered during the turn before it. To tell one group while the next is synced would halve the groups, and cost
// more than it gains where cores are few.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <thread>
#include <vector>

#include "base/mutex.h"
#include "eventlog/commit_log.h"
#include "eventlog/keyring.h"
#include "eventlog/sequencer.h"

namespace anamnesis::eventlog {

// Thread-safe.
class GroupCommitter {
 public:
  using Group = std::vector<SequencedAppend>;

  // `engine` and `keyring` must outlive it. `publish` is called with each durable group, in order, before anybody is
  // told.
  GroupCommitter(CommitLog* engine, Keyring* keyring, FatalHandler fatal, std::function<void(const Group&)> publish);
  ~GroupCommitter() { Close(); }

  // Queues an append; callers take care that positions ascend. One without records (a repeated request) only has its
  // callback called, after those before it. False if it is closed or has failed.
  bool Enqueue(SequencedAppend append);
  // Sees to what was queued. Where nobody has a turn or was called to one, the calling thread may take it, which saves
  // waking another.
  void Attend(bool may_commit_here);
  // Between them no thread is woken for what is queued.
  void Hold();
  void Release();
  // See EventLog::WhenDurable. Those who come one after the other are called one after the other: who comes while
  // others are being called is called after them, by the same thread.
  void WhenDurable(std::function<void()> on_durable);
  void SetObserver(std::function<void(const CommitReport&)> observer);
  // Commits what is queued, tells its callers and ends the thread. Idempotent; not from a callback.
  void Close();

 private:
  struct Waiter {
    uint64_t number;  // Of the append that it waits for.
    std::function<void()> on_durable;
  };
  struct Turn {
    Group group;
    CommitReport report;
  };

  void Run();
  // Waits until there is something to commit and nobody has a turn; false when there never will be.
  bool Await(Turn& turn);
  // Whether the caller is to wake the thread for what is queued. It does so with the mutex free, or the woken thread
  // would wait for it at once.
  bool CallForTurn() REQUIRES(mutex_);
  void Take(Turn& turn) REQUIRES(mutex_);
  void CarryOut(Turn& turn);
  absl::Status Commit(Turn& turn);
  // Publishes and calls back.
  void Tell(Turn& turn);
  // Counts so many more appends as durable; the waiters that are due now. To be asked again when they were called,
  // until there are none.
  std::deque<Waiter> TakeDue(size_t appends);

  CommitLog* const engine_;
  Keyring* const keyring_;
  const FatalHandler fatal_;
  const std::function<void(const Group&)> publish_;

  Mutex mutex_;
  CondVar work_;  // Something to take, or nothing more to come, or while closing: a turn is over.
  std::deque<SequencedAppend> queue_ GUARDED_BY(mutex_);
  std::deque<Waiter> waiters_ GUARDED_BY(mutex_);
  std::function<void(const CommitReport&)> observer_ GUARDED_BY(mutex_);
  bool taken_ GUARDED_BY(mutex_) = false;    // Somebody has a turn.
  bool telling_ GUARDED_BY(mutex_) = false;  // Waiters that were due are being called.
  bool called_ GUARDED_BY(mutex_) = false;   // The thread was called to take a turn, and nobody has taken one since.
  int holds_ GUARDED_BY(mutex_) = 0;
  bool closing_ GUARDED_BY(mutex_) = false;
  bool failed_ GUARDED_BY(mutex_) = false;
  uint64_t queued_appends_ GUARDED_BY(mutex_) = 0;
  uint64_t durable_appends_ GUARDED_BY(mutex_) = 0;

  Mutex closing_mutex_;
  std::thread thread_ GUARDED_BY(closing_mutex_);
};

}  // namespace anamnesis::eventlog
