// What storage may do to a log: lose power, run full, fail, be slow; and a clock that jumps. Whatever happens, what was
// acknowledged is there when the log is opened again, and nobody is told anything after a failure.
#include <gtest/gtest.h>

#include <atomic>
#include <filesystem>
#include <fstream>
#include <future>
#include <memory>
#include <sstream>
#include <string>

#include "absl/strings/match.h"
#include "base/clock.h"
#include "evidence/high_water.h"
#include "tests/fault/fault_file_system.h"
#include "tests/fault/home.h"
#include "tests/fault/suite.h"
#include "tests/support/cluster.h"

namespace anamnesis::fault {
namespace {

constexpr int64_t kNow = 1'700'000'000'000'000;

std::string ReadFile(const std::string& path) {
  std::ostringstream text;
  text << std::ifstream(path, std::ios::binary).rdbuf();
  return text.str();
}

// Lives of one log, each of which ends in a fault.
class DiskTest : public testing::Test {
 protected:
  DiskTest() {
    options_.env = env_.get();
    options_.clock = &clock_;
    options_.keks = std::make_shared<const vault::KeyRing>(vault::KeyRing::Random());
  }

  absl::Status Open() {
    dead_ = false;
    auto opened = OpenHome::Open(data_dir(), options_, [this](const absl::Status& status) {
      {
        MutexLock lock(mutex_);
        death_ = status;
      }
      dead_ = true;
      ledger_.Wake();
    });
    if (!opened.ok()) return opened.status();
    home_ = *std::move(opened);
    return absl::OkStatus();
  }
  void Close() { home_.reset(); }

  // Appends until the log is dead, at most so many requests, in groups of which each is waited for.
  void Live(std::mt19937_64& random, int requests) {
    for (int i = 0; i < requests && !dead_;) {
      const int group = 1 + static_cast<int>(Below(random, 6));
      for (int j = 0; j < group && !dead_; ++j, ++i) Append(random);
      ledger_.AwaitAnswers(dead_);
      if (Below(random, 4) == 0 && !dead_) ledger_.See(*home_);
    }
  }
  void Append(std::mt19937_64& random) { Append(ledger_.NextRequest(random)); }
  void Append(const eventlog::AppendRequest& request) {
    const auto result = home_->log().Append(request, [this](const eventlog::AppendResult& durable) { Told(durable); });
    if (result.ok()) ledger_.Sequenced(request, *result);
  }
  // Whatever anybody is told of, the high water beside the log says already.
  void Told(const eventlog::AppendResult& durable) {
    const auto high_water = evidence::ReadHighWater(data_dir() + "/high-water");
    if (!high_water.ok() || !high_water->has_value() || (*high_water)->position < durable.last_position) {
      ADD_FAILURE() << "told of position " << durable.last_position << " before the high water says it";
    }
    ledger_.Acknowledged(durable);
  }

  // Opens what the fault left and compares it with what was told. Everything must be served.
  void ExpectWhole(const std::string& kind, uint64_t faults = 1) {
    absl::Status whole = Open();
    if (whole.ok()) whole = ledger_.Check(*home_);
    if (!whole.ok()) {
      CountLost(kind, 1);
      FAIL() << kind << ": " << whole;
    }
    CountSurvived(kind, faults);
    ledger_.Forget(home_->log().Tail());
  }

  // True if something was lost. The high water is not synced: a loss of power may put back what it said before.
  bool LosePower(std::mt19937_64& random) {
    const bool lost = disk_->LosePower(random) > 0;
    if (Below(random, 2) == 0 && !high_water_before_.empty()) {
      std::ofstream(data_dir() + "/high-water", std::ios::in | std::ios::binary) << high_water_before_;
    }
    high_water_before_ = ReadFile(data_dir() + "/high-water");
    return lost;
  }

  std::string data_dir() const { return dir_.path() + "/data"; }
  std::string death() {
    MutexLock lock(mutex_);
    return std::string(death_.message());
  }

  testing_support::TempDir dir_;
  const std::shared_ptr<FaultFileSystem> disk_ = std::make_shared<FaultFileSystem>(dir_.path() + "/attic");
  const std::unique_ptr<rocksdb::Env> env_ = rocksdb::NewCompositeEnv(disk_);
  ManualClock clock_{kNow};
  eventlog::LogOptions options_;
  Ledger ledger_;
  std::atomic<bool> dead_{false};
  Mutex mutex_;
  absl::Status death_ GUARDED_BY(mutex_);
  std::string high_water_before_;
  std::unique_ptr<OpenHome> home_;
};

TEST_F(DiskTest, ALossOfPowerAtAnyOperationLosesNothingAcknowledged) {
  const std::string kind = "power loss, unsynced data dropped";
  const int rounds = Rounds(40);
  int with_loss = 0;
  for (int round = 0; round < rounds; ++round) {
    SCOPED_TRACE(round);
    std::mt19937_64 random = RandomFor(kind, round);
    clock_.Advance(static_cast<int64_t>(Below(random, 1'000'000)));
    disk_->Arm(DiskFault::kPowerOff, Below(random, 60));
    const absl::Status opened = Open();  // It may go off while the log is opened.
    if (opened.ok()) Live(random, 1 + static_cast<int>(Below(random, 40)));
    disk_->PowerOff();
    Close();
    with_loss += LosePower(random) ? 1 : 0;
    CountInjected(kind);
    ExpectWhole(kind);
    if (HasFatalFailure()) return;
    Live(random, 3);
    Close();
  }
  EXPECT_GE(with_loss, rounds / 4) << "else nothing is shown";
}

// A disk that fails while the machine goes on: the process ends and is started again.
class FailingDiskTest : public DiskTest, public testing::WithParamInterface<std::pair<DiskFault, const char*>> {};

TEST_P(FailingDiskTest, StopsTheLogAndNobodyIsToldAnythingAfterwards) {
  const auto& [fault, kind] = GetParam();
  const int rounds = Rounds(10);
  for (int round = 0; round < rounds; ++round) {
    SCOPED_TRACE(round);
    std::mt19937_64 random = RandomFor(kind, round);
    ASSERT_TRUE(Open().ok());
    disk_->Arm(fault, Below(random, 25));
    Live(random, 200);
    ASSERT_TRUE(disk_->struck());
    ASSERT_TRUE(dead_) << "the log went on after the disk had failed";
    EXPECT_NE(death(), "");
    CountInjected(kind);
    for (int i = 0; i < 3; ++i) Append(random);
    // The process is gone; the machine may go, too: then whoever was told of what the disk had refused is found out.
    Close();
    if (fault == DiskFault::kSyncFails || Below(random, 2) == 0) {
      LosePower(random);
    } else {
      disk_->Restart();
    }
    ExpectWhole(kind);
    if (HasFatalFailure()) return;
    Close();
  }
}

INSTANTIATE_TEST_SUITE_P(Faults, FailingDiskTest,
                         testing::Values(std::pair(DiskFault::kIoError, "EIO on a write"),
                                         std::pair(DiskFault::kNoSpace, "ENOSPC on a write"),
                                         std::pair(DiskFault::kSyncFails, "fsync fails")),
                         [](const auto& info) {
                           return std::string(info.param.first == DiskFault::kIoError   ? "IoError"
                                              : info.param.first == DiskFault::kNoSpace ? "NoSpace"
                                                                                        : "SyncFails");
                         });

// What cannot be read now is not said to be missing, nor is anything else said in its place.
TEST_F(DiskTest, AReadThatFailsIsNeverAnAnswer) {
  const std::string kind = "EIO on a read";
  options_.block_cache_bytes = 0;
  std::mt19937_64 history = RandomFor(kind, 0);
  for (int life = 0; life < 2; ++life) {  // What a life wrote is in sorted files in the next one.
    ASSERT_TRUE(Open().ok());
    Live(history, 60);
    ledger_.See(*home_);
    Close();
  }
  ASSERT_TRUE(Open().ok());
  int failed = 0;
  for (int round = 0; round < Rounds(60); ++round) {
    SCOPED_TRACE(round);
    std::mt19937_64 random = RandomFor(kind, round + 1);
    disk_->Arm(DiskFault::kReadFails, Below(random, 100));
    const absl::Status read = ledger_.Check(*home_);
    if (!disk_->struck()) continue;
    CountInjected(kind);
    ASSERT_FALSE(absl::StartsWith(read.message(), "LOST")) << read;
    if (read.ok()) {
      CountSurvived(kind);
    } else {
      ++failed;
      CountRefused(kind, read);
    }
  }
  EXPECT_GT(failed, 10) << "else nothing is shown";
  disk_->Arm(DiskFault::kNone, 0);
  EXPECT_TRUE(ledger_.Check(*home_).ok()) << "the next read is right again";
}

TEST_F(DiskTest, ASlowDiskDelaysAnswersAndNothingElse) {
  const std::string kind = "slow disk";
  std::mt19937_64 random = RandomFor(kind, 0);
  ASSERT_TRUE(Open().ok());
  Live(random, 5);
  const eventlog::Position told = ledger_.acknowledged();
  disk_->HoldSyncs();
  CountInjected(kind);
  // Not by a thread that commits: it would wait here.
  for (int i = 0; i < 50; ++i) {
    eventlog::AppendRequest request = ledger_.NextRequest(random);
    request.may_commit_here = false;
    request.erases = false;
    Append(request);
  }
  disk_->AwaitHeldSync();
  EXPECT_EQ(ledger_.acknowledged(), told);
  EXPECT_EQ(home_->log().Tail(), told) << "what is not durable is visible";
  EXPECT_EQ(ledger_.unanswered(), 50u);
  disk_->ReleaseSyncs();
  ledger_.AwaitAnswers(dead_);
  EXPECT_EQ(ledger_.unanswered(), 0u);
  Close();
  ExpectWhole(kind);
}

TEST_F(DiskTest, RecordedTimeAscendsWhateverTheClockDoes) {
  const std::string kind = "clock jumps";
  std::mt19937_64 random = RandomFor(kind, 0);
  constexpr int64_t kYear = 365LL * 24 * 3600 * 1'000'000;
  for (int life = 0; life < 4; ++life) {
    ASSERT_TRUE(Open().ok());
    for (int jump = 0; jump < 10; ++jump) {
      clock_.Set(kNow + (static_cast<int64_t>(Below(random, 200)) - 100) * kYear / 10);
      Live(random, 2);
    }
    Close();
    CountInjected(kind, 10);
    ExpectWhole(kind, 10);  // Which looks at the times.
    Close();
  }
}

TEST_F(DiskTest, TwoOnOneDirectory) {
  const std::string kind = "a directory opened twice";
  std::mt19937_64 random = RandomFor(kind, 0);
  ASSERT_TRUE(Open().ok());
  Live(random, 20);
  CountInjected(kind);
  const absl::Status second = OpenHome::Open(data_dir(), options_, [](const absl::Status&) {}).status();
  ASSERT_EQ(second.code(), absl::StatusCode::kFailedPrecondition) << second;
  EXPECT_NE(second.message().find("another process"), std::string::npos) << second;
  CountRefused(kind, second);
  Live(random, 20);
  EXPECT_TRUE(ledger_.Check(*home_).ok()) << ledger_.Check(*home_);
}

}  // namespace
}  // namespace anamnesis::fault
