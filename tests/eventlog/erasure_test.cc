// Erasing an entity: what was said of it is gone for ever, everywhere, and nothing else is.
#include <atomic>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/escaping.h"
#include "eventlog/coding.h"
#include "eventlog/rocks_commit_log.h"
#include "eventlog/rows.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/eventlog/log_fixture.h"

namespace anamnesis::eventlog {
namespace {

using testing::ElementsAre;

AppendRequest Erasure(std::string stream) {
  AppendRequest request = One(std::move(stream), AnyVersion{}, "erased");
  request.erases = true;
  return request;
}

class ErasureTest : public LogTest {};
INSTANTIATE_FOR_BOTH_ENGINES(ErasureTest);

TEST_P(ErasureTest, WhatWasSaidOfAnEntityIsGoneInAllItsStreams) {
  MustAppend(One("bed-1", NoStream{}, "a"));
  MustAppend(One("ward-1", NoStream{}, "b"));
  MustAppend(One("ward-2", NoStream{}, "another's"));
  MustAppend(Erasure("ward-1"));
  MustAppend(One("bed-1", ExactVersion{1}, "a new life"));
  const std::vector<Record> records = ReadAll(*log_);
  EXPECT_THAT(PayloadsOf(records), ElementsAre("", "", "another's", "erased", "a new life"));
  EXPECT_TRUE(records[0].erased && records[1].erased);
  EXPECT_FALSE(records[2].erased || records[3].erased || records[4].erased);
  EXPECT_EQ(records[0].stream, "bed-1") << "that something was recorded, and when, stays";
  const auto to_decide = log_->ReadForDeciding("ward-1", 0);
  ASSERT_TRUE(to_decide.ok()) << to_decide.status();
  EXPECT_THAT(PayloadsOf(*to_decide), ElementsAre("", "erased"));
}

TEST_P(ErasureTest, CanBeDoneAgain) {
  for (int i = 0; i < 3; ++i) {
    MustAppend(One("ward-1"));
    MustAppend(Erasure("ward-1"));
  }
  EXPECT_THAT(PayloadsOf(ReadAll(*log_)), ElementsAre("", "", "", "", "", "erased"));
}

// What waits to be committed together with the erasure, before and after it.
TEST_P(ErasureTest, HoldsInsideOneGroup) {
  for (int round = 0; round < 20; ++round) {
    const std::string stream = "ward-" + std::to_string(round);
    for (int i = 0; i < 5; ++i) ASSERT_TRUE(log_->Append(One(stream, AnyVersion{}, "before"), {}).ok());
    ASSERT_TRUE(log_->Append(Erasure(stream), {}).ok());
    for (int i = 0; i < 5; ++i) ASSERT_TRUE(log_->Append(One(stream, AnyVersion{}, "after"), {}).ok());
  }
  Settle();
  for (int round = 0; round < 20; ++round) {
    EXPECT_THAT(PayloadsOf(ReadAll(*log_, {.stream = "ward-" + std::to_string(round)})),
                ElementsAre("", "", "", "", "", "erased", "after", "after", "after", "after", "after"));
  }
}

TEST_P(ErasureTest, NoSubscriberIsToldMoreFromMemory) {
  MustAppend(One("ward-1", NoStream{}, "a"));
  MustAppend(One("ward-2", NoStream{}, "b"));
  MustAppend(Erasure("ward-1"));
  Settle();
  const auto item = log_->Subscribe({}, 0)->Poll(1 << 20);
  ASSERT_TRUE(item.ok()) << item.status();
  ASSERT_EQ(item->records.size(), 3u);
  EXPECT_TRUE(item->records[0]->erased);
  EXPECT_EQ(item->records[0]->payload, "");
  EXPECT_EQ(item->records[1]->payload, "b");
}

TEST_P(ErasureTest, RequestsAndSnapshotsAreForgotten) {
  MustAppend(WithRequestId(One("ward-1", NoStream{}), "r"));
  ASSERT_TRUE(log_->SaveSnapshot("ward-1", {1, 1, "state"}).ok());
  MustAppend(Erasure("ward-1"));
  EXPECT_FALSE(log_->LoadSnapshot("ward-1")->has_value());
  EXPECT_FALSE(log_->FindRequest("r", std::string(kRequestDigestBytes, 'e'))->has_value());
  const AppendResult anew = MustAppend(WithRequestId(One("ward-1"), "r", 'e'));
  EXPECT_FALSE(anew.duplicate);
  EXPECT_TRUE(MustAppend(WithRequestId(One("ward-1"), "r", 'e')).duplicate);
}

TEST_P(ErasureTest, AStateFromBeforeIsNotKeptUnderTheNewKey) {
  MustAppend(One("ward-1"));
  MustAppend(Erasure("ward-1"));
  EXPECT_EQ(log_->SaveSnapshot("ward-1", {1, 1, "of the erased"}).code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_FALSE(log_->LoadSnapshot("ward-1")->has_value());
  EXPECT_TRUE(log_->SaveSnapshot("ward-1", {2, 1, "of now"}).ok());
  EXPECT_EQ(log_->LoadSnapshot("ward-1").value()->data, "of now");
}

// Keys are read, wrapped anew and destroyed at once; no destroyed one comes back, none that lives is lost.
TEST_P(ErasureTest, HoldsWhileKeysAreReadAndWrappedAnew) {
  constexpr int kEntities = 40;
  vault::KeyRing ring = vault::KeyRing::Random();
  LogOptions options;
  options.keks = std::make_shared<const vault::KeyRing>(ring);
  options.cached_keys = 3;
  OpenLog(options);
  for (int i = 0; i < kEntities; ++i) MustAppend(One("ward-" + std::to_string(i)));
  std::atomic<bool> stop = false;
  std::thread reader([&] {
    while (!stop) ReadAll(*log_);
  });
  std::thread rotation([&] {
    while (!stop) {
      const vault::KeyRing both = ring.WithNewKey();
      EXPECT_TRUE(log_->RewrapKeys(std::make_shared<const vault::KeyRing>(both)).ok());
      ring = both.CurrentOnly();
    }
  });
  for (int i = 0; i < kEntities; i += 2) MustAppend(Erasure("ward-" + std::to_string(i)));
  for (int i = 0; i < kEntities; ++i) MustAppend(One("ward-" + std::to_string(i), AnyVersion{}, "after"));
  stop = true;
  reader.join();
  rotation.join();
  for (int i = 0; i < kEntities; ++i) {
    const std::vector<std::string> payloads = PayloadsOf(ReadAll(*log_, {.stream = "ward-" + std::to_string(i)}));
    if (i % 2 == 0) {
      EXPECT_THAT(payloads, ElementsAre("", "erased", "after"));
    } else {
      EXPECT_THAT(payloads, ElementsAre("payload", "after"));
    }
  }
}

class ErasedFilesTest : public testing::Test {
 protected:
  std::unique_ptr<EventLog> Open(const LogOptions& options = {}) { return *OpenRocksLog(directory_.path(), options); }

  std::vector<std::string> KeyRows(const std::string& entity) const {
    return *(*RocksCommitLog::OpenForReading(directory_.path()))->KeysOf(entity);
  }

  bool OnDisk(const std::string& bytes) const {
    for (const auto& entry : std::filesystem::recursive_directory_iterator(directory_.path())) {
      std::ostringstream content;
      content << std::ifstream(entry.path(), std::ios::binary).rdbuf();
      if (content.str().find(bytes) != std::string::npos) return true;
    }
    return false;
  }

  TempDirectory directory_;
};

TEST_F(ErasedFilesTest, NoFileHoldsTheKeyAnyMore) {
  auto log = Open();
  ASSERT_TRUE(log->AppendAndWait(One("ward-1")).ok());
  ASSERT_TRUE(log->AppendAndWait(One("ward-2")).ok());
  const std::string erased = KeyRows("1").front();
  const std::string kept = KeyRows("2").front();
  ASSERT_TRUE(OnDisk(erased)) << "else this test sees nothing";
  ASSERT_TRUE(log->AppendAndWait(Erasure("ward-1")).ok());
  EXPECT_FALSE(OnDisk(erased));
  log.reset();
  EXPECT_FALSE(OnDisk(erased));
  EXPECT_EQ(KeyRows("2").front(), kept);
  EXPECT_THAT(PayloadsOf(ReadAll(*Open())), ElementsAre("", "payload", "erased"));
}

// Whoever was given the old key-encryption key opens nothing with it, in a copy of the files either.
TEST_F(ErasedFilesTest, NoFileHoldsWhatTheKeyOfBeforeARotationOpens) {
  const vault::KeyRing old = vault::KeyRing::Random();
  const vault::KeyRing both = old.WithNewKey();
  LogOptions options;
  options.keks = std::make_shared<const vault::KeyRing>(old);
  {
    const auto log = Open(options);
    ASSERT_TRUE(log->AppendAndWait(One("ward-1")).ok());
    ASSERT_TRUE(log->AppendAndWait(One("ward-2")).ok());
  }
  const std::string wrapped = KeyRows("1").front();
  const std::string id_of_old = absl::HexStringToBytes(old.current());
  ASSERT_TRUE(OnDisk(wrapped) && OnDisk(id_of_old)) << "else this test sees nothing";
  const auto log = Open(options);
  ASSERT_TRUE(log->AppendAndWait(One("ward-3")).ok());
  const auto rewrapped = log->RewrapKeys(std::make_shared<const vault::KeyRing>(both));
  ASSERT_TRUE(rewrapped.ok()) << rewrapped.status();
  EXPECT_EQ(*rewrapped, 3u);
  EXPECT_FALSE(OnDisk(wrapped));
  EXPECT_FALSE(OnDisk(id_of_old));
  EXPECT_TRUE(OnDisk(absl::HexStringToBytes(both.current())));
}

// As a crash leaves it that comes after the commit: the row is overwritten, the files are as they were.
TEST_F(ErasedFilesTest, WhatACrashCutShortIsFinishedAtTheNextStart) {
  ASSERT_TRUE(Open()->AppendAndWait(One("ward-1")).ok());
  const std::string erased = KeyRows("1").front();
  {
    LogOptions options;
    rocksdb::DB* db = nullptr;
    std::vector<rocksdb::ColumnFamilyHandle*> families;
    ASSERT_TRUE(rocksdb::DB::Open(rocksdb::DBOptions(), directory_.path(), MakeFamilies(options), &families, &db).ok());
    ASSERT_TRUE(db->Put({}, families[kKeys], std::string("1") + '\0' + BigEndian64(1), EncodeKeyRow("")).ok());
    ASSERT_TRUE(db->Put({}, families[kMeta], "purge:1", "").ok());
    for (rocksdb::ColumnFamilyHandle* family : families) ASSERT_TRUE(db->DestroyColumnFamilyHandle(family).ok());
    delete db;
  }
  ASSERT_TRUE(OnDisk(erased));
  const auto log = Open();
  EXPECT_FALSE(OnDisk(erased));
  EXPECT_TRUE(ReadAll(*log).front().erased);
}

}  // namespace
}  // namespace anamnesis::eventlog
