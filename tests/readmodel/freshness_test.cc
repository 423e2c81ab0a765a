#include "services/readmodel/freshness.h"

#include <future>

#include "base/refusal.h"
#include "gtest/gtest.h"
#include "services/readmodel/chart_cache.h"

namespace anamnesis::readmodel {
namespace {

class FreshnessTest : public testing::Test {
 protected:
  std::future<absl::Status> Wait(uint64_t position, int64_t deadline_micros) {
    auto promise = std::make_shared<std::promise<absl::Status>>();
    freshness_.Wait(
        {
            {"patient", position}
    },
        deadline_micros, [promise](absl::Status status) { promise->set_value(std::move(status)); });
    return promise->get_future();
  }
  void Apply(uint64_t position) {
    applied_ = position;
    freshness_.Advanced();
  }

  static constexpr int64_t kLater = int64_t{1} << 60;
  ManualClock clock_{1'000'000};
  std::atomic<uint64_t> applied_{5};
  Freshness freshness_{[this] {
                         return Positions{
                             {"patient", applied_.load()}
                         };
                       },
                       clock_};
};

TEST_F(FreshnessTest, GoesOnAtOnceOrWhenThePositionIsReached) {
  EXPECT_TRUE(Wait(5, kLater).get().ok());
  auto waiting = Wait(7, kLater);
  auto longer = Wait(8, kLater);
  Apply(7);
  EXPECT_TRUE(waiting.get().ok());
  Apply(9);
  EXPECT_TRUE(longer.get().ok());
}

TEST_F(FreshnessTest, SaysWhatIsMissingAtTheDeadline) {
  const absl::Status status = Wait(8, clock_.NowMicros()).get();
  EXPECT_EQ(status.code(), absl::StatusCode::kUnavailable);
  EXPECT_EQ(RefusalInfo(status).reason(), "NOT_CAUGHT_UP");
  EXPECT_EQ(RefusalInfo(status).metadata().at("patient"), "3");
}

TEST_F(FreshnessTest, LetsEverybodyGoWhenClosed) {
  auto waiting = Wait(8, kLater);
  freshness_.Close();
  EXPECT_EQ(RefusalInfo(waiting.get()).reason(), "SHUTTING_DOWN");
  EXPECT_EQ(RefusalInfo(Wait(8, kLater).get()).reason(), "SHUTTING_DOWN") << "and who comes after that";
}

TEST_F(FreshnessTest, SoManyWaitAndNoMore) {
  std::vector<std::future<absl::Status>> waiting;
  for (size_t i = 0; i < kMaxWaiting; ++i) waiting.push_back(Wait(8, kLater));
  EXPECT_EQ(RefusalInfo(Wait(8, kLater).get()).reason(), "OVERLOADED");
  Apply(8);
  for (auto& one : waiting) EXPECT_TRUE(one.get().ok());
}

TEST(Reached, CountsServicesThatNeverPublished) {
  EXPECT_TRUE(Reached({}, {}));
  EXPECT_TRUE(Reached(
      {
          {"patient", 0}
  },
      {}));
  EXPECT_FALSE(Reached(
      {
          {"patient", 1}
  },
      {}));
  EXPECT_FALSE(Reached(
      {
          {"patient",   1},
          {"encounter", 2}
  },
      {{"patient", 9}, {"encounter", 1}}));
}

TEST(ChartCache, ForgetsWhatChangedAndWhatIsTooMuch) {
  const auto chart = [](size_t bytes) { return std::make_shared<const std::string>(bytes, 'x'); };
  ChartCache cache(2'000);
  cache.Insert("a", cache.StampOf({"a", "merged"}), chart(500));
  cache.Insert("b", cache.StampOf({"b"}), chart(500));
  EXPECT_NE(cache.Find("a"), nullptr);
  cache.Changed({"merged"});
  EXPECT_EQ(cache.Find("a"), nullptr);
  EXPECT_NE(cache.Find("b"), nullptr);

  const ChartCache::Stamp before = cache.StampOf({"a"});
  cache.Changed({"a"});  // While the chart is being made.
  cache.Insert("a", before, chart(500));
  EXPECT_EQ(cache.Find("a"), nullptr);

  cache.Insert("c", cache.StampOf({"c"}), chart(500));
  EXPECT_NE(cache.Find("b"), nullptr);
  cache.Insert("d", cache.StampOf({"d"}), chart(500));
  EXPECT_EQ(cache.Find("c"), nullptr) << "least recently used";
  EXPECT_NE(cache.Find("b"), nullptr);
  cache.AllChanged();
  EXPECT_EQ(cache.Find("b"), nullptr);
}

}  // namespace
}  // namespace anamnesis::readmodel
