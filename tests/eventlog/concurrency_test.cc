// Many threads at once: no update lost, no position missing, no subscriber held up by another.
#include <algorithm>
#include <atomic>
#include <chrono>
#include <future>
#include <mutex>
#include <set>
#include <thread>

#include "eventlog/memory_commit_log.h"
#include "eventlog/sequenced_log.h"
#include "gmock/gmock.h"
#include "tests/eventlog/log_fixture.h"

namespace anamnesis::eventlog {
namespace {

using Kind = SubscriptionItem::Kind;

class ConcurrencyTest : public LogTest {
 protected:
  void ExpectWholeLog(size_t events) {
    const std::vector<Record> records = ReadAll(*log_);
    ASSERT_EQ(records.size(), events);
    int64_t time = 0;
    for (size_t i = 0; i < events; ++i) {
      EXPECT_EQ(records[i].position, i + 1);
      EXPECT_GT(records[i].recorded_micros, time);
      time = records[i].recorded_micros;
    }
  }
};
INSTANTIATE_FOR_BOTH_ENGINES(ConcurrencyTest);

void RunThreads(int count, const std::function<void(int)>& body) {
  std::vector<std::thread> threads;
  for (int i = 0; i < count; ++i) threads.emplace_back(body, i);
  for (std::thread& thread : threads) thread.join();
}

TEST_P(ConcurrencyTest, NoUpdateIsLostOnOneStream) {
  constexpr int kThreads = 64;
  constexpr int kEach = 5;
  RunThreads(kThreads, [&](int) {
    for (int done = 0; done < kEach;) {
      const Version version = log_->StreamVersion("ward-1").value();
      const Expected expected = version == 0 ? Expected(NoStream{}) : Expected(ExactVersion{version});
      const auto result = log_->AppendAndWait(One("ward-1", expected, std::to_string(version)));
      if (result.ok()) {
        EXPECT_EQ(result->stream_version, version + 1);
        ++done;
      } else {
        ASSERT_EQ(result.status().code(), absl::StatusCode::kAborted);
      }
    }
  });
  ExpectWholeLog(kThreads * kEach);
  // Whoever wrote an event had seen exactly what stands before it.
  for (const Record& record : ReadAll(*log_, {.stream = "ward-1"})) {
    EXPECT_EQ(record.payload, std::to_string(record.version - 1));
    EXPECT_EQ(record.previous_position, record.position - 1);
  }
}

TEST_P(ConcurrencyTest, StreamsAndRepeatedRequestsTogether) {
  constexpr int kThreads = 8;
  constexpr int kEach = 50;
  std::atomic<int> first_times = 0;
  RunThreads(kThreads, [&](int thread) {
    for (int i = 0; i < kEach; ++i) {
      // Two threads each send the same request at about the same time.
      const std::string name = std::to_string(thread / 2) + "." + std::to_string(i);
      const auto result = log_->AppendAndWait(WithRequestId(One("ward-" + name), "r" + name));
      ASSERT_TRUE(result.ok());
      if (!result->duplicate) ++first_times;
      EXPECT_EQ(result->stream_version, 1u);
      EXPECT_EQ(log_->ReadForDeciding("ward-" + name, 0).value().size(), 1u);
    }
  });
  EXPECT_EQ(first_times, kThreads / 2 * kEach);
  ExpectWholeLog(kThreads / 2 * kEach);
}

// Follows a log on a thread of its own until it has seen `last`; every position must come once and in order.
void FollowUntil(Subscription& subscription, Position last) {
  Position expected = 1;
  while (expected <= last) {
    auto woken = std::make_shared<std::atomic<bool>>(false);
    subscription.WhenReady([woken] {
      woken->store(true);
      woken->notify_one();
    });
    woken->wait(false);
    const auto item = subscription.Poll(4096);
    ASSERT_TRUE(item.ok()) << item.status();
    ASSERT_NE(item->kind, Kind::kClosed);
    for (const auto& record : item->records) ASSERT_EQ(record->position, expected++);
  }
}

TEST_P(ConcurrencyTest, OneThatNeverPullsHoldsUpNobody) {
  constexpr int kFollowers = 20;
  constexpr int kIdle = 80;
  constexpr int kEvents = 400;
  LogOptions options;
  options.recent_bytes = 8 << 10;  // Followers fall behind and read from disk meanwhile.
  OpenLog(options);
  std::vector<std::unique_ptr<Subscription>> idle;
  for (int i = 0; i < kIdle; ++i) idle.push_back(log_->Subscribe({}, 0));
  std::vector<std::unique_ptr<Subscription>> following;
  for (int i = 0; i < kFollowers; ++i) following.push_back(log_->Subscribe({}, 0));
  std::thread writer([&] {
    for (int i = 0; i < kEvents; ++i) EXPECT_TRUE(log_->Append(One("ward-1"), nullptr).ok());
  });
  RunThreads(kFollowers, [&](int i) { FollowUntil(*following[i], kEvents); });
  writer.join();
  EXPECT_EQ(log_->Tail(), static_cast<Position>(kEvents));
  for (const auto& subscription : idle) FollowUntil(*subscription, kEvents);
}

TEST_P(ConcurrencyTest, CommittersOfTheirOwnAndTheLogsKeepTheOrder) {
  constexpr int kThreads = 8;
  constexpr int kEach = 100;
  std::mutex mutex;
  std::vector<Position> told;
  RunThreads(kThreads, [&](int i) {
    for (int n = 0; n < kEach; ++n) {
      AppendRequest request = One("ward-" + std::to_string(i));
      request.may_commit_here = (i + n) % 2 == 0;
      const auto result = log_->Append(std::move(request), [&](const AppendResult& durable) {
        const std::lock_guard lock(mutex);
        told.push_back(durable.last_position);
      });
      EXPECT_TRUE(result.ok()) << result.status();
    }
  });
  Settle();
  EXPECT_EQ(told.size(), static_cast<size_t>(kThreads * kEach));
  EXPECT_TRUE(std::is_sorted(told.begin(), told.end()));
  ExpectWholeLog(static_cast<size_t>(kThreads * kEach));
}

TEST_P(ConcurrencyTest, ClosingWhileEverybodyIsAtIt) {
  std::atomic<int> told = 0;
  std::atomic<int> accepted = 0;
  std::vector<std::thread> writers;
  std::atomic<bool> begun = false;
  for (int i = 0; i < 8; ++i) {
    writers.emplace_back([&, i] {
      while (true) {
        AppendRequest request = One("ward-1");
        request.may_commit_here = i % 2 == 0;
        const auto result = log_->Append(std::move(request), [&](const AppendResult&) { ++told; });
        if (!result.ok()) {
          EXPECT_EQ(result.status().code(), absl::StatusCode::kUnavailable);
          return;
        }
        ++accepted;
        begun = true;
        begun.notify_all();
      }
    });
  }
  begun.wait(false);
  log_->Close();
  for (std::thread& writer : writers) writer.join();
  EXPECT_EQ(told, accepted);
  ExpectWholeLog(static_cast<size_t>(accepted));
}

absl::StatusOr<std::unique_ptr<EventLog>> OpenInMemory() {
  return SequencedLog::Open(std::make_shared<MemoryCommitLog>(),
                            {.keks = std::make_shared<const vault::KeyRing>(vault::KeyRing::Random())}, ExitFailStop);
}

// Who may commit leaves an append to whoever has the turn, instead of waiting until the answers before it are given.
TEST(TurnTest, NobodyWaitsForAnothers) {
  const auto log = OpenInMemory();
  ASSERT_TRUE(log.ok());
  std::promise<void> telling, told;
  ASSERT_TRUE((*log)
                  ->Append(One("ward-1"),
                           [&](const AppendResult&) {
                             telling.set_value();
                             told.get_future().wait();
                           })
                  .ok());
  telling.get_future().wait();
  constexpr size_t kAppends = 100;
  const std::future<void> appended = std::async(std::launch::async, [&] {
    for (size_t i = 0; i < kAppends; ++i) {
      AppendRequest request = One("ward-1");
      request.may_commit_here = true;
      EXPECT_TRUE((*log)->Append(std::move(request), nullptr).ok());
    }
  });
  EXPECT_EQ(appended.wait_for(std::chrono::seconds(10)), std::future_status::ready) << "it waits for the first answer";
  told.set_value();
  appended.wait();
  (*log)->Close();
  EXPECT_EQ(ReadAll(**log).size(), 1 + kAppends);
}

// What is appended by who is told waits for no turn but its own caller's to end.
TEST(TurnTest, WhoIsToldMayAppend) {
  const auto log = OpenInMemory();
  ASSERT_TRUE(log.ok());
  std::promise<void> both;
  const auto append = [&](std::function<void(const AppendResult&)> on_durable) {
    AppendRequest request = One("ward-1");
    request.may_commit_here = true;
    EXPECT_TRUE((*log)->Append(std::move(request), std::move(on_durable)).ok());
  };
  append([&](const AppendResult&) { append([&](const AppendResult&) { both.set_value(); }); });
  EXPECT_EQ(both.get_future().wait_for(std::chrono::seconds(10)), std::future_status::ready);
  (*log)->Close();
  EXPECT_EQ(ReadAll(**log).size(), 2);
}

}  // namespace
}  // namespace anamnesis::eventlog
