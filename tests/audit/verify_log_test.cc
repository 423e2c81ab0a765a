// Whoever changes a log behind its service's back is found out, whatever he changes and however well.
#include "audit/verify_log.h"

#include <filesystem>
#include <fstream>

#include "base/random.h"
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

  static void Append(eventlog::EventLog& log, const std::string& stream, const std::string& payload = "p") {
    eventlog::AppendRequest request;
    request.streams.push_back({.stream = stream, .events = {{.event_id = NewUuid(), .type = "t", .payload = payload}}});
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
  EXPECT_THAT(Verify().problems, ElementsAre(HasSubstr("a row of the index of streams is nobody's")));
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

class DamagedLogTest : public VerifyLogTest {
 protected:
  // So many more events that there are blocks before and after the damage, in a file of their own.
  void SetUp() override {
    VerifyLogTest::SetUp();
    auto log = *Open();
    std::string payload(1000, '\0');
    for (int i = kEvents; i < kAll; ++i) {
      RandomBytes(reinterpret_cast<unsigned char*>(payload.data()), payload.size());
      Append(*log, "ward-" + std::to_string(i % 3), payload);
    }
    log.reset();
    log = *Open();  // What was recovered is in sorted files.
    log.reset();
    const LogVerdict whole = Verify();
    ASSERT_THAT(whole.problems, IsEmpty());
    checkpoints_.push_back({
        "a later checkpoint", {.origin = "o", .size = whole.events, .root = whole.root}
    });
  }

  // Flips a byte of the largest sorted file, which is one of events, at a share of its length.
  void Damage(double where) const {
    std::filesystem::path largest;
    for (const auto& entry : std::filesystem::directory_iterator(path_)) {
      if (entry.path().extension() != ".sst") continue;
      if (largest.empty() || entry.file_size() > std::filesystem::file_size(largest)) largest = entry.path();
    }
    std::fstream file(largest, std::ios::in | std::ios::out | std::ios::binary);
    const auto at = static_cast<std::streamoff>(static_cast<double>(std::filesystem::file_size(largest)) * where);
    file.seekg(at);
    const char byte = static_cast<char>(file.get() ^ 0x55);
    file.seekp(at);
    file.put(byte);
  }

  static constexpr int kAll = 300;
};

TEST_F(DamagedLogTest, WhatCannotBeReadIsNamedAndTheRestIsVerified) {
  Damage(0.5);
  const LogVerdict verdict = Verify();
  EXPECT_EQ(verdict.events, static_cast<uint64_t>(kAll));
  ASSERT_THAT(verdict.unreadable, testing::SizeIs(1));
  const auto [first, last] = verdict.unreadable[0];
  EXPECT_GT(first, 100u);
  EXPECT_LT(last, 200u);
  EXPECT_LT(last - first, 40u) << "a block holds no more";
  EXPECT_THAT(verdict.problems,
              ElementsAre(testing::AllOf(HasSubstr("the log is damaged: positions " + std::to_string(first) + " to " +
                                                   std::to_string(last) + " cannot be read (event log: Corruption"),
                                         HasSubstr("keep a copy of it and restore a backup"))));
  EXPECT_EQ(verdict.opened, kAll - (last - first + 1));
}

TEST_F(DamagedLogTest, WhatStandsBesideTheDamageIsStillHeldAgainstTheRecords) {
  Damage(0.5);
  Tamper([](auto& db, auto& families) {
    for (const int position : {30, 290}) {
      std::string bytes;
      ASSERT_TRUE(db.Get({}, families[eventlog::kEvents], eventlog::BigEndian64(position), &bytes).ok());
      ASSERT_TRUE(db.Put({}, families[eventlog::kEvents], eventlog::BigEndian64(position + 1), bytes).ok());
    }
  });
  EXPECT_THAT(Verify().problems,
              testing::AllOf(testing::Contains(HasSubstr("position 31 holds the record of another")),
                             testing::Contains(HasSubstr("position 291 holds the record of another")),
                             testing::Contains(HasSubstr("cannot be read"))));
}

TEST_F(DamagedLogTest, AnEndThatCannotBeReadIsNotTakenForTheEnd) {
  for (const double where : {0.0, 0.3, 0.8, 0.97}) Damage(where);
  const LogVerdict verdict = Verify();
  EXPECT_EQ(verdict.events, static_cast<uint64_t>(kAll));
  ASSERT_THAT(verdict.unreadable, Not(IsEmpty()));
  EXPECT_EQ(verdict.unreadable.back().last, static_cast<uint64_t>(kAll));
  EXPECT_THAT(verdict.problems, testing::Each(HasSubstr("cannot be read")));
}

TEST_F(VerifyLogTest, WhatIsNoLogIsSaid) {
  EXPECT_EQ(VerifyLog(directory_ + "/nothing", {}).status().code(), absl::StatusCode::kNotFound);
}

}  // namespace
}  // namespace anamnesis::audit
