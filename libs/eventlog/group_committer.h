// Makes sequenced appends durable: everything that waits is one group, one commit, one sync. Two threads of its own,
// and whoever attends to a lone append, take turns, at most one of them inside a commit; while it syncs, another tells
// the previous group's callers. No timers: a group is what gathered during the commit before it.
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
  // Sees to what was queued. Where nobody commits or was called to, the calling thread may do it itself, which saves
  // waking another one.
  void Attend(bool may_commit_here);
  // Between them no thread is woken for what is queued.
  void Hold();
  void Release();
  // See EventLog::WhenDurable.
  void WhenDurable(std::function<void()> on_durable);
  void SetObserver(std::function<void(const CommitReport&)> observer);
  // Commits what is queued, tells its callers and ends the threads. Idempotent; not from a callback.
  void Close();

 private:
  struct Waiter {
    uint64_t number;  // Of the append that it waits for.
    std::function<void()> on_durable;
  };
  struct Turn {
    uint64_t number = 0;
    Group group;
    uint64_t last_append = 0;
    CommitReport report;
  };

  void Run();
  // Waits until there is something to commit and nobody commits; false when there never will be.
  bool Await(Turn& turn);
  // Whether the caller is to wake a thread for what is queued. It does so with the mutex free, or the woken thread
  // would wait for it at once.
  bool CallForTurn() REQUIRES(mutex_);
  void Take(Turn& turn) REQUIRES(mutex_);
  bool Commit(Turn& turn);
  // Waits for the turns before, then publishes and calls back.
  void Finish(Turn& turn);

  CommitLog* const engine_;
  Keyring* const keyring_;
  const FatalHandler fatal_;
  const std::function<void(const Group&)> publish_;

  Mutex mutex_;
  CondVar work_;   // Something to take, or nothing more to come.
  CondVar turns_;  // A turn is finished.
  std::deque<SequencedAppend> queue_ GUARDED_BY(mutex_);
  std::deque<Waiter> waiters_ GUARDED_BY(mutex_);
  std::function<void(const CommitReport&)> observer_ GUARDED_BY(mutex_);
  bool committing_ GUARDED_BY(mutex_) = false;
  bool called_ GUARDED_BY(mutex_) = false;  // A thread was called to take a turn, and nobody has taken one since.
  int holds_ GUARDED_BY(mutex_) = 0;
  bool closing_ GUARDED_BY(mutex_) = false;
  bool failed_ GUARDED_BY(mutex_) = false;
  // Appends are counted as they are queued, turns as they are taken.
  uint64_t queued_appends_ GUARDED_BY(mutex_) = 0;
  uint64_t durable_appends_ GUARDED_BY(mutex_) = 0;
  uint64_t taken_appends_ GUARDED_BY(mutex_) = 0;
  uint64_t taken_turns_ GUARDED_BY(mutex_) = 0;
  uint64_t finished_turns_ GUARDED_BY(mutex_) = 0;

  Mutex closing_mutex_;
  std::vector<std::thread> threads_ GUARDED_BY(closing_mutex_);
};

}  // namespace anamnesis::eventlog
