#include "evidence/tree_keeper.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>

#include "tests/evidence/fixture.h"

namespace anamnesis::evidence {
namespace {

using std::chrono::steady_clock;

// A log of RecordBytes, of any length.
ReadRecords Log() {
  return [](uint64_t first, uint64_t last, const std::function<void(std::string_view)>& take) {
    EXPECT_LE(last - first + 1, kMaxLeavesAtOnce);
    for (uint64_t position = first; position <= last; ++position) take(RecordBytes(position));
    return absl::OkStatus();
  };
}

class TreeKeeperTest : public ::testing::Test {
 protected:
  static steady_clock::time_point Soon() { return steady_clock::now() + std::chrono::minutes(1); }

  const TempDirectory directory_;
  std::unique_ptr<TreeStore> store_ = TreeStore::Open(directory_.path() + "/tree").value();
};

TEST_F(TreeKeeperTest, CatchesUpWithWhatIsThere) {
  constexpr uint64_t kTail = 2 * kMaxLeavesAtOnce + 345;
  TreeKeeper keeper(*store_, Log(), kTail);
  ASSERT_TRUE(keeper.AwaitSize(kTail, Soon()).ok());
  EXPECT_TRUE(keeper.status().ok());
  EXPECT_EQ(store_->size(), kTail);
  EXPECT_EQ(RootOf(*store_, kTail).value(), MemoryTree(Leaves(kTail)).Root());
}

TEST_F(TreeKeeperTest, KeepsUpWithWhatIsAppended) {
  constexpr uint64_t kTail = 4000;
  TreeKeeper keeper(*store_, Log(), 10);
  std::thread appender([&] {
    for (uint64_t tail = 11; tail <= kTail; ++tail) keeper.Advance(tail);
    keeper.Advance(1);  // Late news change nothing.
  });
  for (uint64_t size = 0; size <= kTail; size += 500) ASSERT_TRUE(keeper.AwaitSize(size, Soon()).ok());
  appender.join();
  EXPECT_EQ(store_->size(), kTail);
  EXPECT_EQ(RootOf(*store_, kTail).value(), MemoryTree(Leaves(kTail)).Root());
}

TEST_F(TreeKeeperTest, ContinuesWhereTheStoreIs) {
  { ASSERT_TRUE(TreeKeeper(*store_, Log(), 700).AwaitSize(700, Soon()).ok()); }
  TreeKeeper keeper(*store_, Log(), 700);
  keeper.Advance(1'800);
  ASSERT_TRUE(keeper.AwaitSize(1'800, Soon()).ok());
  EXPECT_EQ(RootOf(*store_, 1'800).value(), MemoryTree(Leaves(1'800)).Root());
}

TEST_F(TreeKeeperTest, WaitsNoLongerThanItIsTold) {
  TreeKeeper keeper(*store_, Log(), 0);
  EXPECT_EQ(keeper.AwaitSize(1, steady_clock::now()).code(), absl::StatusCode::kDeadlineExceeded);
  EXPECT_EQ(keeper.AwaitSize(1, steady_clock::time_point::min() + std::chrono::hours(1)).code(),
            absl::StatusCode::kDeadlineExceeded);
  EXPECT_TRUE(keeper.AwaitSize(0, steady_clock::time_point::max()).ok());
}

TEST_F(TreeKeeperTest, AnErrorStopsIt) {
  std::atomic<int> reads = 0;
  const auto failing = [&](uint64_t, uint64_t, const std::function<void(std::string_view)>& take) {
    ++reads;
    take("half of it");
    return absl::UnavailableError("the log cannot be read");
  };
  TreeKeeper keeper(*store_, failing, 2);
  EXPECT_EQ(keeper.AwaitSize(1, Soon()).code(), absl::StatusCode::kUnavailable);
  keeper.Advance(3);
  EXPECT_EQ(keeper.AwaitSize(1, Soon()).code(), absl::StatusCode::kUnavailable);
  EXPECT_EQ(keeper.status().message(), "the log cannot be read");
  EXPECT_EQ(reads, 1);
  EXPECT_EQ(store_->size(), 0);
}

TEST_F(TreeKeeperTest, ALogWithHolesIsRefused) {
  const auto short_log = [](uint64_t, uint64_t, const std::function<void(std::string_view)>& take) {
    take("one");
    return absl::OkStatus();
  };
  TreeKeeper keeper(*store_, short_log, 2);
  EXPECT_EQ(keeper.AwaitSize(1, Soon()).code(), absl::StatusCode::kDataLoss);
  EXPECT_EQ(store_->size(), 0);
}

TEST_F(TreeKeeperTest, TheTreeOfAnotherLogIsRefused) {
  ASSERT_TRUE(store_->Append(Leaves(5)).ok());
  {
    TreeKeeper keeper(*store_, Log(), 4);
    EXPECT_EQ(keeper.AwaitSize(4, Soon()).code(), absl::StatusCode::kDataLoss) << "though it has as many leaves";
    EXPECT_EQ(keeper.AwaitSize(6, Soon()).code(), absl::StatusCode::kDataLoss);
  }
  const auto other = [](uint64_t first, uint64_t last, const std::function<void(std::string_view)>& take) {
    for (; first <= last; ++first) take("other");
    return absl::OkStatus();
  };
  for (const uint64_t size : {1, 5, 6}) {
    TreeKeeper keeper(*store_, other, std::max<uint64_t>(size, 5));
    const absl::Status status = keeper.AwaitSize(size, Soon());
    EXPECT_EQ(status.code(), absl::StatusCode::kDataLoss);
    EXPECT_THAT(std::string(status.message()), testing::HasSubstr("delete its directory"));
  }
}

TEST_F(TreeKeeperTest, ARecordThatWasChangedIsFoundAmongTheLast) {
  constexpr uint64_t kTail = 3 * kMaxLeavesAtOnce;
  { ASSERT_TRUE(TreeKeeper(*store_, Log(), kTail).AwaitSize(kTail, Soon()).ok()); }
  for (const uint64_t changed : {kTail - kMaxLeavesAtOnce + 1, kTail}) {
    const auto log = [changed](uint64_t first, uint64_t last, const std::function<void(std::string_view)>& take) {
      for (; first <= last; ++first) take(first == changed ? "another" : RecordBytes(first));
      return absl::OkStatus();
    };
    TreeKeeper keeper(*store_, log, kTail);
    EXPECT_EQ(keeper.AwaitSize(kTail, Soon()).code(), absl::StatusCode::kDataLoss) << changed;
  }
}

}  // namespace
}  // namespace anamnesis::evidence
