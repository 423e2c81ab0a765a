// Backups of a log that is open: everything durable is in them, what earlier ones have is not copied again, and an
// erasure waits for none of them.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <filesystem>
#include <fstream>
#include <functional>
#include <sstream>
#include <thread>

#include "eventlog/keyring.h"
#include "eventlog/log_backups.h"
#include "eventlog/rocks_commit_log.h"
#include "eventlog/rows.h"
#include "eventlog/sequenced_log.h"
#include "rocksdb/env.h"
#include "rocksdb/file_system.h"
#include "tests/eventlog/log_fixture.h"

namespace anamnesis::eventlog {
namespace {

namespace fs = std::filesystem;

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

// A disk on which something happens when a backup is about to be named: all of its files are copied by then. Outlives
// the logs that use it.
class WatchedDisk final : public rocksdb::FileSystemWrapper {
 public:
  WatchedDisk() : FileSystemWrapper(rocksdb::FileSystem::Default()) {}
  const char* Name() const override { return "WatchedDisk"; }

  rocksdb::IOStatus RenameFile(const std::string& from, const std::string& to, const rocksdb::IOOptions& options,
                               rocksdb::IODebugContext* context) override {
    if (fs::path(to).parent_path().filename() == "meta" && when_copied) when_copied();
    return FileSystemWrapper::RenameFile(from, to, options, context);
  }
  rocksdb::IOStatus DeleteFile(const std::string& path, const rocksdb::IOOptions& options,
                               rocksdb::IODebugContext* context) override {
    if (keeps_tables && fs::path(path).parent_path().filename() == "shared_checksum")
      return rocksdb::IOStatus::IOError("it is kept");
    return FileSystemWrapper::DeleteFile(path, options, context);
  }

  std::function<void()> when_copied;
  std::atomic<bool> keeps_tables{false};
};

class BackupTest : public testing::Test {
 protected:
  void SetUp() override { Open(); }

  void Open() {
    log_.reset();
    auto log = OpenRocksLog(directory_.path(), {.keks = keks_});
    ASSERT_TRUE(log.ok()) << log.status();
    log_ = *std::move(log);
  }

  Position Append(const std::string& stream, const std::string& payload = "payload") {
    const auto result = log_->AppendAndWait(One(stream, AnyVersion{}, payload));
    EXPECT_TRUE(result.ok()) << result.status();
    return result.ok() ? result->last_position : 0;
  }
  // So much that no compression makes it small.
  void AppendMuch(size_t bytes) {
    std::string noise(64 << 10, '\0');
    for (size_t done = 0; done < bytes; done += noise.size()) {
      for (char& byte : noise)
        byte = static_cast<char>(random_ = random_ * 6364136223846793005u + 1442695040888963407u);
      Append("noise-1", noise);
    }
  }

  void Erase(const std::string& stream) {
    AppendRequest request = One(stream);
    request.erases = true;
    ASSERT_TRUE(log_->AppendAndWait(std::move(request)).ok());
  }

  absl::StatusOr<BackupMade> Backup(BackupOptions options = {}) {
    if (options.directory.empty()) options.directory = backups_;
    return log_->Backup(options);
  }

  // The data key that the payloads of an entity are sealed with, as it stands in files.
  std::string WrappedKey(const std::string& entity) {
    const auto engine = *OpenForReading(directory_.path());
    return *DecodeKeyRow(engine->KeysOf(entity)->front());
  }

  // The payloads in a backup as they were recorded.
  std::vector<std::string> PayloadsIn(uint32_t number) {
    std::vector<std::string> payloads;
    const auto backups = LogBackups::Open(backups_);
    EXPECT_TRUE(backups.ok()) << backups.status();
    const auto engine = (*backups)->OpenForReading(number);
    EXPECT_TRUE(engine.ok()) << engine.status();
    const auto keys = Keyring::Open(**engine, keks_, 10);
    EXPECT_TRUE(keys.ok()) << keys.status();
    const auto scan = (*engine)->Scan(1, Direction::kForwards);
    for (; scan->Valid(); scan->Next()) {
      const auto record = DecodeRecord(scan->bytes(), **keys);
      EXPECT_TRUE(record.ok()) << record.status();
      payloads.push_back(record.ok() ? record->payload : "");
    }
    return payloads;
  }

  // The files below a directory that hold these bytes.
  static std::vector<std::string> FilesWith(const std::string& directory, const std::string& bytes) {
    std::vector<std::string> found;
    for (const auto& entry : fs::recursive_directory_iterator(directory)) {
      std::ostringstream content;
      content << std::ifstream(entry.path(), std::ios::binary).rdbuf();
      if (content.str().find(bytes) != std::string::npos) found.push_back(entry.path().string());
    }
    return found;
  }

  uint64_t random_ = 1;
  TempDirectory directory_;
  std::string backups_ = directory_.path() + ".backups";
  const std::shared_ptr<const vault::KeyRing> keks_ = std::make_shared<const vault::KeyRing>(vault::KeyRing::Random());
  std::unique_ptr<EventLog> log_;
};

TEST_F(BackupTest, EverythingDurableIsInIt) {
  Append("ward-1", "one");
  Append("ward-2", "two");
  const auto made = Backup();
  ASSERT_TRUE(made.ok()) << made.status();
  EXPECT_EQ(made->number, 1u);
  EXPECT_EQ(made->tail, 2u);
  EXPECT_EQ(made->recorded_micros, ReadAll(*log_).back().recorded_micros);
  EXPECT_EQ(made->shared_bytes, 0u);
  EXPECT_THAT(made->kek_ids, ElementsAre(keks_->current()));
  Append("ward-1", "three");
  EXPECT_THAT(PayloadsIn(1), ElementsAre("one", "two"));
  EXPECT_EQ(*(*LogBackups::Open(backups_))->LogIdOf(1), log_->LogId());
}

TEST_F(BackupTest, ItIsFoundByARelativePathToo) {
  Append("ward-1", "first");
  ASSERT_TRUE(Backup().ok());
  backups_ = fs::relative(backups_).string();
  EXPECT_THAT(PayloadsIn(1), ElementsAre("first"));
  Append("ward-1", "second");
  ASSERT_TRUE(Backup().ok());
  EXPECT_THAT(PayloadsIn(2), ElementsAre("first", "second"));
}

TEST_F(BackupTest, AnEmptyLogIsBackedUpToo) {
  const auto made = Backup();
  ASSERT_TRUE(made.ok()) << made.status();
  EXPECT_EQ(made->tail, 0u);
  EXPECT_EQ(made->recorded_micros, 0);
  EXPECT_THAT(PayloadsIn(1), ElementsAre());
}

TEST_F(BackupTest, WhatAnEarlierOneHasIsNotCopiedAgain) {
  AppendMuch(4 << 20);
  const auto first = Backup();
  ASSERT_TRUE(first.ok()) << first.status();
  EXPECT_GT(first->new_bytes, 4u << 20);
  Append("ward-1", "more");
  const auto second = Backup();
  ASSERT_TRUE(second.ok()) << second.status();
  EXPECT_EQ(second->tail, first->tail + 1);
  EXPECT_GT(second->shared_bytes, 4u << 20);
  EXPECT_LT(second->new_bytes, 256u << 10);
  EXPECT_EQ(PayloadsIn(1).size(), first->tail);
  EXPECT_EQ(PayloadsIn(2).back(), "more");
}

// Appends go on while files are copied: whatever was acknowledged before the call is in the backup, and nothing in it
// has a hole.
TEST_F(BackupTest, AppendsGoOnBesideIt) {
  AppendMuch(2 << 20);
  std::atomic<bool> stop{false};
  std::atomic<Position> acknowledged{0};
  std::thread writer([&] {
    for (int i = 0; !stop; ++i) acknowledged = Append("ward-" + std::to_string(i % 5), std::to_string(i));
  });
  for (int i = 0; i < 5; ++i) {
    const Position before = acknowledged;
    const auto made = Backup();
    ASSERT_TRUE(made.ok()) << made.status();
    EXPECT_GE(made->tail, before);
    EXPECT_EQ(PayloadsIn(made->number).size(), made->tail);
  }
  stop = true;
  writer.join();
}

TEST_F(BackupTest, ItSaysHowFarItIsAndStopsWhenTold) {
  AppendMuch(4 << 20);
  std::vector<uint64_t> told;
  const auto stopped = Backup({.progress = [&](uint64_t copied, uint64_t expected) {
    told.push_back(copied);
    EXPECT_LE(copied, expected);
    return false;
  }});
  EXPECT_EQ(stopped.status().code(), absl::StatusCode::kCancelled);
  EXPECT_EQ(told.size(), 1u) << "stopped at the first word";
  EXPECT_FALSE(LogBackups::Open(backups_).ok() && (*LogBackups::Open(backups_))->LogIdOf(1).ok());
  ASSERT_TRUE(Backup().ok());
  EXPECT_TRUE((*LogBackups::Open(backups_))->VerifyFiles(1).ok());
}

TEST_F(BackupTest, AFlippedByteIsFoundAndItsFileNamed) {
  AppendMuch(1 << 20);
  ASSERT_TRUE(Backup().ok());
  std::string damaged;
  for (const auto& entry : fs::recursive_directory_iterator(backups_ + "/shared_checksum")) {
    if (entry.file_size() > (1 << 18)) damaged = entry.path().string();
  }
  ASSERT_NE(damaged, "");
  {
    std::fstream file(damaged, std::ios::in | std::ios::out | std::ios::binary);
    file.seekg(1 << 17);
    const char byte = static_cast<char>(file.get());
    file.seekp(1 << 17);
    file.put(static_cast<char>(byte ^ 1));
  }
  const auto backups = *LogBackups::Open(backups_);
  const absl::Status verified = backups->VerifyFiles(1);
  EXPECT_EQ(verified.code(), absl::StatusCode::kDataLoss);
  EXPECT_THAT(std::string(verified.message()), HasSubstr(fs::path(damaged).filename().string()));
  EXPECT_EQ(backups->CopyTo(1, directory_.path() + ".restored", nullptr).code(), absl::StatusCode::kDataLoss);
}

TEST_F(BackupTest, ALogCopiedBackGoesOn) {
  Append("ward-1", "one");
  ASSERT_TRUE(Backup().ok());
  Append("ward-1", "two");
  log_.reset();
  const std::string restored = directory_.path() + ".restored";
  uint64_t done = 0;
  ASSERT_TRUE((*LogBackups::Open(backups_))->CopyTo(1, restored, [&](uint64_t now, uint64_t) { done = now; }).ok());
  EXPECT_GT(done, 0u);
  const auto again = OpenRocksLog(restored, {.keks = keks_});
  ASSERT_TRUE(again.ok()) << again.status();
  EXPECT_THAT(PayloadsOf(ReadAll(**again)), ElementsAre("one"));
  EXPECT_EQ((*again)->AppendAndWait(One("ward-1"))->last_position, 2u);
}

TEST_F(BackupTest, BackupsOfAnotherLogInTheSameDirectoryAreRefused) {
  ASSERT_TRUE(Backup().ok());
  TempDirectory elsewhere;
  const auto other = *OpenRocksLog(elsewhere.path(), {.keks = keks_});
  const auto refused = other->Backup({.directory = backups_});
  EXPECT_EQ(refused.status().code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_THAT(std::string(refused.status().message()), HasSubstr("holds backups of another log"));
}

TEST_F(BackupTest, WhereItCannotBeWrittenIsSaid) {
  std::ofstream(directory_.path() + ".file") << "in the way";
  const auto refused = Backup({.directory = directory_.path() + ".file/backups"});
  EXPECT_EQ(refused.status().code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_THAT(std::string(refused.status().message()), HasSubstr(".file"));
}

TEST_F(BackupTest, TheDiskIsNotFilled) {
  AppendMuch(1 << 20);
  const auto refused = Backup({.spare_bytes = uint64_t{1} << 62});
  EXPECT_EQ(refused.status().code(), absl::StatusCode::kResourceExhausted);
  EXPECT_THAT(std::string(refused.status().message()), HasSubstr("not enough room"));
}

// A damaged backup is evidence, and RocksDB could remove files that would mend it.
TEST_F(BackupTest, BesideADamagedBackupNoneIsMade) {
  Append("ward-1");
  ASSERT_TRUE(Backup().ok());
  for (const auto& entry : fs::recursive_directory_iterator(backups_ + "/private/1")) {
    if (entry.path().filename().string().starts_with("MANIFEST")) fs::remove(entry.path());
  }
  const auto refused = Backup();
  EXPECT_EQ(refused.status().code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_THAT(std::string(refused.status().message()), HasSubstr("the backup 1 in"));
}

TEST_F(BackupTest, ALogInMemoryHasNone) {
  EXPECT_EQ(NewMemoryLog({})->Backup({.directory = backups_}).status().code(), absl::StatusCode::kUnimplemented);
}

// While a backup copies, RocksDB removes no file; the erasure must not leave the wrapped key behind in one, nor wait
// for the copying, nor be missing from the backup.
TEST_F(BackupTest, AnErasureStopsTheCopyingAndLeavesTheKeyNowhere) {
  Append("person-1", "secret");
  const std::string wrapped = WrappedKey("1");
  ASSERT_FALSE(FilesWith(directory_.path(), wrapped).empty()) << "the search would find nothing at all";
  AppendMuch(6 << 20);

  std::thread eraser;
  std::vector<uint64_t> told;
  const auto made = Backup({.bytes_per_second = 2 << 20, .progress = [&](uint64_t copied, uint64_t) {
                              told.push_back(copied);
                              if (eraser.joinable()) return true;
                              eraser = std::thread([&] {
                                Erase("person-1");
                                EXPECT_THAT(FilesWith(directory_.path(), wrapped), IsEmpty())
                                    << "left when it was acknowledged";
                              });
                              while (*log_->StreamVersion("person-1") == 1)
                                std::this_thread::yield();  // Then it is on its way to its commit.
                              return true;
                            }});
  eraser.join();
  ASSERT_TRUE(made.ok()) << made.status();
  EXPECT_GT(std::count(told.begin(), told.end(), told.front()), 1) << "begun again";
  EXPECT_THAT(FilesWith(backups_, wrapped), IsEmpty()) << "also nothing is left of what was stopped";
  EXPECT_EQ(made->tail, log_->Tail()) << "the erasure is in the backup";
  log_.reset();
  EXPECT_THAT(FilesWith(directory_.path(), wrapped), IsEmpty());
}

// An erasure that comes when there is nothing left to stop.
class LateErasureTest : public BackupTest {
 protected:
  void SetUp() override {
    const LogOptions options{.keks = keks_, .env = env_.get()};
    auto engine = RocksCommitLog::Open(directory_.path(), options, ExitFailStop);
    ASSERT_TRUE(engine.ok()) << engine.status();
    engine_ = *std::move(engine);
    auto log = SequencedLog::Open(engine_, options, ExitFailStop);
    ASSERT_TRUE(log.ok()) << log.status();
    log_ = *std::move(log);
    Append("ward-1", "kept");
    ASSERT_TRUE(Backup().ok());
    disk_->when_copied = [this] {
      if (times_copied_++ > 0) return;
      eraser_ = std::thread([this] { Erase("person-2"); });
      while (!engine_->ErasureWaits()) std::this_thread::yield();
    };
    Append("person-2", "secret");
    wrapped_ = WrappedKey("2");
  }
  void TearDown() override { log_.reset(); }

  void AwaitErasure() {
    if (eraser_.joinable()) eraser_.join();
  }

  const std::shared_ptr<WatchedDisk> disk_ = std::make_shared<WatchedDisk>();
  const std::unique_ptr<rocksdb::Env> env_ = rocksdb::NewCompositeEnv(disk_);
  std::shared_ptr<RocksCommitLog> engine_;
  int times_copied_ = 0;
  std::thread eraser_;
  std::string wrapped_;
};

TEST_F(LateErasureTest, TheWholeCopyIsRemovedAndMadeAgain) {
  const auto made = Backup();
  AwaitErasure();
  ASSERT_TRUE(made.ok()) << made.status();
  EXPECT_EQ(times_copied_, 2);
  EXPECT_THAT(FilesWith(backups_, wrapped_), IsEmpty());
  EXPECT_EQ(made->tail, log_->Tail()) << "the erasure is in the backup";
  EXPECT_THAT(PayloadsIn(1), ElementsAre("kept"));
  for (const uint32_t number : {1, 2}) EXPECT_TRUE((*LogBackups::Open(backups_))->VerifyFiles(number).ok()) << number;
}

TEST_F(LateErasureTest, WhereTheCopyCannotBeRemovedIsSaid) {
  disk_->when_copied = [this, then = disk_->when_copied] {
    then();
    disk_->keeps_tables = true;
  };
  const auto refused = Backup();
  disk_->keeps_tables = false;
  AwaitErasure();
  EXPECT_EQ(refused.status().code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_THAT(std::string(refused.status().message()), HasSubstr("may hold keys that an erasure destroyed"));
}

// What FORMAT.md of libs/backup says of a backup of the log that no manifest names.
TEST_F(BackupTest, OneWhoseAccountIsRemovedByHandIsGoneWithTheNext) {
  Append("person-1", "secret");
  const std::string wrapped = WrappedKey("1");
  ASSERT_TRUE(Backup().ok());
  Erase("person-1");
  ASSERT_TRUE(Backup().ok());
  ASSERT_FALSE(FilesWith(backups_, wrapped).empty());
  fs::remove(backups_ + "/meta/1");
  ASSERT_TRUE(Backup().ok());
  EXPECT_THAT(FilesWith(backups_, wrapped), IsEmpty());
  EXPECT_FALSE(fs::exists(backups_ + "/private/1"));
  for (const uint32_t kept : {2, 3}) EXPECT_TRUE((*LogBackups::Open(backups_))->VerifyFiles(kept).ok()) << kept;
}

}  // namespace
}  // namespace anamnesis::eventlog
