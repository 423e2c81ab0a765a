// Appending: what every `expected` demands, what an append leaves in the log, and what is refused whole.
#include <algorithm>
#include <atomic>
#include <future>
#include <thread>

#include "base/uuid.h"
#include "gmock/gmock.h"
#include "tests/eventlog/log_fixture.h"

namespace anamnesis::eventlog {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

class AppendTest : public LogTest {};
INSTANTIATE_FOR_BOTH_ENGINES(AppendTest);

struct ExpectedCase {
  const char* name;
  int events_before;
  Expected expected;
  absl::StatusCode code;
};

TEST_P(AppendTest, ALoneAppendMayBeCommittedByItsCaller) {
  // A thread of the log that is only just starting may take the first ones.
  bool by_caller = false;
  for (int i = 0; i < 1000 && !by_caller; ++i) {
    std::promise<std::thread::id> told_by;
    AppendRequest request = One("ward-1");
    request.may_commit_here = true;
    ASSERT_TRUE(
        log_->Append(std::move(request), [&](const AppendResult&) { told_by.set_value(std::this_thread::get_id()); })
            .ok());
    by_caller = told_by.get_future().get() == std::this_thread::get_id();
    EXPECT_EQ(log_->Tail(), i + 1u);
  }
  EXPECT_TRUE(by_caller);
}

TEST_P(AppendTest, ExpectedVersionDecides) {
  constexpr auto kOk = absl::StatusCode::kOk;
  constexpr auto kAborted = absl::StatusCode::kAborted;
  const ExpectedCase cases[] = {
      {"NoStreamOnNew",         0, NoStream{},      kOk     },
      {"NoStreamOnOld",         1, NoStream{},      kAborted},
      {"ExistsOnNew",           0, StreamExists{},  kAborted},
      {"ExistsOnOld",           1, StreamExists{},  kOk     },
      {"AnyOnNew",              0, AnyVersion{},    kOk     },
      {"AnyOnOld",              3, AnyVersion{},    kOk     },
      {"ExactOnNew",            0, ExactVersion{1}, kAborted},
      {"ExactOnThatVersion",    2, ExactVersion{2}, kOk     },
      {"ExactOnEarlierVersion", 1, ExactVersion{2}, kAborted},
      {"ExactOnLaterVersion",   3, ExactVersion{2}, kAborted},
  };
  for (const ExpectedCase& c : cases) {
    SCOPED_TRACE(c.name);
    const std::string stream = std::string("case-") + c.name;
    for (int i = 0; i < c.events_before; ++i) MustAppend(One(stream));
    const Position tail = log_->Tail();
    EXPECT_EQ(AppendCode(One(stream, c.expected)), c.code);
    EXPECT_EQ(log_->Tail(), c.code == kOk ? tail + 1 : tail);
    EXPECT_EQ(log_->StreamVersion(stream).value(), c.events_before + (c.code == kOk ? 1u : 0u));
  }
}

TEST_P(AppendTest, ExpectedSeesWhatIsNotDurableYet) {
  std::promise<void> durable;
  ASSERT_TRUE(log_->Append(One("ward-1", NoStream{}), nullptr).ok());
  ASSERT_TRUE(log_->Append(One("ward-1", ExactVersion{1}), [&](const AppendResult&) { durable.set_value(); }).ok());
  EXPECT_EQ(log_->Append(One("ward-1", ExactVersion{1}), nullptr).status().code(), absl::StatusCode::kAborted);
  EXPECT_EQ(log_->StreamVersion("ward-1").value(), 2u);
  durable.get_future().wait();
  EXPECT_EQ(log_->Tail(), 2u);
}

TEST_P(AppendTest, RecordKeepsEverythingGiven) {
  MustAppend(One("bed-7"));
  MustAppend(One("ward-1"));
  AppendRequest request;
  NewEvent event = Event("test.v1.Moved", std::string("\0\xff binary", 9));
  event.schema_version = 3;
  event.effective_micros = -5;
  request.streams.push_back({"bed-7", ExactVersion{1}, {event}});
  request.metadata = {"dr-a", "dr-b", "TREAT", "correlation", "causation", "00-trace-01", {{"other", 42}}};
  request.result = "the answer";
  clock_.Advance(1000);
  const AppendResult result = MustAppend(request);

  Record expected;
  expected.position = 3;
  expected.previous_position = 1;
  expected.stream = "bed-7";
  expected.version = 2;
  expected.event_id = event.event_id;
  expected.type = event.type;
  expected.schema_version = 3;
  expected.recorded_micros = kNow + 1000;
  expected.effective_micros = -5;
  expected.metadata = request.metadata;
  expected.payload = event.payload;
  EXPECT_THAT(ReadAll(*log_, {}, 2), ElementsAre(expected));
  EXPECT_EQ(result.first_position, 3u);
  EXPECT_EQ(result.last_position, 3u);
  EXPECT_EQ(result.stream_version, 2u);
  EXPECT_EQ(result.recorded_micros, kNow + 1000);
  EXPECT_EQ(result.result, "the answer");
  EXPECT_FALSE(result.duplicate);
}

TEST_P(AppendTest, SeveralStreamsAreOneAppend) {
  MustAppend(One("patient-b"));
  AppendRequest request;
  request.streams.push_back({"patient-a", NoStream{}, Events(2)});
  request.streams.push_back({"patient-b", ExactVersion{1}, Events(1)});
  const AppendResult result = MustAppend(request);
  EXPECT_EQ(result.first_position, 2u);
  EXPECT_EQ(result.last_position, 4u);
  EXPECT_EQ(result.stream_version, 2u);  // Of patient-a, the first.
  EXPECT_THAT(PositionsOf(ReadAll(*log_, {.stream = "patient-a"})), ElementsAre(2, 3));
  EXPECT_THAT(PositionsOf(ReadAll(*log_, {.stream = "patient-b"})), ElementsAre(1, 4));
}

TEST_P(AppendTest, OneStreamRefusedRefusesAll) {
  AppendRequest request;
  request.streams.push_back({"patient-a", AnyVersion{}, Events(2)});
  request.streams.push_back({"patient-b", StreamExists{}, Events(1)});
  const absl::Status status = log_->AppendAndWait(request).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kAborted);
  EXPECT_THAT(std::string(status.message()), HasSubstr("stream 2 of the append is at version 0"));
  EXPECT_EQ(log_->StreamVersion("patient-a").value(), 0u);
  EXPECT_EQ(MustAppend(One("patient-c")).first_position, 1u);
}

TEST_P(AppendTest, RecordedTimeAscendsWhateverTheClockDoes) {
  AppendRequest request;
  request.streams.push_back({"ward-1", AnyVersion{}, Events(3)});
  MustAppend(request);
  clock_.Set(kNow - 1'000'000);
  MustAppend(One("ward-1"));
  clock_.Set(kNow + 50);
  MustAppend(One("ward-2"));
  std::vector<int64_t> times;
  for (const Record& record : ReadAll(*log_)) times.push_back(record.recorded_micros - kNow);
  // Two between appends, so that they can be told apart for ever.
  EXPECT_THAT(times, ElementsAre(0, 1, 2, 4, 50));
}

TEST_P(AppendTest, CallbacksComeInTheOrderOfPositions) {
  constexpr int kAppends = 500;
  std::vector<Position> told;  // Only touched by callbacks, which never overlap, until Settle.
  for (int i = 0; i < kAppends; ++i) {
    ASSERT_TRUE(log_->Append(One("ward-1"),
                             [&](const AppendResult& result) {
                               EXPECT_GE(log_->Tail(), result.last_position);
                               told.push_back(result.last_position);
                             })
                    .ok());
  }
  Settle();
  ASSERT_EQ(told.size(), static_cast<size_t>(kAppends));
  for (int i = 0; i < kAppends; ++i) EXPECT_EQ(told[i], i + 1u);
}

TEST_P(AppendTest, MalformedIsRefusedWhole) {
  struct {
    const char* name;
    std::function<void(AppendRequest&)> spoil;
  } const cases[] = {
      {"NoStream",               [](AppendRequest& r) { r.streams.clear(); }                                               },
      {"NoEvent",                [](AppendRequest& r) { r.streams[0].events.clear(); }                                     },
      {"SameStreamTwice",        [](AppendRequest& r) { r.streams.push_back(r.streams[0]); }                               },
      {"StreamWithoutEntity",    [](AppendRequest& r) { r.streams[0].stream = "ward-"; }                                   },
      {"StreamWithoutCategory",  [](AppendRequest& r) { r.streams[0].stream = "-1"; }                                      },
      {"StreamWithNul",          [](AppendRequest& r) { r.streams[0].stream = std::string("ward-\0", 6); }                 },
      {"StreamTooLong",
       [](AppendRequest& r) { r.streams[0].stream = "w-" + std::string(kMaxStreamNameBytes - 1, 'x'); }                    },
      {"ExactVersionZero",       [](AppendRequest& r) { r.streams[0].expected = ExactVersion{0}; }                         },
      {"EventIdNotUuid",         [](AppendRequest& r) { r.streams[0].events[0].event_id = "1"; }                           },
      {"NoType",                 [](AppendRequest& r) { r.streams[0].events[0].type.clear(); }                             },
      {"TypeTooLong",            [](AppendRequest& r) { r.streams[0].events[0].type.assign(kMaxTypeBytes + 1, 't'); }      },
      {"PayloadTooLarge",        [](AppendRequest& r) { r.streams[0].events[0].payload.assign(kMaxPayloadBytes + 1, 'p'); }},
      {"TooManyEvents",          [](AppendRequest& r) { r.streams[0].events = Events(kMaxEventsPerAppend + 1); }           },
      {"TooManyBytes",
       [](AppendRequest& r) {
         r.streams[0].events = Events(kMaxAppendBytes / kMaxPayloadBytes + 1);
         for (NewEvent& event : r.streams[0].events) event.payload.assign(kMaxPayloadBytes, 'p');
       }                                                                                                                   },
      {"ActorTooLong",           [](AppendRequest& r) { r.metadata.actor.assign(kMaxMetadataBytes + 1, 'a'); }             },
      {"TooManyDecidedAgainst",  [](AppendRequest& r) { r.metadata.decided_against.resize(kMaxDecidedAgainst + 1); }       },
      {"RequestIdWithoutDigest", [](AppendRequest& r) { r.request_id = "r1"; }                                             },
      {"RequestIdTooLong",       [](AppendRequest& r) { r = WithRequestId(r, std::string(kMaxMetadataBytes + 1, 'r')); }   },
      {"ResultTooLarge",         [](AppendRequest& r) { r.result.assign(kMaxResultBytes + 1, 'r'); }                       },
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.name);
    AppendRequest request = One("ward-1");
    c.spoil(request);
    EXPECT_EQ(AppendCode(request), absl::StatusCode::kInvalidArgument);
  }
  EXPECT_EQ(MustAppend(One("ward-1")).first_position, 1u);
}

TEST_P(AppendTest, LimitsThemselvesAreAllowed) {
  AppendRequest request;
  request.streams.push_back(
      {"w-" + std::string(kMaxStreamNameBytes - 2, 'x'), NoStream{}, Events(kMaxEventsPerAppend)});
  request.streams[0].events[0].payload.assign(kMaxPayloadBytes, 'p');
  request.streams[0].events[0].type.assign(kMaxTypeBytes, 't');
  request.metadata.actor.assign(kMaxMetadataBytes, 'a');
  request.metadata.decided_against.resize(kMaxDecidedAgainst);
  MustAppend(request);
  EXPECT_EQ(ReadAll(*log_).size(), kMaxEventsPerAppend);
}

TEST_P(AppendTest, StreamsAppendedToLongAgoAreStillKnown) {
  LogOptions options;
  options.recent_streams = 2;
  OpenLog(options);
  for (int i = 0; i < 10; ++i) ASSERT_TRUE(log_->Append(One("ward-" + std::to_string(i), NoStream{}), nullptr).ok());
  EXPECT_EQ(AppendCode(One("ward-0", NoStream{})), absl::StatusCode::kAborted);
  Settle();
  EXPECT_EQ(AppendCode(One("ward-1", NoStream{})), absl::StatusCode::kAborted);
  EXPECT_EQ(MustAppend(One("ward-1", ExactVersion{1})).stream_version, 2u);
  EXPECT_EQ(log_->StreamVersion("ward-0").value(), 1u);
}

TEST_P(AppendTest, CommitsAreReported) {
  size_t appends = 0;
  size_t events = 0;
  log_->SetCommitObserver([&](const CommitReport& report) {
    appends += report.appends;
    events += report.events;
    EXPECT_GE(report.sync_micros, 0);
  });
  AppendRequest request = One("ward-1");
  request.streams[0].events = Events(3);
  MustAppend(request);
  MustAppend(One("ward-2"));
  EXPECT_EQ(appends, 2u);
  EXPECT_EQ(events, 4u);
}

TEST_P(AppendTest, WhatIsAppendedUnderAHoldIsCommittedTogether) {
  constexpr size_t kTogether = 300;
  std::atomic<size_t> largest{0};
  log_->SetCommitObserver([&](const CommitReport& report) { largest = std::max(largest.load(), report.appends); });
  // A thread of the log that is only just starting, or finishing a commit, may take the first ones.
  for (int i = 0; i < 1000 && largest < kTogether; ++i) {
    std::promise<void> durable;
    {
      const CommitHold hold(*log_);
      for (size_t n = 1; n < kTogether; ++n) ASSERT_TRUE(log_->Append(One("ward-1"), [](const AppendResult&) {}).ok());
      ASSERT_TRUE(log_->Append(One("ward-1"), [&](const AppendResult&) { durable.set_value(); }).ok());
    }
    durable.get_future().wait();
  }
  EXPECT_EQ(largest, kTogether);
}

TEST_P(AppendTest, TheEndOfAHoldSeesToWhatIsHeldByOthersToo) {
  const CommitHold still_held(*log_);
  std::promise<void> durable;
  {
    const CommitHold hold(*log_);
    ASSERT_TRUE(log_->Append(One("ward-1"), [&](const AppendResult&) { durable.set_value(); }).ok());
  }
  durable.get_future().wait();
  EXPECT_EQ(ReadAll(*log_).size(), 1u);
}

TEST_P(AppendTest, ClosingKeepsWhatWasSequencedAndRefusesTheRest) {
  int told = 0;
  for (int i = 0; i < 10; ++i) ASSERT_TRUE(log_->Append(One("ward-1"), [&](const AppendResult&) { ++told; }).ok());
  log_->Close();
  log_->Close();
  EXPECT_EQ(told, 10);
  EXPECT_EQ(ReadAll(*log_).size(), 10u);
  EXPECT_EQ(AppendCode(One("ward-1")), absl::StatusCode::kUnavailable);
}

TEST_P(AppendTest, LogHasAnIdentity) {
  EXPECT_TRUE(IsUuid(log_->LogId()));
}

}  // namespace
}  // namespace anamnesis::eventlog
