// What is restored is what was backed up, or what it was at an earlier moment; and it is all there or nothing is.
#include "backup/restore.h"

#include <gmock/gmock.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>

#include "audit/verify_log.h"
#include "base/durable_file.h"
#include "base/uuid.h"
#include "evidence/high_water.h"
#include "evidence/signed_checkpoint.h"
#include "evidence/signing_key.h"
#include "tests/backup/fixture.h"

namespace anamnesis::backup {
namespace {

namespace fs = std::filesystem;

using testing::HasSubstr;
using testing::IsEmpty;
using testing::UnorderedElementsAre;

class RestoreTest : public BackupFixture {
 protected:
  absl::StatusOr<std::vector<RestoredPart>> Restore(const Manifest& manifest, RestoreOptions options = {}) {
    options.directory = backups_;
    options.data_dir = restored_;
    options.keks = installation_->keks();
    return backup::Restore(manifest, options);
  }

  // A restored service verifies, ends at `position`, and its checkpoint and high water say the same.
  void ExpectWhole(const std::string& service, uint64_t position) {
    SCOPED_TRACE(service);
    const std::string dir = restored_ + "/" + service;
    const auto signer = evidence::LoadSigningKey(dir + "/signing.key");
    ASSERT_TRUE(signer.ok()) << signer.status();
    const auto checkpoint =
        evidence::VerifiedCheckpoint(*ReadPrivateFile(dir + "/checkpoint", 1 << 20), signer->verifier());
    ASSERT_TRUE(checkpoint.ok()) << checkpoint.status();
    EXPECT_EQ(checkpoint->size, position);
    const auto verdict = audit::VerifyLog(
        dir + "/log", {.keks = installation_->keks(), .checkpoints = {{"the checkpoint", *checkpoint}}});
    ASSERT_TRUE(verdict.ok()) << verdict.status();
    EXPECT_THAT(verdict->problems, IsEmpty());
    EXPECT_EQ(verdict->events, position);
    EXPECT_EQ(verdict->root, checkpoint->root);
    const auto high_water = evidence::ReadHighWater(dir + "/high-water");
    ASSERT_TRUE(high_water.ok() && high_water->has_value()) << high_water.status();
    EXPECT_EQ((*high_water)->position, position);
    EXPECT_EQ((*high_water)->log_id, installation_->log(service).LogId());
  }

  std::vector<std::string> Names(const std::string& dir) {
    std::vector<std::string> names;
    for (const auto& entry : fs::directory_iterator(dir)) names.push_back(entry.path().filename().string());
    return names;
  }
};

TEST_F(RestoreTest, AllOfABackup) {
  installation_->Append("ward", "bed-1", 3);
  installation_->Append("pharmacy", "bed-1", 2, 3);
  std::ofstream(data_ + "/ward/log.kek") << "never to be copied";
  const Manifest manifest = Backup();
  installation_->Append("ward", "bed-1");
  const auto restored = Restore(manifest);
  ASSERT_TRUE(restored.ok()) << restored.status();
  EXPECT_EQ((*restored)[1].position, 3u);
  ExpectWhole("ward", 3);
  ExpectWhole("pharmacy", 2);
  EXPECT_THAT(Names(restored_), UnorderedElementsAre("ward", "pharmacy"));
  EXPECT_THAT(Names(restored_ + "/ward"),
              UnorderedElementsAre("log", "checkpoint", "high-water", "signing.key", "signing.key.pub"));
  for (const auto& [name, mode] : std::map<std::string, mode_t>{
           {"signing.key",     0600},
           {"signing.key.pub", 0644}
  }) {
    struct stat info {};
    ASSERT_EQ(stat((restored_ + "/ward/" + name).c_str(), &info), 0);
    EXPECT_EQ(info.st_mode & 0777, mode) << name;
  }
  EXPECT_THAT(Names(dir_), UnorderedElementsAre("data", "backups", "restored"));
}

// Who followed the log to a position that the restored one lacks, or has with another event, is not to go on from there.
TEST_F(RestoreTest, ItsFeedIsAnother) {
  installation_->Append("ward", "bed-1");
  const Manifest manifest = Backup();
  EXPECT_EQ(installation_->log("ward").FeedId(), installation_->log("ward").LogId());
  ASSERT_TRUE(Restore(manifest).ok());
  const auto open = [this] {
    return *eventlog::OpenRocksLog(restored_ + "/ward/log", {.keks = installation_->keks()});
  };
  const std::string feed_id = open()->FeedId();
  EXPECT_TRUE(IsUuid(feed_id));
  EXPECT_NE(feed_id, installation_->log("ward").FeedId());
  EXPECT_EQ(open()->FeedId(), feed_id) << "once for each restore";
  EXPECT_EQ(open()->LogId(), installation_->log("ward").LogId());
}

TEST_F(RestoreTest, AnEarlierBackupIsAsItWas) {
  installation_->Append("ward", "bed-1");
  const Manifest first = Backup();
  installation_->Append("ward", "bed-1");
  Backup();
  ASSERT_TRUE(Restore(first).ok());
  ExpectWhole("ward", 1);
}

TEST_F(RestoreTest, ToAPositionBetweenTwoAppends) {
  installation_->Append("ward", "bed-1", 2);
  installation_->Append("ward", "bed-2", 3);
  const Manifest manifest = Backup();
  const auto restored = Restore(manifest, {.to_positions = {{"ward", 4}}});
  ASSERT_TRUE(restored.ok()) << restored.status();
  EXPECT_EQ((*restored)[1].position, 2u) << "3 to 5 are one append";
  EXPECT_EQ((*restored)[1].backed_up, 5u);
  ExpectWhole("ward", 2);
  const auto log = eventlog::OpenRocksLog(restored_ + "/ward/log", {.keks = installation_->keks()});
  ASSERT_TRUE(log.ok()) << log.status();
  EXPECT_EQ(*(*log)->StreamVersion("bed-1"), 2u);
  EXPECT_EQ(*(*log)->StreamVersion("bed-2"), 0u);
}

TEST_F(RestoreTest, ToATimeInEveryService) {
  installation_->Append("ward", "bed-1");
  installation_->Append("pharmacy", "bed-1", 1, 1);
  const int64_t then = installation_->clock().NowMicros();
  installation_->Append("ward", "bed-1");
  installation_->Append("pharmacy", "bed-1", 1, 2);
  const Manifest manifest = Backup();
  ASSERT_TRUE(Restore(manifest, {.to_micros = then}).ok());
  ExpectWhole("ward", 1);
  ExpectWhole("pharmacy", 1);
  fs::remove_all(restored_);
  ASSERT_TRUE(Restore(manifest, {.to_micros = 0}).ok()) << "before there was anything";
  ExpectWhole("ward", 0);
}

TEST_F(RestoreTest, PositionsThatDoNotGoTogetherAreRefused) {
  installation_->Append("ward", "bed-1");
  installation_->Append("ward", "bed-1");
  installation_->Append("pharmacy", "bed-1", 1, 2);
  const auto refused = Restore(Backup(), {.to_positions = {{"ward", 1}}});
  EXPECT_EQ(refused.status().code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_THAT(std::string(refused.status().message()), HasSubstr("knew position 2 of the ward service"));
  EXPECT_THAT(Names(dir_), UnorderedElementsAre("data", "backups")) << "nothing is left of it";
}

TEST_F(RestoreTest, WhatCannotBeIsRefused) {
  installation_->Append("ward", "bed-1");
  const Manifest manifest = Backup();
  EXPECT_EQ(Restore(manifest, {.to_positions = {{"ward", 2}}}).status().code(), absl::StatusCode::kOutOfRange);
  EXPECT_EQ(Restore(manifest, {.to_positions = {{"kitchen", 1}}}).status().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(backup::Restore(manifest, {.directory = backups_, .data_dir = restored_, .to_micros = 0}).status().code(),
            absl::StatusCode::kFailedPrecondition);
  fs::create_directory(restored_);
  std::ofstream(restored_ + "/something") << "there";
  EXPECT_EQ(Restore(manifest).status().code(), absl::StatusCode::kAlreadyExists);
  EXPECT_THAT(Names(restored_), UnorderedElementsAre("something"));
  fs::remove(restored_ + "/something");
  EXPECT_TRUE(Restore(manifest).ok()) << "an empty directory may be there";
  ExpectWhole("ward", 1);
}

// As a restore that was killed leaves it.
TEST_F(RestoreTest, BesideOneThatWasCutShortNoneIsMade) {
  const Manifest manifest = Backup();
  fs::create_directory(restored_ + ".restoring");
  const auto refused = Restore(manifest);
  EXPECT_EQ(refused.status().code(), absl::StatusCode::kAlreadyExists);
  EXPECT_THAT(std::string(refused.status().message()), HasSubstr("remove it and restore again"));
  EXPECT_TRUE(fs::exists(restored_ + ".restoring"));
  EXPECT_FALSE(fs::exists(restored_));
}

TEST_F(RestoreTest, OfADamagedBackupNothingIsRestored) {
  for (int i = 0; i < 20; ++i) installation_->Append("ward", "bed-1");
  const Manifest manifest = Backup();
  for (const char* below : {"/ward/log/shared_checksum", "/ward/files/1", "/pharmacy/log/meta"}) {
    for (const auto& entry : fs::directory_iterator(backups_ + below)) {
      FlipByte(entry.path().string(), entry.file_size() / 2);
      EXPECT_EQ(Restore(manifest).status().code(), absl::StatusCode::kDataLoss) << entry.path();
      EXPECT_THAT(Names(dir_), UnorderedElementsAre("data", "backups")) << entry.path();
      FlipByte(entry.path().string(), entry.file_size() / 2);
    }
  }
  EXPECT_TRUE(Restore(manifest).ok());
}

TEST_F(RestoreTest, ItSaysHowFarItIs) {
  installation_->Append("ward", "bed-1");
  std::set<std::string> said;
  ASSERT_TRUE(Restore(Backup(), {.progress =
                                     [&](std::string_view service, std::string_view what, uint64_t done, uint64_t all) {
                                       EXPECT_LE(done, all);
                                       said.insert(std::string(what) + " " + std::string(service));
                                     }})
                  .ok());
  EXPECT_THAT(said, UnorderedElementsAre("copying pharmacy", "verifying pharmacy", "copying ward", "verifying ward"));
}

}  // namespace
}  // namespace anamnesis::backup
