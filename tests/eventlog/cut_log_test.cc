// A log that is cut is the log that it was at that position: nothing of later is left in it, and nothing of before is
// missing.
#include "eventlog/cut_log.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/clock.h"
#include "base/status.h"
#include "eventlog/rocks_options.h"
#include "tests/eventlog/log_fixture.h"

namespace anamnesis::eventlog {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

constexpr int64_t kStart = 1'700'000'000'000'000;

class CutLogTest : public testing::Test {
 protected:
  void SetUp() override { Open(); }

  void Open() {
    log_.reset();
    auto log = OpenRocksLog(directory_.path(), {.clock = &clock_, .keks = keks_});
    ASSERT_TRUE(log.ok()) << log.status();
    log_ = *std::move(log);
  }

  // Every append at a second of its own.
  AppendResult Append(AppendRequest request) {
    clock_.Advance(1'000'000);
    return AppendNow(std::move(request));
  }
  AppendResult AppendNow(AppendRequest request) {
    const auto result = log_->AppendAndWait(std::move(request));
    EXPECT_TRUE(result.ok()) << result.status();
    return result.ok() ? *result : AppendResult();
  }
  static AppendRequest Several(int count, const std::string& stream = "ward-1") {
    AppendRequest request;
    request.streams.push_back({.stream = stream, .events = Events(count)});
    return request;
  }

  Position EndUpTo(Position wanted) {
    const auto engine = *OpenForReading(directory_.path());
    const auto end = EndOfAppendUpTo(*engine, wanted);
    EXPECT_TRUE(end.ok()) << end.status();
    return end.value_or(0);
  }
  void Cut(Position last) {
    log_.reset();
    const absl::Status cut = CutLog(directory_.path(), last, keks_);
    ASSERT_TRUE(cut.ok()) << cut;
  }
  // How many rows each family has.
  size_t Rows(Family family) {
    rocksdb::DB* opened = nullptr;
    std::vector<rocksdb::ColumnFamilyHandle*> families;
    EXPECT_TRUE(
        rocksdb::DB::OpenForReadOnly(rocksdb::DBOptions(), directory_.path(), MakeFamilies({}), &families, &opened)
            .ok());
    const std::unique_ptr<rocksdb::DB> db(opened);
    std::unique_ptr<rocksdb::Iterator> rows(db->NewIterator(rocksdb::ReadOptions(), families[family]));
    size_t count = 0;
    for (rows->SeekToFirst(); rows->Valid(); rows->Next()) ++count;
    rows.reset();
    for (auto* handle : families) EXPECT_TRUE(db->DestroyColumnFamilyHandle(handle).ok());
    return count;
  }

  ManualClock clock_{kStart};
  TempDirectory directory_;
  const std::shared_ptr<const vault::KeyRing> keks_ = std::make_shared<const vault::KeyRing>(vault::KeyRing::Random());
  std::unique_ptr<EventLog> log_;
};

TEST_F(CutLogTest, AnAppendIsNeverCutInTwo) {
  Append(One("ward-1"));  // 1
  Append(Several(3));     // 2 to 4
  Append(One("ward-2"));  // 5
  EXPECT_EQ(EndUpTo(0), 0u);
  EXPECT_EQ(EndUpTo(1), 1u);
  EXPECT_EQ(EndUpTo(2), 1u);
  EXPECT_EQ(EndUpTo(3), 1u);
  EXPECT_EQ(EndUpTo(4), 4u);
  EXPECT_EQ(EndUpTo(5), 5u);
  EXPECT_EQ(EndUpTo(99), 5u);
}

// However the clock stands still, whatever their metadata say.
TEST_F(CutLogTest, AppendsOfOneMomentAreToldApart) {
  AppendNow(Several(2));
  AppendNow(Several(2));
  EXPECT_EQ(EndUpTo(1), 0u);
  EXPECT_EQ(EndUpTo(2), 2u);
  EXPECT_EQ(EndUpTo(3), 2u);
  AppendNow(One("ward-1"));
  AppendNow(One("ward-1"));
  EXPECT_EQ(EndUpTo(5), 5u);
  EXPECT_EQ(EndUpTo(6), 6u);
}

TEST_F(CutLogTest, TheLastOneRecordedByATimeIsFound) {
  for (int i = 0; i < 5; ++i) Append(One("ward-1"));
  const auto engine = *OpenForReading(directory_.path());
  EXPECT_EQ(*LastRecordedBy(*engine, kStart), 0u);
  EXPECT_EQ(*LastRecordedBy(*engine, kStart + 999'999), 0u);
  EXPECT_EQ(*LastRecordedBy(*engine, kStart + 1'000'000), 1u);
  EXPECT_EQ(*LastRecordedBy(*engine, kStart + 3'500'000), 3u);
  EXPECT_EQ(*LastRecordedBy(*engine, kStart + 100'000'000), 5u);
}

TEST_F(CutLogTest, NothingOfLaterIsLeft) {
  Append(WithRequestId(One("ward-1", AnyVersion{}, "one"), "first"));
  Append(WithRequestId(One("ward-2", AnyVersion{}, "two"), "second"));
  ASSERT_TRUE(log_->SaveSnapshot("ward-1", {.version = 1, .data = "s"}).ok());
  Append(WithRequestId(One("ward-1", AnyVersion{}, "three"), "third"));
  Append(WithRequestId(One("ward-3", AnyVersion{}, "four"), "fourth"));
  Cut(2);
  EXPECT_EQ(Rows(kEvents), 2u);
  EXPECT_EQ(Rows(kStreams), 2u);
  EXPECT_EQ(Rows(kRequests), 2u);
  EXPECT_EQ(Rows(kKeys), 2u) << "ward-3 had its first key later";
  EXPECT_EQ(Rows(kSnapshots), 0u);

  Open();
  EXPECT_THAT(PayloadsOf(ReadAll(*log_)), ElementsAre("one", "two"));
  EXPECT_TRUE(Append(WithRequestId(One("ward-2", AnyVersion{}, "two"), "second")).duplicate);
  const AppendResult again = Append(WithRequestId(One("ward-3", NoStream{}, "four"), "fourth"));
  EXPECT_FALSE(again.duplicate) << "it was not recorded, as far as this log knows";
  EXPECT_EQ(again.last_position, 3u);
  EXPECT_EQ(Append(One("ward-1", ExactVersion{1})).stream_version, 2u);
}

// The key that came with an erasure goes with it, also where it was destroyed itself; its number is given again.
TEST_F(CutLogTest, CutBeforeAnErasureTheErasedStaysErasedAndTheKeysAreNumberedOn) {
  Append(WithRequestId(One("ward-1", AnyVersion{}, "secret"), "first"));
  for (const std::string id : {"erase-1", "erase-2"}) {
    AppendRequest erase = WithRequestId(One("ward-1", AnyVersion{}, "erased"), id);
    erase.erases = true;
    Append(std::move(erase));
    Append(WithRequestId(One("ward-1", AnyVersion{}, "after"), id + "-after"));
  }
  Cut(1);
  EXPECT_EQ(Rows(kKeys), 1u);
  Open();
  const std::vector<Record> left = ReadAll(*log_);
  ASSERT_EQ(left.size(), 1u);
  EXPECT_TRUE(left[0].erased) << "a cut brings back no key";
  for (const std::string id : {"erase-1", "erase-1-after", "erase-2", "erase-2-after", "first"}) {
    EXPECT_FALSE(Append(WithRequestId(One("ward-1", AnyVersion{}, "again"), id)).duplicate) << id;
  }
  EXPECT_EQ(ReadAll(*log_).back().payload, "again");
}

TEST_F(CutLogTest, CutToNothingItIsAnEmptyLogOfTheSameIdentity) {
  Append(WithRequestId(One("ward-1"), "first"));
  const std::string id = log_->LogId();
  Cut(0);
  for (const Family family : {kEvents, kStreams, kRequests, kKeys, kSnapshots}) EXPECT_EQ(Rows(family), 0u) << family;
  Open();
  EXPECT_EQ(log_->LogId(), id);
  EXPECT_THAT(ReadAll(*log_), IsEmpty());
  EXPECT_EQ(Append(One("ward-1", NoStream{})).last_position, 1u);
}

TEST_F(CutLogTest, WithoutItsKeysALogIsNotCut) {
  Append(One("ward-1"));
  Append(One("ward-1"));
  log_.reset();
  const auto others = std::make_shared<const vault::KeyRing>(vault::KeyRing::Random());
  EXPECT_EQ(CutLog(directory_.path(), 1, others).code(), absl::StatusCode::kFailedPrecondition);
  Open();
  EXPECT_EQ(log_->Tail(), 2u);
}

}  // namespace
}  // namespace anamnesis::eventlog
