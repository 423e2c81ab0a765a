// Whoever changes a log behind its service's back is found out, whatever he changes and however well.
#include "audit/verify_log.h"

#include <filesystem>

#include "base/uuid.h"
#include "eventlog/coding.h"
#include "eventlog/keyring.h"
#include "eventlog/open.h"
#include "eventlog/record.h"
#include "eventlog/rocks_options.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace anamnesis::audit {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

constexpr int kEvents = 20;

class VerifyLogTest : public testing::Test {
 protected:
  void SetUp() override {
    std::filesystem::create_directory(directory_);
    auto log = *Open();
    for (int i = 0; i < kEvents; ++i) Append(*log, "ward-" + std::to_string(i % 3));
    log.reset();
    LogVerdict verdict = Verify();
    ASSERT_THAT(verdict.problems, IsEmpty());
    checkpoints_ = {
        {"the checkpoint", {.origin = "o", .size = verdict.events, .root = verdict.root}}
    };
  }
  ~VerifyLogTest() override { std::filesystem::remove_all(directory_); }

  absl::StatusOr<std::unique_ptr<eventlog::EventLog>> Open() { return eventlog::OpenRocksLog(path_, {.keks = keks_}); }

  static void Append(eventlog::EventLog& log, const std::string& stream) {
    eventlog::AppendRequest request;
    request.streams.push_back({.stream = stream, .events = {{.event_id = NewUuid(), .type = "t", .payload = "p"}}});
    ASSERT_TRUE(log.AppendAndWait(std::move(request)).ok());
  }

  LogVerdict Verify() {
    auto verdict = VerifyLog(path_, {.keks = keks_, .checkpoints = checkpoints_});
    EXPECT_TRUE(verdict.ok()) << verdict.status();
    return verdict.ok() ? *std::move(verdict) : LogVerdict();
  }

  // Changes rows behind the log's back.
  void Tamper(const std::function<void(rocksdb::DB&, std::vector<rocksdb::ColumnFamilyHandle*>&)>& change) {
    rocksdb::DB* db = nullptr;
    std::vector<rocksdb::ColumnFamilyHandle*> families;
    ASSERT_TRUE(rocksdb::DB::Open(rocksdb::DBOptions(), path_, eventlog::MakeFamilies({}), &families, &db).ok());
    change(*db, families);
    for (auto* family : families) ASSERT_TRUE(db->DestroyColumnFamilyHandle(family).ok());
    delete db;
  }

  // Replaces a record by what `change` makes of it, with a good checksum.
  void Rewrite(eventlog::Position position, const std::function<void(eventlog::StoredRecord&)>& change) {
    Tamper([&](auto& db, auto& families) {
      std::string bytes;
      ASSERT_TRUE(db.Get({}, families[eventlog::kEvents], eventlog::BigEndian64(position), &bytes).ok());
      eventlog::StoredRecord stored;
      ASSERT_TRUE(eventlog::ParseRecord(bytes, stored).ok());
      change(stored);
      const std::string changed = eventlog::WriteRecord(stored.header, stored.key_number, stored.payload);
      ASSERT_TRUE(db.Put({}, families[eventlog::kEvents], eventlog::BigEndian64(position), changed).ok());
    });
  }

  const std::string directory_ = testing::TempDir() + "audit-" + NewUuid();
  const std::string path_ = directory_ + "/log";
  const std::shared_ptr<const vault::KeyRing> keks_ = std::make_shared<const vault::KeyRing>(vault::KeyRing::Random());
  std::vector<KeptCheckpoint> checkpoints_;
};

TEST_F(VerifyLogTest, AWholeLogVerifiesAlsoWhileItIsOpenAndGrows) {
  const auto log = *Open();
  Append(*log, "ward-1");
  const LogVerdict verdict = Verify();
  EXPECT_THAT(verdict.problems, IsEmpty());
  EXPECT_EQ(verdict.events, kEvents + 1u);
  EXPECT_EQ(verdict.opened, kEvents + 1u);
  EXPECT_EQ(verdict.log_id, log->LogId());
}

TEST_F(VerifyLogTest, WithoutKeysEverythingElseIsVerified) {
  const auto verdict = VerifyLog(path_, {.checkpoints = checkpoints_});
  ASSERT_TRUE(verdict.ok()) << verdict.status();
  EXPECT_THAT(verdict->problems, IsEmpty());
  EXPECT_EQ(verdict->sealed, static_cast<uint64_t>(kEvents));
  EXPECT_FALSE(VerifyLog(path_, {.keks = std::make_shared<const vault::KeyRing>(vault::KeyRing::Random())}).ok());
}

TEST_F(VerifyLogTest, AChangedHeaderIsFoundByItsSealAndByTheTree) {
  Rewrite(7, [](eventlog::StoredRecord& stored) { stored.header.metadata.actor = "user:somebody-else"; });
  EXPECT_THAT(Verify().problems,
              ElementsAre(HasSubstr("position 7 record: the payload does not open"), HasSubstr("history was changed")));
}

// Who has every key can seal what he likes; the signed root he cannot change.
TEST_F(VerifyLogTest, AForgedPayloadWithAGoodSealIsFoundByTheTree) {
  Tamper([&](auto& db, auto& families) {
    std::string bytes;
    ASSERT_TRUE(db.Get({}, families[eventlog::kEvents], eventlog::BigEndian64(7), &bytes).ok());
    const auto engine = eventlog::OpenForReading(path_);
    ASSERT_TRUE(engine.ok());
    const auto keyring = *eventlog::Keyring::Open(**engine, keks_, 9);
    eventlog::Record record = *eventlog::DecodeRecord(bytes, *keyring);
    record.payload = "forged";
    const auto key = keyring->Find(eventlog::EntityOf(record.stream), 1);
    ASSERT_TRUE(key.ok());
    ASSERT_TRUE(
        db.Put({}, families[eventlog::kEvents], eventlog::BigEndian64(7), EncodeRecord(record, {1, *key})).ok());
  });
  EXPECT_THAT(Verify().problems, ElementsAre(HasSubstr("history was changed")));
}

TEST_F(VerifyLogTest, ARecordThatIsGoneIsNamed) {
  Tamper([](auto& db, auto& families) {
    ASSERT_TRUE(db.Delete({}, families[eventlog::kEvents], eventlog::BigEndian64(5)).ok());
  });
  EXPECT_THAT(Verify().problems, testing::Contains(HasSubstr("position 5 is missing")));
}

TEST_F(VerifyLogTest, AShorterLogThanItsCheckpointIsFound) {
  Tamper([](auto& db, auto& families) {
    for (const int position : {19, 20}) {
      ASSERT_TRUE(db.Delete({}, families[eventlog::kEvents], eventlog::BigEndian64(position)).ok());
    }
  });
  EXPECT_THAT(Verify().problems, testing::Contains(HasSubstr("the checkpoint covers 20")));
}

TEST_F(VerifyLogTest, RecordsThatChangedPlacesAreFound) {
  Tamper([](auto& db, auto& families) {
    std::string a, b;
    ASSERT_TRUE(db.Get({}, families[eventlog::kEvents], eventlog::BigEndian64(3), &a).ok());
    ASSERT_TRUE(db.Get({}, families[eventlog::kEvents], eventlog::BigEndian64(4), &b).ok());
    ASSERT_TRUE(db.Put({}, families[eventlog::kEvents], eventlog::BigEndian64(3), b).ok());
    ASSERT_TRUE(db.Put({}, families[eventlog::kEvents], eventlog::BigEndian64(4), a).ok());
  });
  EXPECT_THAT(Verify().problems, testing::Contains(HasSubstr("position 3 holds the record of another position")));
}

TEST_F(VerifyLogTest, AnIndexThatLiesIsFound) {
  Tamper([](auto& db, auto& families) {
    const std::string row = std::string("ward-1") + '\0' + eventlog::BigEndian64(7);
    std::string value;
    ASSERT_TRUE(db.Get({}, families[eventlog::kStreams], row, &value).ok());
    ASSERT_TRUE(db.Delete({}, families[eventlog::kStreams], row).ok());
  });
  EXPECT_THAT(Verify().problems, ElementsAre(HasSubstr("the index says otherwise")));
}

// A record is hidden from its patient's history by another's in its place.
TEST_F(VerifyLogTest, AnIndexThatLiesInTheMiddleIsFound) {
  const std::string row = std::string("ward-1") + '\0' + eventlog::BigEndian64(3);
  std::string whole;
  Tamper([&](auto& db, auto& families) {
    ASSERT_TRUE(db.Get({}, families[eventlog::kStreams], row, &whole).ok());
    ASSERT_EQ(whole, eventlog::BigEndian64(8));
    ASSERT_TRUE(db.Put({}, families[eventlog::kStreams], row, eventlog::BigEndian64(9)).ok());
  });
  EXPECT_THAT(Verify().problems, ElementsAre("position 8 is an event of its stream, but the index says otherwise"));
  Tamper([&](auto& db, auto& families) {
    ASSERT_TRUE(db.Put({}, families[eventlog::kStreams], row, whole).ok());
    const std::string nobodys = std::string("ward-9") + '\0' + eventlog::BigEndian64(1);
    ASSERT_TRUE(db.Put({}, families[eventlog::kStreams], nobodys, whole).ok());
  });
  EXPECT_THAT(Verify().problems, ElementsAre("the index of streams has rows that are no event's"));
}

TEST_F(VerifyLogTest, ARowThatIsNobodysIsAProblemAndNoCrash) {
  Tamper([](auto& db, auto& families) { ASSERT_TRUE(db.Put({}, families[eventlog::kStreams], "x", "y").ok()); });
  Tamper([](auto& db, auto& families) { ASSERT_TRUE(db.Put({}, families[eventlog::kKeys], "x", "y").ok()); });
  EXPECT_THAT(Verify().problems, ElementsAre("the index of streams has rows that are no event's"));
}

TEST_F(VerifyLogTest, EveryRecordWhoseKeyIsDamagedIsNamed) {
  Tamper([](auto& db, auto& families) {
    const std::string row = std::string("1") + '\0' + eventlog::BigEndian64(1);
    std::string value;
    ASSERT_TRUE(db.Get({}, families[eventlog::kKeys], row, &value).ok());
    ASSERT_TRUE(db.Put({}, families[eventlog::kKeys], row, value.substr(1)).ok());
  });
  EXPECT_THAT(Verify().problems, testing::AllOf(testing::SizeIs(7), testing::Each(HasSubstr("key row"))));
}

TEST_F(VerifyLogTest, EveryAlteredByteOfARecordIsFound) {
  std::string whole;
  Tamper([&](auto& db, auto& families) {
    ASSERT_TRUE(db.Get({}, families[eventlog::kEvents], eventlog::BigEndian64(9), &whole).ok());
  });
  for (size_t i = 0; i < whole.size(); i += 5) {
    std::string altered = whole;
    altered[i] = static_cast<char>(altered[i] ^ 0x20);
    Tamper([&](auto& db, auto& families) {
      ASSERT_TRUE(db.Put({}, families[eventlog::kEvents], eventlog::BigEndian64(9), altered).ok());
    });
    EXPECT_THAT(Verify().problems, Not(IsEmpty())) << i;
  }
}

TEST_F(VerifyLogTest, WhatIsNoLogIsSaid) {
  EXPECT_EQ(VerifyLog(directory_ + "/nothing", {}).status().code(), absl::StatusCode::kNotFound);
}

}  // namespace
}  // namespace anamnesis::audit
