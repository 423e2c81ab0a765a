#include "service/monitor.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "eventlog/open.h"
#include "service/log_metrics.h"

namespace anamnesis::service {
namespace {

using ::testing::HasSubstr;

TEST(MonitorTest, ShowsEachLinkBeforeItReturns) {
  rpc::Health health;
  rpc::Metrics metrics;
  LinkTracker tracker;
  tracker.Update([](LinkState& state) { state = {.connected = true, .position = 3, .tail = 10}; });
  const Monitor monitor(
      {
          {"publish:readmodel", [&] { return tracker.Get(); }}
  },
      health, metrics, [] {});
  EXPECT_THAT(metrics.Text(), HasSubstr("anamnesis_link_lag_events{link=\"publish:readmodel\"} 7"));
  EXPECT_THAT(metrics.Text(), HasSubstr("anamnesis_link_healthy{link=\"publish:readmodel\"} 1"));
  ASSERT_EQ(monitor.States().size(), 1u);
}

TEST(MonitorTest, ALinkWithAProblemIsNotHealthy) {
  LinkTracker tracker;
  tracker.Update([](LinkState& state) { state.connected = true; });
  EXPECT_TRUE(tracker.Get().healthy());
  tracker.Disconnected("the feed ended");
  EXPECT_FALSE(tracker.Get().healthy());
}

TEST(MonitorTest, LagInSecondsIsThatOfTheOldestPending) {
  const LinkState state{.connected = true, .position = 1, .tail = 2, .oldest_pending_micros = 1'000'000};
  EXPECT_DOUBLE_EQ(state.lag_seconds(3'500'000), 2.5);
  const LinkState caught_up{.connected = true, .position = 2, .tail = 2, .oldest_pending_micros = 1'000'000};
  EXPECT_DOUBLE_EQ(caught_up.lag_seconds(3'500'000), 0);
}

TEST(LogMetricsTest, CountsCommits) {
  rpc::Metrics metrics;
  const auto log = eventlog::NewMemoryLog({});
  log->SetCommitObserver(CommitMetrics(metrics));
  eventlog::StreamAppend append{.stream = "account-a"};
  append.events.resize(2);
  for (auto& event : append.events) {
    event.event_id = "00000000-0000-4000-8000-000000000000";
    event.type = "test.Event";
  }
  ASSERT_TRUE(log->AppendAndWait({.streams = {append}}).ok());
  log->Close();
  EXPECT_THAT(metrics.Text(), HasSubstr("anamnesis_log_events_total 2"));
  EXPECT_THAT(metrics.Text(), HasSubstr("anamnesis_log_commit_appends_count 1"));
}

}  // namespace
}  // namespace anamnesis::service
