// Erasures go before backups.
#include "eventlog/backup_gate.h"

#include <gtest/gtest.h>

#include <atomic>
#include <future>
#include <memory>
#include <optional>
#include <thread>

namespace anamnesis::eventlog {
namespace {

TEST(BackupGateTest, AnErasureStopsABackupOnceAndWaitsForIt) {
  BackupGate gate;
  std::promise<void> stop;
  std::atomic<bool> backup_ended{false};
  std::optional<BackupGate::BackupTurn> backup(std::in_place, gate, [&] { stop.set_value(); });  // Twice would throw.
  EXPECT_FALSE(backup->stopped());
  std::thread erasure([&] {
    const BackupGate::ErasureTurn turn(gate);
    EXPECT_TRUE(backup_ended) << "the erasure did not wait";
  });
  stop.get_future().wait();
  EXPECT_TRUE(backup->stopped());
  backup_ended = true;
  backup.reset();
  erasure.join();
}

TEST(BackupGateTest, ABackupWaitsForTheErasureUnderWay) {
  BackupGate gate;
  std::atomic<bool> erased{false};
  std::promise<void> begun;
  std::thread backup;
  {
    const BackupGate::ErasureTurn turn(gate);
    backup = std::thread([&] {
      begun.set_value();
      const BackupGate::BackupTurn waited(gate, [] {});
      EXPECT_TRUE(erased);
      EXPECT_FALSE(waited.stopped());
    });
    begun.get_future().wait();
    erased = true;
  }
  backup.join();
}

TEST(BackupGateTest, WhatStoppedOneBackupDoesNotStopTheNext) {
  BackupGate gate;
  { const BackupGate::ErasureTurn turn(gate); }
  const BackupGate::BackupTurn backup(gate, [] {});
  EXPECT_FALSE(backup.stopped());
}

}  // namespace
}  // namespace anamnesis::eventlog
