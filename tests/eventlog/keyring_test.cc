// Payloads are sealed by a key of their entity; who lacks the key-encryption key has nothing.
#include "eventlog/keyring.h"

#include <atomic>
#include <filesystem>
#include <fstream>
#include <map>
#include <sstream>
#include <thread>

#include "eventlog/memory_commit_log.h"
#include "eventlog/rows.h"
#include "gmock/gmock.h"
#include "tests/eventlog/log_fixture.h"

namespace anamnesis::eventlog {
namespace {

using testing::HasSubstr;

std::shared_ptr<const vault::KeyRing> Shared(vault::KeyRing ring) {
  return std::make_shared<const vault::KeyRing>(std::move(ring));
}

TEST(KeyringTest, EachEntityHasAKeyOfItsOwnInAllItsStreams) {
  MemoryCommitLog engine;
  const auto keks = Shared(vault::KeyRing::Random());
  auto keyring = *Keyring::Open(engine, keks, 2);
  WriteSet set;
  const PayloadKey a = *keyring->ForSealing("a", set);
  const PayloadKey b = *keyring->ForSealing("b", set);
  EXPECT_NE(a.key->view(), b.key->view());
  EXPECT_EQ(keyring->ForSealing(EntityOf("order-a"), set)->key->view(), a.key->view());
  EXPECT_EQ(set.keys.size(), 2u);
  ASSERT_TRUE(engine.Commit(set).ok());

  keyring = *Keyring::Open(engine, keks, 1);  // The two push each other out.
  for (int i = 0; i < 2; ++i) {
    EXPECT_EQ((*keyring->Find("a", 1))->view(), a.key->view());
    EXPECT_EQ((*keyring->Find("b", 1))->view(), b.key->view());
  }
  EXPECT_EQ(keyring->Find("a", 2).status().code(), absl::StatusCode::kDataLoss);
}

TEST(KeyringTest, AnEntityWhoseKeyWasDestroyedGetsAnother) {
  MemoryCommitLog engine;
  const auto keks = Shared(vault::KeyRing::Random());
  WriteSet set;
  ASSERT_TRUE((*Keyring::Open(engine, keks, 9))->ForSealing("a", set).ok());
  set.keys[0].row = EncodeKeyRow("");
  ASSERT_TRUE(engine.Commit(set).ok());
  const auto keyring = *Keyring::Open(engine, keks, 9);
  EXPECT_EQ(*keyring->Find("a", 1), nullptr);
  WriteSet again;
  EXPECT_EQ(keyring->ForSealing("a", again)->number, 2u);
  EXPECT_EQ(*keyring->Find("a", 1), nullptr);
}

TEST(KeyringTest, KeysAreTakenIntoMemoryInOnePass) {
  MemoryCommitLog engine;
  const auto keks = Shared(vault::KeyRing::Random());
  WriteSet set;
  std::map<std::string, PayloadKey> made;
  for (const char* entity : {"a", "altered", "b", "erased"}) {
    made[entity] = *(*Keyring::Open(engine, keks, 9))->ForSealing(entity, set);
  }
  set.keys[1].row = EncodeKeyRow("not a key");
  set.keys[3].row = EncodeKeyRow("");
  ASSERT_TRUE(engine.Commit(set).ok());
  const auto keyring = *Keyring::Open(engine, keks, 9);
  keyring->Preload();
  std::vector<WriteSet::Key> lost;
  for (const char* entity : {"a", "b", "erased"}) lost.push_back({entity, 1, "lost", ""});
  ASSERT_TRUE(engine.ReplaceKeys(lost).ok());
  for (const char* entity : {"a", "b"}) EXPECT_EQ((*keyring->Find(entity, 1))->view(), made[entity].key->view());
  EXPECT_EQ(*keyring->Find("erased", 1), nullptr);
  EXPECT_EQ(keyring->Find("altered", 1).status().code(), absl::StatusCode::kDataLoss);
}

TEST(KeyringTest, AKeyOfAnotherEntityIsNotTakenForOnesOwn) {
  MemoryCommitLog engine;
  const auto keks = Shared(vault::KeyRing::Random());
  WriteSet set;
  ASSERT_TRUE((*Keyring::Open(engine, keks, 9))->ForSealing("a", set).ok());
  set.keys[0].entity = "b";
  ASSERT_TRUE(engine.Commit(set).ok());
  EXPECT_EQ((*Keyring::Open(engine, keks, 9))->Find("b", 1).status().code(), absl::StatusCode::kDataLoss);
}

class SealedLogTest : public testing::Test {
 protected:
  absl::StatusOr<std::unique_ptr<EventLog>> Open(std::shared_ptr<const vault::KeyRing> keks = nullptr) {
    LogOptions options;
    options.keks = std::move(keks);
    options.cached_keys = 3;
    return OpenRocksLog(directory_.path(), options);
  }

  bool OnDisk(const std::string& text) const {
    for (const auto& entry : std::filesystem::recursive_directory_iterator(directory_.path())) {
      std::ostringstream content;
      content << std::ifstream(entry.path(), std::ios::binary).rdbuf();
      if (content.str().find(text) != std::string::npos) return true;
    }
    return false;
  }

  TempDirectory directory_;
};

TEST_F(SealedLogTest, NoPayloadAndNoSnapshotIsOnDiskInTheClear) {
  {
    const auto log = *Open();
    ASSERT_TRUE(log->AppendAndWait(One("ward-1", NoStream{}, "the patient's secret")).ok());
    ASSERT_TRUE(log->SaveSnapshot("ward-1", {1, 1, "the state's secret"}).ok());
    EXPECT_TRUE(OnDisk("ward-1")) << "names of streams are not hidden";
  }
  EXPECT_FALSE(OnDisk("secret"));
  const auto log = *Open();
  EXPECT_EQ(PayloadsOf(ReadAll(*log)).front(), "the patient's secret");
  EXPECT_EQ(log->LoadSnapshot("ward-1").value()->data, "the state's secret");
}

// More new entities in one group than keys are kept in memory, each met again after it was pushed out.
TEST_F(SealedLogTest, AKeyIsMadeOnceInAGroup) {
  constexpr int kEntities = 12;
  AppendRequest request;
  for (const char* category : {"ward", "bed"}) {
    for (int i = 0; i < kEntities; ++i) {
      request.streams.push_back({std::string(category) + "-" + std::to_string(i), NoStream{}, {Event("t", "payload")}});
    }
  }
  ASSERT_TRUE((*Open())->AppendAndWait(std::move(request)).ok());
  EXPECT_EQ(ReadAll(**Open()).size(), 2u * kEntities);
}

TEST_F(SealedLogTest, WithoutItsKeyALogIsNotOpened) {
  ASSERT_TRUE((*Open())->AppendAndWait(One("ward-1")).ok());
  const absl::Status other = Open(Shared(vault::KeyRing::Random())).status();
  EXPECT_EQ(other.code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_THAT(std::string(other.message()), HasSubstr("is not among those given"));
  std::filesystem::remove(directory_.path() + ".kek");
  EXPECT_EQ(Open().status().code(), absl::StatusCode::kNotFound) << "no other key is made in its place";
}

TEST_F(SealedLogTest, NorIsAnEmptyOneThatIsThere) {
  ASSERT_TRUE(Open().ok());
  std::filesystem::remove(directory_.path() + ".kek");
  EXPECT_EQ(Open().status().code(), absl::StatusCode::kNotFound) << "others may have had the key too";
}

TEST_F(SealedLogTest, KeysAreWrappedAnewWithoutTouchingARecord) {
  constexpr int kEntities = 10;
  const vault::KeyRing old = vault::KeyRing::Random();
  const vault::KeyRing both = old.WithNewKey();
  std::vector<Record> before;
  {
    const auto log = *Open(Shared(old));
    for (int i = 0; i < kEntities; ++i) ASSERT_TRUE(log->AppendAndWait(One("ward-" + std::to_string(i))).ok());
    before = ReadAll(*log);
    EXPECT_FALSE(log->RewrapKeys(Shared(vault::KeyRing::Random())).ok());
    EXPECT_EQ(*log->RewrapKeys(Shared(both)), static_cast<uint64_t>(kEntities));
    EXPECT_EQ(*log->RewrapKeys(Shared(both)), 0u);
    ASSERT_TRUE(log->AppendAndWait(One("ward-new")).ok());
  }
  EXPECT_FALSE(Open(Shared(old)).ok());
  const auto log = *Open(Shared(both.CurrentOnly()));
  const std::vector<Record> after = ReadAll(*log);
  EXPECT_EQ(std::vector<Record>(after.begin(), after.end() - 1), before);
}

TEST_F(SealedLogTest, MoreKeysAreWrappedAnewThanAreReadAtOnce) {
  constexpr uint64_t kEntities = 2'500;
  const vault::KeyRing old = vault::KeyRing::Random();
  const vault::KeyRing both = old.WithNewKey();
  {
    const auto log = *Open(Shared(old));
    for (uint64_t i = 0; i < kEntities; ++i) {
      ASSERT_TRUE(log->Append(One("ward-" + std::to_string(i), NoStream{}, "p"), {}).ok());
    }
    ASSERT_TRUE(log->AppendAndWait(One("ward-last", NoStream{}, "p")).ok());
    EXPECT_EQ(*log->RewrapKeys(Shared(both)), kEntities + 1);
  }
  const auto log = *Open(Shared(both.CurrentOnly()));
  EXPECT_THAT(PayloadsOf(ReadAll(*log)), testing::AllOf(testing::SizeIs(kEntities + 1), testing::Each("p")));
}

// A key that is made while the others are wrapped anew is not left behind under the old one.
TEST_F(SealedLogTest, KeysThatAreMadeMeanwhileAreNotLost) {
  constexpr int kRotations = 20;
  auto ring = vault::KeyRing::Random();
  uint64_t appended = 0;
  {
    const auto log = *Open(Shared(ring));
    std::atomic<bool> stop = false;
    std::atomic<uint64_t> count = 0;
    std::vector<std::thread> writers;
    for (int t = 0; t < 4; ++t) {
      writers.emplace_back([&, t] {
        for (int i = 0; !stop; ++i) {
          EXPECT_TRUE(log->AppendAndWait(One("ward-" + std::to_string(t) + "-" + std::to_string(i))).ok());
          ++count;
        }
      });
    }
    for (int i = 0; i < kRotations; ++i) {
      const vault::KeyRing both = ring.WithNewKey();
      const auto rewrapped = log->RewrapKeys(Shared(both));
      EXPECT_TRUE(rewrapped.ok()) << rewrapped.status();
      ring = both.CurrentOnly();
    }
    stop = true;
    for (std::thread& writer : writers) writer.join();
    appended = count;
  }
  const auto log = Open(Shared(ring));
  ASSERT_TRUE(log.ok()) << log.status();
  EXPECT_EQ(ReadAll(**log).size(), appended);
}

}  // namespace
}  // namespace anamnesis::eventlog
