#include "service/write_service.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "account_domain.h"
#include "account_service.grpc.pb.h"
#include "anamnesis/event/v1/feed_service.grpc.pb.h"
#include "anamnesis/ops/v1/ops_service.grpc.pb.h"
#include "grpc/health/v1/health.grpc.pb.h"
#include "rpc/status.h"
#include "tests/service/account_client.h"

namespace anamnesis::service {
namespace {

namespace v1 = test::account::v1;
using Service = WriteService<decider::AccountDomain, v1::SubmitRequest, v1::SubmitResponse>;

class WriteServiceTest : public ::testing::Test {
 protected:
  void SetUp() override {
    auto started = Service::Start({.name = "account"}, {});
    ASSERT_TRUE(started.ok()) << started.status();
    service_ = *std::move(started);
    channel_ = rpc::Connect("127.0.0.1:" + std::to_string(service_->port()));
    stub_ = v1::AccountService::NewStub(channel_);
  }

  absl::StatusOr<rpc::v1::CommandOutcome> Add(const std::string& account, int64_t points) {
    v1::AddRequest request;
    request.set_account_id(account);
    request.set_points(points);
    rpc::v1::CommandOutcome outcome;
    const grpc::Status status = stub_->Add(NewContext().get(), request, &outcome);
    if (!status.ok()) return rpc::FromGrpcStatus(status);
    return outcome;
  }

  std::unique_ptr<Service> service_;
  std::shared_ptr<grpc::Channel> channel_;
  std::unique_ptr<v1::AccountService::Stub> stub_;
};

TEST_F(WriteServiceTest, EveryCommandOfTheContractIsServed) {
  const auto outcome = Add("a", 5);
  ASSERT_TRUE(outcome.ok()) << outcome.status();
  EXPECT_EQ(outcome->position(), 1u);
  v1::MoveRequest move;
  move.set_from_id("a");
  move.set_to_id("b");
  move.set_points(2);
  rpc::v1::CommandOutcome moved;
  EXPECT_TRUE(stub_->Move(NewContext().get(), move, &moved).ok());
  EXPECT_EQ(moved.position(), 3u);
}

TEST_F(WriteServiceTest, ARefusalArrivesWithItsName) {
  EXPECT_EQ(RefusalInfo(Add("a", -1).status()).reason(), "NOT_ENOUGH_POINTS");
  EXPECT_EQ(RefusalInfo(Add("", 1).status()).reason(), "INVALID_FIELDS");
}

TEST_F(WriteServiceTest, TheFeedTellsWhoDidWhat) {
  ASSERT_TRUE(Add("a", 5).ok());
  const auto feed = event::v1::EventFeedService::NewStub(channel_);
  event::v1::ReadEventsResponse page;
  ASSERT_TRUE(feed->ReadEvents(NewContext().get(), {}, &page).ok());
  ASSERT_EQ(page.events_size(), 1);
  EXPECT_EQ(page.events(0).actor(), "user:tester");
  EXPECT_EQ(page.events(0).stream(), "account-a");
  EXPECT_EQ(page.events(0).type(), "anamnesis.test.account.v1.PointsAdded");
}

TEST_F(WriteServiceTest, SubmitAnswersEachCommandWithItsOwnOutcome) {
  auto context = NewContext();
  const auto stream = stub_->Submit(context.get());
  const std::vector<int64_t> points = {5, -7, 0, 3};
  for (size_t i = 0; i < points.size(); ++i) {
    v1::SubmitRequest request;
    request.set_sequence(i);
    if (i != 2) {  // The third carries no command.
      request.mutable_command()->mutable_add()->set_account_id("a");
      request.mutable_command()->mutable_add()->set_points(points[i]);
    }
    ASSERT_TRUE(stream->Write(request));
  }
  stream->WritesDone();
  std::map<uint64_t, std::string> results;
  v1::SubmitResponse response;
  while (stream->Read(&response)) {
    results[response.sequence()] = response.has_outcome() ? "etag " + response.outcome().etag()
                                                          : RefusalInfo(FromRpcStatus(response.error())).reason();
  }
  EXPECT_TRUE(stream->Finish().ok());
  EXPECT_THAT(results, ::testing::ElementsAre(::testing::Pair(0, "etag 1"), ::testing::Pair(1, "NOT_ENOUGH_POINTS"),
                                              ::testing::Pair(2, "COMMAND_MISSING"), ::testing::Pair(3, "etag 2")));
}

TEST_F(WriteServiceTest, SeveralCommandsInOneMessageAreAnsweredInOne) {
  auto context = NewContext();
  const auto stream = stub_->Submit(context.get());
  v1::SubmitRequest request;
  const auto add = [](v1::SubmitRequest& to, uint64_t sequence, int64_t points) {
    to.set_sequence(sequence);
    to.mutable_command()->mutable_add()->set_account_id("a");
    to.mutable_command()->mutable_add()->set_points(points);
  };
  add(request, 10, 5);
  add(*request.add_more(), 11, -7);
  add(*request.add_more(), 12, 3);
  request.mutable_more(1)->mutable_command()->mutable_add()->clear_account_id();
  add(*request.add_more(), 13, 4);
  add(*request.mutable_more(2)->add_more(), 99, 100);
  add(*request.add_more(), 14, 2);
  ASSERT_TRUE(stream->Write(request));
  v1::SubmitResponse response;
  ASSERT_TRUE(stream->Read(&response));
  stream->WritesDone();
  EXPECT_TRUE(stream->Finish().ok());
  std::vector<std::string> results;
  const auto note = [&](const v1::SubmitResponse& one) {
    results.push_back(absl::StrCat(
        one.sequence(), " ",
        one.has_outcome() ? "etag " + one.outcome().etag() : RefusalInfo(FromRpcStatus(one.error())).reason()));
  };
  note(response);
  for (const v1::SubmitResponse& further : response.more()) note(further);
  EXPECT_THAT(results, ::testing::ElementsAre("10 etag 1", "11 NOT_ENOUGH_POINTS", "12 INVALID_FIELDS",
                                              "13 INVALID_FIELDS", "14 etag 2"));
}

TEST_F(WriteServiceTest, GatheredAnswersAreOneToEachCommand) {
  constexpr uint64_t kMessages = 500;
  auto context = NewContext();
  const auto stream = stub_->Submit(context.get());
  v1::SubmitRequest request;
  request.set_gather_answer(true);
  for (uint64_t i = 0; i < kMessages; ++i) {
    request.set_sequence(i);
    request.mutable_command()->mutable_add()->set_account_id("a");
    request.mutable_command()->mutable_add()->set_points(i % 10 == 0 ? -1'000'000 : 1);
    ASSERT_TRUE(stream->Write(request));
  }
  stream->WritesDone();
  std::map<uint64_t, int> answers;
  const auto note = [&](const v1::SubmitResponse& one) {
    ++answers[one.sequence()];
    EXPECT_EQ(one.has_error(), one.sequence() % 10 == 0) << one.sequence();
  };
  v1::SubmitResponse response;
  while (stream->Read(&response)) {
    note(response);
    for (const v1::SubmitResponse& further : response.more()) note(further);
  }
  EXPECT_TRUE(stream->Finish().ok());
  EXPECT_EQ(answers.size(), kMessages);
  EXPECT_THAT(answers, ::testing::Each(::testing::Pair(::testing::_, 1)));
}

TEST_F(WriteServiceTest, TooManyCommandsInOneMessageAreAllRefused) {
  auto context = NewContext();
  const auto stream = stub_->Submit(context.get());
  v1::SubmitRequest request;
  for (int i = 0; i < 257; ++i) request.add_more();
  ASSERT_TRUE(stream->Write(request));
  stream->WritesDone();
  v1::SubmitResponse response;
  ASSERT_TRUE(stream->Read(&response));
  EXPECT_TRUE(stream->Finish().ok());
  ASSERT_EQ(response.more_size(), 257);
  EXPECT_EQ(RefusalInfo(FromRpcStatus(response.error())).reason(), "INVALID_FIELDS");
  EXPECT_EQ(RefusalInfo(FromRpcStatus(response.more(256).error())).reason(), "INVALID_FIELDS");
}

// So many that the answers would fill the memory: one, in the name of the first.
TEST_F(WriteServiceTest, AMessageOfEmptyCommandsIsRefusedAsOne) {
  auto context = NewContext();
  const auto stream = stub_->Submit(context.get());
  v1::SubmitRequest request;
  request.set_sequence(9);
  for (int i = 0; i < 100'000; ++i) request.add_more();
  ASSERT_TRUE(stream->Write(request));
  stream->WritesDone();
  v1::SubmitResponse response;
  ASSERT_TRUE(stream->Read(&response));
  EXPECT_EQ(response.sequence(), 9u);
  EXPECT_EQ(response.more_size(), 0);
  EXPECT_EQ(RefusalInfo(FromRpcStatus(response.error())).reason(), "INVALID_FIELDS");
  EXPECT_FALSE(stream->Read(&response));
  EXPECT_TRUE(stream->Finish().ok());
}

TEST_F(WriteServiceTest, SubmitTellsOfAFaultByItsTraceIdOnly) {
  eventlog::StreamAppend damaged{.stream = "account-a"};
  damaged.events.push_back({.event_id = NewUuid(), .type = "test.Event", .payload = "not an event"});
  ASSERT_TRUE(service_->log().AppendAndWait({.streams = {damaged}}).ok());
  auto context = NewContext();
  const auto stream = stub_->Submit(context.get());
  v1::SubmitRequest request;
  request.mutable_command()->mutable_add()->set_account_id("a");
  request.mutable_command()->mutable_add()->set_points(1);
  ASSERT_TRUE(stream->Write(request));
  stream->WritesDone();
  v1::SubmitResponse response;
  ASSERT_TRUE(stream->Read(&response));
  EXPECT_TRUE(stream->Finish().ok());
  const google::rpc::ErrorInfo info = RefusalInfo(FromRpcStatus(response.error()));
  EXPECT_EQ(info.reason(), "INTERNAL_FAULT");
  EXPECT_EQ(info.metadata().at("trace_id").size(), 32u);
  EXPECT_EQ(response.error().message().find("position"), std::string::npos);
}

TEST_F(WriteServiceTest, ManyCommandsOnOneStreamAreDecidedInTheirOrder) {
  constexpr uint64_t kCommands = 2000;
  auto context = NewContext();
  const auto stream = stub_->Submit(context.get());
  std::thread writer([&] {
    for (uint64_t i = 1; i <= kCommands; ++i) {
      v1::SubmitRequest request;
      request.set_sequence(i);
      request.mutable_command()->mutable_add()->set_account_id("a");
      request.mutable_command()->mutable_add()->set_points(1);
      if (!stream->Write(request)) break;
    }
    stream->WritesDone();
  });
  uint64_t answered = 0;
  v1::SubmitResponse response;
  while (stream->Read(&response)) {
    ++answered;
    EXPECT_EQ(response.outcome().stream_version(), response.sequence());
  }
  writer.join();
  EXPECT_TRUE(stream->Finish().ok());
  EXPECT_EQ(answered, kCommands);
}

TEST_F(WriteServiceTest, StatusSaysWhereTheLogIs) {
  ASSERT_TRUE(Add("a", 5).ok());
  ops::v1::GetStatusResponse status;
  ASSERT_TRUE(ops::v1::OpsService::NewStub(channel_)->GetStatus(NewContext().get(), {}, &status).ok());
  EXPECT_EQ(status.service(), "account");
  EXPECT_EQ(status.tail_position(), 1u);
  EXPECT_EQ(status.process_id(), getpid());
}

TEST_F(WriteServiceTest, HealthIsServingUntilItDrains) {
  const auto health = grpc::health::v1::Health::NewStub(channel_);
  grpc::health::v1::HealthCheckResponse response;
  ASSERT_TRUE(health->Check(NewContext().get(), {}, &response).ok());
  EXPECT_EQ(response.status(), grpc::health::v1::HealthCheckResponse::SERVING);
  EXPECT_TRUE(service_->Drain());
  EXPECT_FALSE(Add("a", 1).ok());
}

}  // namespace
}  // namespace anamnesis::service
