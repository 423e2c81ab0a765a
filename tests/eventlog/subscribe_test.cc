// Subscriptions: everything once and in order, the end announced, the slow sent back to the disk.
#include <future>

#include "gmock/gmock.h"
#include "tests/eventlog/log_fixture.h"

namespace anamnesis::eventlog {
namespace {

using Kind = SubscriptionItem::Kind;
using testing::ElementsAre;

constexpr size_t kPlenty = 1 << 20;

class SubscribeTest : public LogTest {
 protected:
  void Append(const std::string& stream, int count = 1) {
    for (int i = 0; i < count; ++i) ASSERT_TRUE(log_->Append(One(stream), nullptr).ok());
    Settle();
  }

  // Polls until there is nothing, and says what came: "events 1-3", "caught up at 3" …
  std::vector<std::string> Drain(Subscription& subscription, size_t max_bytes = kPlenty) {
    std::vector<std::string> story;
    while (true) {
      const auto item = subscription.Poll(max_bytes);
      if (!item.ok()) {
        story.push_back(std::string(item.status().message()));
        return story;
      }
      const std::string at = std::to_string(item->position);
      switch (item->kind) {
        case Kind::kNothingYet:
          return story;
        case Kind::kClosed:
          story.push_back("closed");
          return story;
        case Kind::kEvents:
          EXPECT_GE(item->position, item->records.back()->position);
          story.push_back("events " + std::to_string(item->records.front()->position) + "-" +
                          std::to_string(item->records.back()->position));
          break;
        case Kind::kCheckpoint:
          story.push_back("checkpoint " + at);
          break;
        case Kind::kCaughtUp:
          story.push_back("caught up at " + at);
          break;
        case Kind::kFellBehind:
          story.push_back("fell behind at " + at);
          break;
      }
    }
  }

  // A log that keeps next to nothing in memory for subscriptions.
  void OpenForgetfulLog() {
    LogOptions options;
    options.recent_bytes = 1;
    OpenLog(options);
  }
};
INSTANTIATE_FOR_BOTH_ENGINES(SubscribeTest);

TEST_P(SubscribeTest, EmptyLogIsCaughtUpAtOnce) {
  const auto subscription = log_->Subscribe({}, 0);
  EXPECT_THAT(Drain(*subscription), ElementsAre("caught up at 0"));
  EXPECT_THAT(Drain(*subscription), ElementsAre());
}

TEST_P(SubscribeTest, OldEventsThenTheEndThenNewOnes) {
  Append("ward-1", 3);
  const auto subscription = log_->Subscribe({}, 0);
  EXPECT_THAT(Drain(*subscription), ElementsAre("events 1-3", "caught up at 3"));
  Append("ward-1", 2);
  EXPECT_THAT(Drain(*subscription), ElementsAre("events 4-5"));
}

TEST_P(SubscribeTest, OldEventsComeFromDiskToo) {
  OpenForgetfulLog();
  Append("ward-1", 3);
  const auto subscription = log_->Subscribe({}, 1);
  EXPECT_THAT(Drain(*subscription), ElementsAre("events 2-3", "caught up at 3"));
}

TEST_P(SubscribeTest, BeginsAfterThePositionGiven) {
  Append("ward-1", 5);
  EXPECT_THAT(Drain(*log_->Subscribe({}, 3)), ElementsAre("events 4-5", "caught up at 5"));
  EXPECT_THAT(Drain(*log_->Subscribe({}, 5)), ElementsAre("caught up at 5"));
}

TEST_P(SubscribeTest, BeyondTheEndIsAnError) {
  Append("ward-1", 2);
  const auto subscription = log_->Subscribe({}, 3);
  EXPECT_EQ(subscription->Poll(kPlenty).status().code(), absl::StatusCode::kOutOfRange);
}

TEST_P(SubscribeTest, ChunksAreBoundedButNeverEmpty) {
  for (const bool forgetful : {false, true}) {
    forgetful ? OpenForgetfulLog() : OpenLog({});
    Append("ward-1", 3);
    EXPECT_THAT(Drain(*log_->Subscribe({}, 0), 1),
                ElementsAre("events 1-1", "events 2-2", "events 3-3", "caught up at 3"));
  }
}

// What is left out for whoever asks too little of a message would be torn.
TEST_P(SubscribeTest, AnAppendComesWholeHoweverLarge) {
  for (const bool forgetful : {false, true}) {
    SCOPED_TRACE(forgetful);
    forgetful ? OpenForgetfulLog() : OpenLog({});
    Append("patient-a");
    AppendRequest request;
    request.streams.push_back({"patient-a", AnyVersion{}, Events(kMaxEventsPerAppend - 1)});
    request.streams.push_back({"patient-b", AnyVersion{}, Events(1)});
    MustAppend(request);
    Append("patient-b");
    EXPECT_THAT(Drain(*log_->Subscribe({}, 0), 1),
                ElementsAre("events 1-1", "events 2-1001", "events 1002-1002", "caught up at 1002"));
    EXPECT_THAT(Drain(*log_->Subscribe({.entity = "a"}, 0), 1),
                ElementsAre("events 1-1", "events 2-1000", "caught up at 1002"));
    EXPECT_THAT(Drain(*log_->Subscribe({.group = {.size = 1}}, 1000), 1),
                ElementsAre("events 1001-1001", "events 1002-1002", "caught up at 1002"))
        << "who begins within an append is given the rest of it";
    const auto live = log_->Subscribe({}, 1002);
    Drain(*live);
    MustAppend(request);
    if (forgetful) continue;
    EXPECT_THAT(Drain(*live, 1), ElementsAre("events 1003-2002"));
  }
}

TEST_P(SubscribeTest, EachItemBeginsWhereTheOneBeforeItEnded) {
  for (const bool forgetful : {false, true}) {
    forgetful ? OpenForgetfulLog() : OpenLog({});
    Append("patient-a", 2);
    const auto subscription = log_->Subscribe({.stream = "patient-b"}, 1);
    Position at = 1;
    const auto expect_chain = [&] {
      for (auto item = subscription->Poll(1); item.ok() && item->kind != Kind::kNothingYet;
           item = subscription->Poll(1)) {
        EXPECT_EQ(item->previous, at);
        at = item->position;
      }
      EXPECT_EQ(at, log_->Tail());
    };
    expect_chain();
    Append("patient-b", 2);
    Append("patient-a", 2);
    expect_chain();
  }
}

TEST_P(SubscribeTest, SlowSubscriberFallsBackToDiskAndCatchesUpAgain) {
  OpenForgetfulLog();
  const auto subscription = log_->Subscribe({}, 0);
  EXPECT_THAT(Drain(*subscription), ElementsAre("caught up at 0"));
  Append("ward-1", 4);
  EXPECT_THAT(Drain(*subscription), ElementsAre("fell behind at 0", "events 1-4", "caught up at 4"));
  Append("ward-1", 1);
  EXPECT_THAT(Drain(*subscription), ElementsAre("fell behind at 4", "events 5-5", "caught up at 5"));
}

TEST_P(SubscribeTest, FiltersApplyFromDiskAndLive) {
  for (const bool forgetful : {false, true}) {
    forgetful ? OpenForgetfulLog() : OpenLog({});
    Append("patient-a");
    Append("patient-b");
    Append("encounter-a");
    const auto stream = log_->Subscribe({.stream = "patient-b"}, 0);
    const auto entity = log_->Subscribe({.entity = "a"}, 0);
    const auto type = log_->Subscribe({.type_prefix = "nothing."}, 0);
    EXPECT_THAT(Drain(*stream), ElementsAre("events 2-2", "caught up at 3"));
    EXPECT_THAT(Drain(*entity, 1), ElementsAre("events 1-1", "events 3-3", "caught up at 3"));
    EXPECT_THAT(Drain(*type), ElementsAre("caught up at 3"));
  }
}

TEST_P(SubscribeTest, LiveFilterTellsHowFarItHasCome) {
  const auto subscription = log_->Subscribe({.stream = "patient-b"}, 0);
  Drain(*subscription);
  Append("patient-a", 3);
  EXPECT_THAT(Drain(*subscription), ElementsAre("checkpoint 3"));
  Append("patient-b");
  EXPECT_THAT(Drain(*subscription), ElementsAre("events 4-4"));
}

TEST_P(SubscribeTest, LongWayWithoutAMatchHasCheckpoints) {
  OpenForgetfulLog();
  AppendRequest request;
  request.streams.push_back({"ward-1", AnyVersion{}, Events(1000)});
  for (int i = 0; i < 11; ++i) {
    for (NewEvent& event : request.streams[0].events) event.payload.clear();
    MustAppend(request);
  }
  EXPECT_THAT(Drain(*log_->Subscribe({.type_prefix = "nothing."}, 0)),
              ElementsAre("checkpoint 10000", "caught up at 11000"));
}

TEST_P(SubscribeTest, WakesOnceWhenThereIsMore) {
  const auto subscription = log_->Subscribe({}, 0);
  int woken = 0;
  subscription->WhenReady([&] { ++woken; });
  EXPECT_EQ(woken, 1);  // kCaughtUp is waiting to be told.
  Drain(*subscription);
  int replaced = 0;
  subscription->WhenReady([&] { ++replaced; });
  subscription->WhenReady([&] { ++woken; });
  EXPECT_EQ(woken, 1);
  Append("ward-1");
  EXPECT_EQ(woken, 2);
  Append("ward-1");
  EXPECT_EQ(woken, 2);
  subscription->WhenReady([&] { ++woken; });
  EXPECT_EQ(woken, 3);
  EXPECT_EQ(replaced, 0);
}

TEST_P(SubscribeTest, NoWakeAfterTheSubscriptionIsGone) {
  auto subscription = log_->Subscribe({}, 0);
  Drain(*subscription);
  int woken = 0;
  subscription->WhenReady([&] { ++woken; });
  subscription.reset();
  Append("ward-1");
  EXPECT_EQ(woken, 0);
}

TEST_P(SubscribeTest, ClosingWakesAndSaysSo) {
  const auto subscription = log_->Subscribe({}, 0);
  Drain(*subscription);
  std::promise<void> woken;
  subscription->WhenReady([&] { woken.set_value(); });
  log_->Close();
  woken.get_future().wait();
  EXPECT_THAT(Drain(*subscription), ElementsAre("closed"));
  log_.reset();
  EXPECT_THAT(Drain(*subscription), ElementsAre("closed"));
}

}  // namespace
}  // namespace anamnesis::eventlog
