// Requests: the same id and digest are answered with the first outcome, for ever; another digest is refused.
#include <future>

#include "gmock/gmock.h"
#include "tests/eventlog/log_fixture.h"

namespace anamnesis::eventlog {
namespace {

class RequestsTest : public LogTest {};
INSTANTIATE_FOR_BOTH_ENGINES(RequestsTest);

void ExpectSameOutcome(const AppendResult& again, const AppendResult& first) {
  EXPECT_TRUE(again.duplicate);
  EXPECT_EQ(again.first_position, first.first_position);
  EXPECT_EQ(again.last_position, first.last_position);
  EXPECT_EQ(again.stream_version, first.stream_version);
  EXPECT_EQ(again.recorded_micros, first.recorded_micros);
  EXPECT_EQ(again.result, first.result);
}

TEST_P(RequestsTest, RepeatedRequestGetsTheFirstOutcome) {
  const AppendResult first = MustAppend(WithRequestId(One("ward-1", NoStream{}), "r1", 'd', "created"));
  EXPECT_FALSE(first.duplicate);
  EXPECT_EQ(first.result, "created");
  MustAppend(One("ward-1"));
  // Its demand (no stream) no longer holds: being a repetition comes first.
  ExpectSameOutcome(MustAppend(WithRequestId(One("ward-1", NoStream{}), "r1", 'd', "not this")), first);
  EXPECT_EQ(log_->Tail(), 2u);
}

TEST_P(RequestsTest, RepeatedWhileOnItsWayToTheDisk) {
  const auto request = WithRequestId(One("ward-1", NoStream{}), "r1");
  std::vector<int> told;
  const auto first = log_->Append(request, [&](const AppendResult&) { told.push_back(1); });
  const auto again = log_->Append(request, [&](const AppendResult& result) {
    EXPECT_EQ(log_->Tail(), 1u);
    EXPECT_TRUE(result.duplicate);
    told.push_back(2);
  });
  ASSERT_TRUE(first.ok() && again.ok());
  ExpectSameOutcome(*again, *first);
  Settle();
  EXPECT_THAT(told, testing::ElementsAre(1, 2));
  EXPECT_EQ(log_->Tail(), 1u);
}

TEST_P(RequestsTest, SameIdForAnotherRequestIsRefused) {
  ASSERT_TRUE(log_->Append(WithRequestId(One("ward-1"), "r1", 'a'), nullptr).ok());
  const auto other = WithRequestId(One("ward-2"), "r1", 'b');
  EXPECT_EQ(AppendCode(other), absl::StatusCode::kAlreadyExists);
  Settle();
  EXPECT_EQ(AppendCode(other), absl::StatusCode::kAlreadyExists);
  EXPECT_EQ(log_->StreamVersion("ward-2").value(), 0u);
}

TEST_P(RequestsTest, RefusedRequestIsNotRemembered) {
  EXPECT_EQ(AppendCode(WithRequestId(One("ward-1", StreamExists{}), "r1", 'a')), absl::StatusCode::kAborted);
  EXPECT_FALSE(MustAppend(WithRequestId(One("ward-1"), "r1", 'b')).duplicate);
}

TEST_P(RequestsTest, WithoutIdNothingIsRecognised) {
  EXPECT_FALSE(MustAppend(One("ward-1")).duplicate);
  EXPECT_FALSE(MustAppend(One("ward-1")).duplicate);
  EXPECT_EQ(log_->Tail(), 2u);
}

TEST_P(RequestsTest, FindRequestKnowsDurableAndPending) {
  const std::string digest(kRequestDigestBytes, 'd');
  EXPECT_FALSE(log_->FindRequest("r1", digest).value().has_value());
  const auto first = log_->Append(WithRequestId(One("ward-1"), "r1"), nullptr);
  ASSERT_TRUE(first.ok());
  ExpectSameOutcome(log_->FindRequest("r1", digest).value().value(), *first);
  Settle();
  ExpectSameOutcome(log_->FindRequest("r1", digest).value().value(), *first);
  EXPECT_EQ(log_->FindRequest("r1", std::string(kRequestDigestBytes, 'x')).status().code(),
            absl::StatusCode::kAlreadyExists);
  EXPECT_FALSE(log_->FindRequest("r2", digest).value().has_value());
}

TEST_P(RequestsTest, WhenDurableIsAtOnceIfNothingIsPending) {
  AppendRequest request = One("ward-1");
  request.may_commit_here = true;  // So that when Append returns, all are told.
  ASSERT_TRUE(log_->Append(std::move(request), nullptr).ok());
  bool told = false;
  log_->WhenDurable([&] { told = true; });
  EXPECT_TRUE(told);
}

TEST_P(RequestsTest, SnapshotIsKeptByStream) {
  EXPECT_FALSE(log_->LoadSnapshot("ward-1").value().has_value());
  AppendRequest request = One("ward-1");
  request.streams[0].events = Events(3);
  MustAppend(request);
  ASSERT_TRUE(log_->SaveSnapshot("ward-1", {2, 7, "old"}).ok());
  ASSERT_TRUE(log_->SaveSnapshot("ward-1", {3, 8, std::string("\0state", 6)}).ok());
  const auto snapshot = log_->LoadSnapshot("ward-1").value();
  ASSERT_TRUE(snapshot.has_value());
  EXPECT_EQ(snapshot->version, 3u);
  EXPECT_EQ(snapshot->format, 8u);
  EXPECT_EQ(snapshot->data, std::string("\0state", 6));
  EXPECT_FALSE(log_->LoadSnapshot("ward-2").value().has_value());
}

TEST_P(RequestsTest, SnapshotOfWhatIsNotDurableIsRefused) {
  MustAppend(One("ward-1"));
  EXPECT_EQ(log_->SaveSnapshot("ward-1", {2, 1, "ahead"}).code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_FALSE(log_->LoadSnapshot("ward-1").value().has_value());
}

}  // namespace
}  // namespace anamnesis::eventlog
