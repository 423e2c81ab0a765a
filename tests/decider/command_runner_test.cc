#include "decider/command_runner.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <future>
#include <map>
#include <thread>

#include "absl/strings/str_cat.h"
#include "account_domain.h"
#include "eventlog/open.h"

namespace anamnesis::decider {
namespace {

using test::account::v1::AccountCommand;
using Outcome = absl::StatusOr<rpc::v1::CommandOutcome>;
using ::testing::HasSubstr;

AccountCommand Add(const std::string& account, int64_t points, const std::string& request_id = "") {
  AccountCommand command;
  command.mutable_add()->set_account_id(account);
  command.mutable_add()->set_points(points);
  command.mutable_add()->mutable_context()->set_request_id(request_id);
  return command;
}

AccountCommand Move(const std::string& from, const std::string& to, int64_t points) {
  AccountCommand command;
  command.mutable_move()->set_from_id(from);
  command.mutable_move()->set_to_id(to);
  command.mutable_move()->set_points(points);
  return command;
}

class CommandRunnerTest : public ::testing::Test {
 protected:
  using Runner = CommandRunner<AccountDomain>;

  ~CommandRunnerTest() override { log_->Close(); }

  void Restart(CommandRunnerOptions options) {
    options.clock = &clock_;
    runner_ = std::make_unique<Runner>(
        *log_,
        [this](const std::string& stream) {
          return absl::StatusOr<KnownFacts<AccountDomain::Facts>>({.facts = joined_[stream], .positions = {}});
        },
        options);
  }

  Outcome Run(AccountCommand command) {
    std::promise<Outcome> answer;
    runner_->Run({.command = std::make_shared<const AccountCommand>(std::move(command))},
                 [&](Outcome outcome) { answer.set_value(std::move(outcome)); });
    return answer.get_future().get();
  }

  int64_t Sum(const std::string& account) {
    int64_t sum = 0;
    const auto cursor = log_->Read({.stream = "account-" + account}, 0, eventlog::Direction::kForwards);
    for (; cursor->Valid(); cursor->Next()) {
      AccountDomain::Event event;
      EXPECT_TRUE(event.ParseFromString(cursor->record().payload));
      sum += event.points_added().points();
    }
    return sum;
  }

  ManualClock clock_{1'000'000};
  std::unique_ptr<eventlog::EventLog> log_ = eventlog::NewMemoryLog({});
  std::unique_ptr<Runner> runner_;
  std::map<std::string, AccountDomain::Facts> joined_;  // To which account what is joined, by stream.

  void SetUp() override { Restart({}); }
};

TEST_F(CommandRunnerTest, AnOutcomeSaysWhereTheEventsAre) {
  ASSERT_TRUE(Run(Add("a", 5)).ok());
  const Outcome outcome = Run(Add("a", 7));
  ASSERT_TRUE(outcome.ok()) << outcome.status();
  EXPECT_EQ(outcome->stream_version(), 2u);
  EXPECT_EQ(outcome->position(), 2u);
  EXPECT_EQ(outcome->etag(), "2");
  EXPECT_FALSE(outcome->duplicate());
  EXPECT_EQ(log_->Tail(), 2u);
}

TEST_F(CommandRunnerTest, WhatIsJoinedCountsAndIsLeftAlone) {
  joined_["account-a"] = {"account-b", "account-none"};
  ASSERT_TRUE(Run(Add("b", 5)).ok());
  EXPECT_EQ(RefusalInfo(Run(Add("a", -6)).status()).reason(), "NOT_ENOUGH_POINTS");
  EXPECT_TRUE(Run(Add("a", -5)).ok());
  ASSERT_TRUE(Run(Add("b", 1)).ok()) << "of which another copy is kept";
  EXPECT_EQ(RefusalInfo(Run(Add("a", -2)).status()).reason(), "NOT_ENOUGH_POINTS");
  EXPECT_TRUE(Run(Move("a", "c", 1)).ok());
  EXPECT_EQ(Sum("a"), -6);
  EXPECT_EQ(Sum("b"), 6);
  EXPECT_EQ(RefusalInfo(Run(Add("c", -2)).status()).reason(), "NOT_ENOUGH_POINTS") << "nothing is joined to it";
}

TEST_F(CommandRunnerTest, ARefusalRecordsNothing) {
  const Outcome outcome = Run(Add("a", -1));
  EXPECT_EQ(RefusalInfo(outcome.status()).reason(), "NOT_ENOUGH_POINTS");
  EXPECT_EQ(log_->Tail(), 0u);
}

TEST_F(CommandRunnerTest, ARepeatedRequestGetsTheFirstOutcome) {
  const Outcome first = Run(Add("a", 5, "r1"));
  ASSERT_TRUE(Run(Add("a", 5)).ok());
  const Outcome second = Run(Add("a", 5, "r1"));
  ASSERT_TRUE(second.ok()) << second.status();
  EXPECT_TRUE(second->duplicate());
  EXPECT_EQ(second->position(), first->position());
  EXPECT_EQ(second->etag(), first->etag());
  EXPECT_EQ(Sum("a"), 10);
}

TEST_F(CommandRunnerTest, ARepeatThatWouldBeRefusedNowGetsTheFirstOutcome) {
  ASSERT_TRUE(Run(Add("a", 5)).ok());
  const Outcome first = Run(Add("a", -5, "r1"));
  ASSERT_TRUE(first.ok()) << first.status();
  const Outcome second = Run(Add("a", -5, "r1"));
  ASSERT_TRUE(second.ok()) << second.status();
  EXPECT_TRUE(second->duplicate());
  EXPECT_EQ(second->position(), first->position());
  EXPECT_EQ(RefusalInfo(Run(Add("a", -6, "r1")).status()).reason(), "REQUEST_ID_REUSED");
  EXPECT_EQ(Sum("a"), 0);
}

TEST_F(CommandRunnerTest, ARequestIdServesOneRequestOnly) {
  ASSERT_TRUE(Run(Add("a", 5, "r1")).ok());
  EXPECT_EQ(RefusalInfo(Run(Add("a", 6, "r1")).status()).reason(), "REQUEST_ID_REUSED");
  EXPECT_EQ(Sum("a"), 5);
}

TEST_F(CommandRunnerTest, ARefusedRequestMayBeSentAgainUnderItsId) {
  EXPECT_FALSE(Run(Add("a", -3, "r1")).ok());
  ASSERT_TRUE(Run(Add("a", 3)).ok());
  EXPECT_TRUE(Run(Add("a", -3, "r1")).ok());
}

TEST_F(CommandRunnerTest, ARefusalThatIsRecordedIsTheAnswerForEver) {
  const Outcome first = Run(Add("a", -1000, "r1"));
  EXPECT_EQ(RefusalInfo(first.status()).reason(), "NOT_ENOUGH_POINTS");
  EXPECT_EQ(log_->Tail(), 1u);
  ASSERT_TRUE(Run(Add("a", 2000)).ok()) << "the recorded refusal is a part of the stream";
  EXPECT_EQ(Run(Add("a", -1000, "r1")).status(), first.status()) << "though it would be accepted now";
  EXPECT_EQ(log_->Tail(), 2u);
  EXPECT_EQ(RefusalInfo(Run(Add("a", -1001, "r1")).status()).reason(), "REQUEST_ID_REUSED");
  Restart({});
  EXPECT_EQ(Run(Add("a", -1000, "r1")).status(), first.status());
  EXPECT_TRUE(Run(Add("a", -1000)).ok());
}

TEST_F(CommandRunnerTest, ARefusalThatIsRecordedIsRepeatedWhereItWouldBeAgain) {
  const Outcome first = Run(Add("a", -1000, "r1"));
  EXPECT_EQ(Run(Add("a", -1000, "r1")).status(), first.status());
  EXPECT_EQ(log_->Tail(), 1u);
}

TEST_F(CommandRunnerTest, ARefusalThatIsRecordedChangesNoEtag) {
  ASSERT_TRUE(Run(Add("a", 5)).ok());
  EXPECT_FALSE(Run(Add("a", -1000)).ok());
  AccountCommand command = Add("a", 5);
  command.mutable_add()->mutable_context()->set_etag("1");
  const Outcome outcome = Run(command);
  ASSERT_TRUE(outcome.ok()) << outcome.status();
  EXPECT_EQ(outcome->stream_version(), 3u);
  EXPECT_EQ(outcome->etag(), "2");
}

TEST_F(CommandRunnerTest, ARepeatOfWhatWasAcceptedIsNotRecordedAsRefused) {
  ASSERT_TRUE(Run(Add("a", 1000)).ok());
  const Outcome first = Run(Add("a", -1000, "r1"));
  ASSERT_TRUE(first.ok());
  const Outcome second = Run(Add("a", -1000, "r1"));
  ASSERT_TRUE(second.ok()) << second.status();
  EXPECT_TRUE(second->duplicate());
  EXPECT_EQ(log_->Tail(), 2u);
}

TEST_F(CommandRunnerTest, WhatIsOnlyValidatedIsRefusedUnrecorded) {
  AccountCommand command = Add("a", -1000, "r1");
  command.mutable_add()->mutable_context()->set_validate_only(true);
  EXPECT_EQ(RefusalInfo(Run(command).status()).reason(), "NOT_ENOUGH_POINTS");
  EXPECT_EQ(log_->Tail(), 0u);
}

TEST_F(CommandRunnerTest, ValidateOnlyDecidesAndRecordsNothing) {
  AccountCommand command = Add("a", 5);
  command.mutable_add()->mutable_context()->set_validate_only(true);
  const Outcome outcome = Run(command);
  ASSERT_TRUE(outcome.ok());
  EXPECT_EQ(outcome->position(), 0u);
  EXPECT_EQ(log_->Tail(), 0u);
}

TEST_F(CommandRunnerTest, WhatTheLogHoldsNoRoomForIsRefusedByNameAndBeforehand) {
  for (const bool validate_only : {true, false}) {
    AccountCommand command = Add("a", 5);
    command.mutable_add()->mutable_context()->set_correlation_id(std::string(eventlog::kMaxMetadataBytes + 1, 'c'));
    command.mutable_add()->mutable_context()->set_validate_only(validate_only);
    EXPECT_EQ(RefusalInfo(Run(command).status()).reason(), "MESSAGE_TOO_LARGE");
  }
  EXPECT_EQ(log_->Tail(), 0u);
  EXPECT_EQ(Run(Add("a", 5))->stream_version(), 1u) << "the refused is not taken for recorded";
}

TEST_F(CommandRunnerTest, AStaleEtagIsRefusedWithTheCurrentOne) {
  ASSERT_TRUE(Run(Add("a", 5)).ok());
  ASSERT_TRUE(Run(Add("a", 5)).ok());
  AccountCommand command = Add("a", 5);
  command.mutable_add()->mutable_context()->set_etag("1");
  const Outcome outcome = Run(command);
  EXPECT_EQ(outcome.status().code(), absl::StatusCode::kAborted);
  EXPECT_EQ(RefusalInfo(outcome.status()).metadata().at("etag"), "2");
}

TEST_F(CommandRunnerTest, TwoStreamsChangeTogether) {
  ASSERT_TRUE(Run(Add("a", 10)).ok());
  ASSERT_TRUE(Run(Move("a", "b", 4)).ok());
  EXPECT_EQ(Sum("a"), 6);
  EXPECT_EQ(Sum("b"), 4);
  // The second stream's own strand sees what the first one's did.
  EXPECT_TRUE(Run(Add("b", -4)).ok());
  EXPECT_FALSE(Run(Add("b", -1)).ok());
}

TEST_F(CommandRunnerTest, SixtyFourClientsOfOneStreamLoseNothing) {
  constexpr int kClients = 64;
  constexpr int kCommands = 50;
  std::vector<std::thread> clients;
  for (int i = 0; i < kClients; ++i) {
    clients.emplace_back([this] {
      for (int j = 0; j < kCommands; ++j) EXPECT_TRUE(Run(Add("a", 1)).ok());
    });
  }
  for (std::thread& client : clients) client.join();
  EXPECT_EQ(Sum("a"), kClients * kCommands);
  EXPECT_EQ(*log_->StreamVersion("account-a"), static_cast<uint64_t>(kClients * kCommands));
}

TEST_F(CommandRunnerTest, MovesBothWaysAtOnceKeepTheSum) {
  ASSERT_TRUE(Run(Add("a", 1000)).ok());
  ASSERT_TRUE(Run(Add("b", 1000)).ok());
  std::vector<std::thread> clients;
  for (int i = 0; i < 8; ++i) {
    clients.emplace_back([this, i] {
      for (int j = 0; j < 50; ++j) {
        const Outcome outcome = i % 2 == 0 ? Run(Move("a", "b", 1)) : Run(Move("b", "a", 1));
        EXPECT_TRUE(outcome.ok() || absl::IsResourceExhausted(outcome.status())) << outcome.status();
      }
    });
  }
  for (std::thread& client : clients) client.join();
  EXPECT_EQ(Sum("a") + Sum("b"), 2000);
}

TEST_F(CommandRunnerTest, CommandsOfOneCallerKeepTheirOrder) {
  std::promise<void> all;
  std::atomic<int> left{200};
  std::vector<uint64_t> positions(200);
  for (int i = 0; i < 200; ++i) {
    runner_->Run({.command = std::make_shared<const AccountCommand>(Add("a", i + 1))}, [&, i](const Outcome& outcome) {
      positions[i] = outcome->position();
      if (--left == 0) all.set_value();
    });
  }
  all.get_future().get();
  EXPECT_TRUE(std::is_sorted(positions.begin(), positions.end()));
}

TEST_F(CommandRunnerTest, AFullQueueRefusesWithAHint) {
  Restart({.max_in_flight = 0});
  const Outcome outcome = Run(Add("a", 1));
  EXPECT_EQ(RefusalInfo(outcome.status()).reason(), "OVERLOADED");
  EXPECT_TRUE(outcome.status().GetPayload("type.googleapis.com/google.rpc.RetryInfo").has_value());
}

TEST_F(CommandRunnerTest, ALongStreamIsLoadedFromItsSnapshot) {
  Restart({.snapshot_every = 10});
  for (int i = 0; i < 25; ++i) ASSERT_TRUE(Run(Add("a", 1)).ok());
  EXPECT_EQ(runner_->stats().snapshots.load(), 2u);
  const auto snapshot = log_->LoadSnapshot("account-a");
  ASSERT_TRUE(snapshot.ok() && snapshot->has_value());
  EXPECT_EQ((*snapshot)->version, 20u);

  Restart({});
  EXPECT_TRUE(Run(Add("a", -25)).ok());
  EXPECT_FALSE(Run(Add("a", -1)).ok());
}

TEST_F(CommandRunnerTest, ATinyCacheChangesNothing) {
  Restart({.cache_bytes = 1});
  for (int round = 0; round < 3; ++round) {
    for (int i = 0; i < 40; ++i) ASSERT_TRUE(Run(Add("account" + std::to_string(i), 1)).ok());
  }
  for (int i = 0; i < 40; ++i) EXPECT_EQ(Sum("account" + std::to_string(i)), 3);
  EXPECT_GT(runner_->stats().cache_misses.load(), 40u);
}

// Whatever becomes of a command, the streams that it loaded are not kept beyond the cache's size.
TEST_F(CommandRunnerTest, WhatRecordsNothingFillsNoCache) {
  constexpr uint64_t kAccounts = 100;
  const AccountCommand refused = Add("", -2);
  const AccountCommand refused_with_joined = Add("", -3);
  const AccountCommand nothing = Add("", 0);
  const AccountCommand repeat = Add("", -1, "r");
  AccountCommand validated = Add("", 1);
  validated.mutable_add()->mutable_context()->set_validate_only(true);
  struct Case {
    const char* name;
    AccountCommand command;
    bool ok;
    bool joined;
  };
  const Case cases[] = {
      {"refused",                            refused,             false, false},
      {"refused with what is joined",        refused_with_joined, false, true },
      {"only validated",                     validated,           true,  false},
      {"nothing to do",                      nothing,             true,  false},
      {"repeated, and would be refused now", repeat,              true,  false},
  };
  for (const Case& test : cases) {
    SCOPED_TRACE(test.name);
    runner_.reset();
    log_ = eventlog::NewMemoryLog({});
    joined_.clear();
    Restart({.cache_bytes = 1});
    const auto run_all = [&] {
      for (uint64_t i = 0; i < kAccounts; ++i) {
        AccountCommand command = test.command;
        command.mutable_add()->set_account_id(absl::StrCat("a", i));
        auto& context = *command.mutable_add()->mutable_context();
        if (!context.request_id().empty()) context.set_request_id(absl::StrCat("r", i));
        EXPECT_EQ(Run(command).ok(), test.ok);
      }
    };
    for (uint64_t i = 0; i < kAccounts; ++i) {
      ASSERT_TRUE(Run(Add(absl::StrCat("a", i), 1)).ok());
      if (!test.joined) continue;
      ASSERT_TRUE(Run(Add(absl::StrCat("b", i), 1)).ok());
      joined_[absl::StrCat("account-a", i)] = {absl::StrCat("account-b", i)};
    }
    for (int i = 0; i < 2; ++i) run_all();
    const uint64_t before = runner_->stats().cache_hits.load();
    run_all();
    EXPECT_LE(runner_->stats().cache_hits.load() - before, kStrands) << "of each strand the newest";
    log_->Close();
  }
}

TEST_F(CommandRunnerTest, AStreamThatDoesNotExistIsNotKept) {
  for (int i = 0; i < 3; ++i) EXPECT_FALSE(Run(Add("unknown", -1)).ok());
  EXPECT_EQ(runner_->stats().cache_hits.load(), 0u);
  ASSERT_TRUE(Run(Add("unknown", 1)).ok());
  ASSERT_TRUE(Run(Add("unknown", -1)).ok());
  EXPECT_EQ(runner_->stats().cache_hits.load(), 1u) << "now it does";
}

TEST_F(CommandRunnerTest, AnotherWriterIsNoticed) {
  ASSERT_TRUE(Run(Add("a", 5)).ok());
  eventlog::StreamAppend append{.stream = "account-a"};
  append.events.push_back({.event_id = NewUuid(),
                           .type = "anamnesis.test.account.v1.PointsAdded",
                           .payload = AccountDomain::Added(-5).SerializeAsString()});
  ASSERT_TRUE(log_->AppendAndWait({.streams = {append}}).ok());
  EXPECT_EQ(RefusalInfo(Run(Add("a", -1)).status()).reason(), "NOT_ENOUGH_POINTS");
}

TEST_F(CommandRunnerTest, AnUnknownEventStopsDecisionsOnItsStreamOnly) {
  eventlog::StreamAppend append{.stream = "account-a"};
  append.events.push_back({.event_id = NewUuid(), .type = "anamnesis.test.account.v1.Unknown"});
  ASSERT_TRUE(log_->AppendAndWait({.streams = {append}}).ok());
  EXPECT_EQ(Run(Add("a", 1)).status().code(), absl::StatusCode::kDataLoss);
  EXPECT_TRUE(Run(Add("b", 1)).ok());
}

TEST_F(CommandRunnerTest, AClosedLogRefusesWithAName) {
  log_->Close();
  EXPECT_EQ(RefusalInfo(Run(Add("a", 1)).status()).reason(), "SHUTTING_DOWN");
}

}  // namespace
}  // namespace anamnesis::decider
