// Erasures go before backups. While a backup copies files RocksDB deletes none, so an erasure would leave behind what
// it is to remove until the backup is done, and the backup might hold it too.
#pragma once

#include <functional>
#include <utility>

#include "base/mutex.h"

namespace anamnesis::eventlog {

// Thread-safe.
class BackupGate {
 public:
  // One backup's turn, from before its first file to after its last. `stop`, which must not wait, is called once where
  // an erasure wants it to end, from the erasure's thread. Waits for erasures under way.
  class BackupTurn {
   public:
    BackupTurn(BackupGate& gate, std::function<void()> stop) : gate_(gate) {
      MutexLock lock(gate_.mutex_);
      gate_.changed_.Wait(gate_.mutex_,
                          [&]() NO_THREAD_SAFETY_ANALYSIS { return gate_.erasing_ == 0 && !gate_.stop_; });
      gate_.stop_ = std::move(stop);
      gate_.stopped_ = false;
    }
    ~BackupTurn() {
      MutexLock lock(gate_.mutex_);
      gate_.stop_ = nullptr;
      gate_.changed_.NotifyAll();
    }
    BackupTurn(const BackupTurn&) = delete;
    BackupTurn& operator=(const BackupTurn&) = delete;

    // Whether an erasure stopped it.
    bool stopped() const {
      MutexLock lock(gate_.mutex_);
      return gate_.stopped_;
    }

   private:
    BackupGate& gate_;
  };

  // One erasure's turn, or that of a rotation of keys, which removes rows from files as well: begins when no backup is
  // copying any more.
  class ErasureTurn {
   public:
    explicit ErasureTurn(BackupGate& gate) : gate_(gate) {
      MutexLock lock(gate_.mutex_);
      ++gate_.erasing_;
      if (gate_.stop_ && !std::exchange(gate_.stopped_, true)) gate_.stop_();
      gate_.changed_.Wait(gate_.mutex_, [&]() NO_THREAD_SAFETY_ANALYSIS { return !gate_.stop_; });
    }
    ~ErasureTurn() {
      MutexLock lock(gate_.mutex_);
      --gate_.erasing_;
      gate_.changed_.NotifyAll();
    }
    ErasureTurn(const ErasureTurn&) = delete;
    ErasureTurn& operator=(const ErasureTurn&) = delete;

   private:
    BackupGate& gate_;
  };

  // Whether an erasure has stopped the backup that is copying, and waits for its end.
  bool IsStopping() const {
    MutexLock lock(mutex_);
    return stop_ && stopped_;
  }

 private:
  mutable Mutex mutex_;
  CondVar changed_;
  int erasing_ GUARDED_BY(mutex_) = 0;  // Turns of erasures.
  bool stopped_ GUARDED_BY(mutex_) = false;
  std::function<void()> stop_ GUARDED_BY(mutex_);  // Of the backup that is copying.
};

}  // namespace anamnesis::eventlog
