// A read model over real gRPC, with a publisher that the test plays.
#include <chrono>
#include <filesystem>
#include <future>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "anamnesis/chart/v1/chart_service.grpc.pb.h"
#include "anamnesis/projection/v1/projection_service.grpc.pb.h"
#include "base/refusal.h"
#include "base/uuid.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "rpc/client.h"
#include "rpc/status.h"
#include "services/readmodel/readmodel_module.h"
#include "tests/readmodel/records.h"

namespace anamnesis::readmodel {
namespace {

using chart::v1::GetChartRequest;
using chart::v1::GetChartResponse;
using projection::v1::PublishBatch;
using projection::v1::PublishRequest;
using projection::v1::PublishResponse;
using projection::v1::View;

constexpr std::chrono::milliseconds kPatience{20'000};
const rpc::Caller kEverybody{
    .actor = "test", .roles = {"clinician", "operator", "service"}
};

// One stream to the read model.
class Publisher {
 public:
  explicit Publisher(const std::shared_ptr<grpc::Channel>& channel)
      : stub_(projection::v1::ProjectionService::NewStub(channel)) {
    rpc::PrepareContext(context_, kEverybody, kPatience);
    stream_ = stub_->Publish(&context_);
  }
  ~Publisher() {
    context_.TryCancel();
    PublishResponse rest;
    while (stream_->Read(&rest)) continue;
    if (!finished_) stream_->Finish();
  }

  void Say(const projection::v1::PublishHello& hello) {
    PublishRequest request;
    *request.mutable_hello() = hello;
    stream_->Write(request);
  }
  void Say(const PublishBatch& batch) {
    PublishRequest request;
    *request.mutable_batch() = batch;
    stream_->Write(request);
  }
  // The position of the welcome; the stream must go on.
  uint64_t Welcome() {
    PublishResponse response;
    EXPECT_TRUE(stream_->Read(&response) && response.has_welcome());
    EXPECT_EQ(response.welcome().window(), projection::kPublishWindow);
    return response.welcome().applied_position();
  }
  void AwaitAck(uint64_t position) {
    PublishResponse response;
    while (response.ack().applied_position() < position) ASSERT_TRUE(stream_->Read(&response));
  }
  // Why the stream ended.
  std::string Ending() {
    PublishResponse rest;
    while (stream_->Read(&rest)) continue;
    finished_ = true;
    return RefusalInfo(rpc::FromGrpcStatus(stream_->Finish())).reason();
  }

 private:
  const std::unique_ptr<projection::v1::ProjectionService::Stub> stub_;
  grpc::ClientContext context_;
  std::unique_ptr<grpc::ClientReaderWriter<PublishRequest, PublishResponse>> stream_;
  bool finished_ = false;
};

class PublishTest : public testing::Test {
 protected:
  PublishTest() : directory_(testing::TempDir() + "/" + NewUuid()) { Start(); }
  ~PublishTest() override {
    model_.reset();
    std::filesystem::remove_all(directory_);
  }

  void Start() {
    model_.reset();
    auto model = ReadModel::Start({.data_dir = directory_, .store = {.purge_patience = std::chrono::milliseconds(0)}});
    ASSERT_TRUE(model.ok()) << model.status();
    model_ = *std::move(model);
    channel_ = rpc::Connect("127.0.0.1:" + std::to_string(model_->port()));
    chart_ = chart::v1::ChartService::NewStub(channel_);
  }
  std::unique_ptr<Publisher> Connect(uint64_t tail, uint64_t expected) {
    auto publisher = std::make_unique<Publisher>(channel_);
    publisher->Say(Hello(tail));
    EXPECT_EQ(publisher->Welcome(), expected);
    return publisher;
  }

  absl::StatusOr<GetChartResponse> Chart(const GetChartRequest& request,
                                         std::chrono::milliseconds timeout = kPatience) {
    grpc::ClientContext context;
    rpc::PrepareContext(context, kEverybody, timeout);
    GetChartResponse response;
    const grpc::Status status = chart_->GetChart(&context, request, &response);
    if (!status.ok()) return rpc::FromGrpcStatus(status);
    return response;
  }
  static GetChartRequest ChartOfPatient(uint64_t min_position = 0) {
    GetChartRequest request;
    request.set_patient_id(Id(1));
    if (min_position > 0) (*request.mutable_options()->mutable_min_positions())["patient"] = min_position;
    return request;
  }
  std::string Rebuild(const std::string& service) {
    grpc::ClientContext context;
    rpc::PrepareContext(context, kEverybody, kPatience);
    chart::v1::RebuildProjectionRequest request;
    request.set_service(service);
    chart::v1::RebuildProjectionResponse response;
    return RefusalInfo(rpc::FromGrpcStatus(chart_->RebuildProjection(&context, request, &response))).reason();
  }
  chart::v1::ProjectionStatus Status() {
    grpc::ClientContext context;
    rpc::PrepareContext(context, kEverybody, kPatience);
    chart::v1::GetProjectionStatusResponse response;
    EXPECT_TRUE(chart_->GetProjectionStatus(&context, {}, &response).ok());
    EXPECT_EQ(response.services_size(), 1);
    return response.services(0);
  }

  const PublishBatch registered_ = Batch(0, 1, {Put(1, 1, "patient", 1, Patient(1, "Ana", "Lee"))});
  const std::string directory_;
  std::unique_ptr<ReadModel> model_;
  std::shared_ptr<grpc::Channel> channel_;
  std::unique_ptr<chart::v1::ChartService::Stub> chart_;
};

TEST_F(PublishTest, GoesOnAfterEitherSideDied) {
  {
    auto publisher = Connect(9, 0);
    publisher->Say(registered_);
    publisher->AwaitAck(1);
  }
  {
    auto publisher = Connect(9, 1);
    publisher->Say(registered_);  // Again, as after a lost acknowledgement.
    publisher->Say(Batch(1, 2, {Put(2, 1, "problem", 7, Problem(1))}));
    publisher->AwaitAck(2);
  }
  Start();
  auto publisher = Connect(9, 2);
  const auto chart = Chart(ChartOfPatient());
  ASSERT_TRUE(chart.ok()) << chart.status();
  EXPECT_EQ(chart->active_problems_size(), 1);
  EXPECT_EQ(chart->info().applied_positions().at("patient"), 2u);
}

TEST_F(PublishTest, AcknowledgesMoreThanAWindowOfBatches) {
  auto publisher = Connect(100, 0);
  for (uint64_t position = 0; position < 100; ++position) publisher->Say(Batch(position, position + 1, {}));
  publisher->AwaitAck(100);
  EXPECT_EQ(Status().applied_position(), 100u);
}

TEST_F(PublishTest, RefusesWhatIsOutOfOrderOrOfAnotherLog) {
  {
    Publisher publisher(channel_);
    publisher.Say(registered_);
    EXPECT_EQ(publisher.Ending(), "PUBLISH_OUT_OF_ORDER");
  }
  {
    auto publisher = Connect(1, 0);
    publisher->Say(Hello(1));
    EXPECT_EQ(publisher->Ending(), "PUBLISH_OUT_OF_ORDER");
  }
  {
    auto publisher = Connect(1, 0);
    publisher->Say(Batch(3, 4, {}));
    EXPECT_EQ(publisher->Ending(), "PUBLISH_GAP");
  }
  {
    Publisher publisher(channel_);
    publisher.Say(Hello(1, 1, kOtherLog));
    EXPECT_EQ(publisher.Ending(), "LOG_MISMATCH");
  }
}

TEST_F(PublishTest, ANewerStreamReplacesTheOlder) {
  auto older = Connect(1, 0);
  auto newer = Connect(1, 0);
  EXPECT_EQ(older->Ending(), "PUBLISHER_REPLACED");
  newer->Say(registered_);
  newer->AwaitAck(1);
  EXPECT_TRUE(Status().publisher_connected());
}

TEST_F(PublishTest, ARebuildHasThePublisherBeginAgain) {
  EXPECT_EQ(Rebuild("patient"), "SERVICE_NOT_FOUND");
  auto publisher = Connect(1, 0);
  publisher->Say(registered_);
  publisher->AwaitAck(1);
  EXPECT_EQ(Rebuild("patient"), "");
  EXPECT_EQ(publisher->Ending(), "PUBLISHER_REPLACED");
  EXPECT_TRUE(Status().rebuild_requested());
  EXPECT_FALSE(Status().publisher_connected());

  publisher = Connect(1, 0);
  EXPECT_EQ(Status().building_generation(), 2u);
  EXPECT_TRUE(Chart(ChartOfPatient()).ok()) << "the old generation answers meanwhile";
  publisher->Say(Batch(0, 1, {Put(1, 1, "patient", 1, Patient(1, "Bea", "Lee"))}));
  publisher->AwaitAck(1);
  EXPECT_EQ(Status().generation(), 2u);
  EXPECT_EQ(Chart(ChartOfPatient())->patient().demographics().names(0).given(0), "Bea");
}

TEST_F(PublishTest, WhatAReaderSeesOfTheErasedIsPurgedWhenItIsDoneThoughNothingIsPublished) {
  auto publisher = Connect(2, 0);
  publisher->Say(Batch(0, 1, {Put(1, 1, "patient", 1, Patient(1, "Erasmia", "Lee"))}));
  publisher->AwaitAck(1);
  {
    const projection::ViewReader reader = model_->store().Read();
    publisher->Say(Batch(1, 2, {Purge(2, 1)}));
    publisher->AwaitAck(2);
    EXPECT_TRUE(model_->store().PurgeIsDue());
    EXPECT_TRUE(IsInAFile(directory_, "Erasmia"));
  }
  const auto give_up = std::chrono::steady_clock::now() + kPatience;
  for (; model_->store().PurgeIsDue(); Status()) ASSERT_LT(std::chrono::steady_clock::now(), give_up);
  EXPECT_FALSE(IsInAFile(directory_, "Erasmia"));
}

TEST_F(PublishTest, AChartNeverShowsLessThanItsPositions) {
  auto publisher = Connect(50, 0);
  publisher->Say(registered_);
  for (uint64_t position = 2; position <= 50; ++position) {
    publisher->Say(
        Batch(position - 1, position, {Put(position, 1, "problem", static_cast<int>(position), Problem(1))}));
    const auto chart = Chart(ChartOfPatient(1));
    ASSERT_TRUE(chart.ok()) << chart.status();
    EXPECT_GE(static_cast<uint64_t>(chart->active_problems_size()) + 1,
              chart->info().applied_positions().at("patient"));
  }
  EXPECT_EQ(Chart(ChartOfPatient(50))->active_problems_size(), 49);
}

TEST_F(PublishTest, QueriesWaitForPositionsUpToTheDeadline) {
  auto publisher = Connect(1, 0);
  auto waiting = std::async(std::launch::async, [this] { return Chart(ChartOfPatient(1)); });
  publisher->Say(registered_);
  EXPECT_TRUE(waiting.get().ok());

  const auto late = Chart(ChartOfPatient(5), std::chrono::milliseconds(500));
  EXPECT_EQ(RefusalInfo(late.status()).reason(), "NOT_CAUGHT_UP") << late.status();
  EXPECT_EQ(RefusalInfo(late.status()).metadata().at("patient"), "4");

  GetChartRequest stale = ChartOfPatient(5);
  stale.mutable_options()->set_allow_stale(true);
  const auto answer = Chart(stale);
  ASSERT_TRUE(answer.ok()) << answer.status();
  EXPECT_TRUE(answer->info().stale());
  EXPECT_FALSE(Chart(ChartOfPatient())->info().stale());
}

TEST_F(PublishTest, StoppingLetsWaitingQueriesGo) {
  auto publisher = Connect(1, 0);
  auto waiting = std::async(std::launch::async, [this] { return Chart(ChartOfPatient(5)); });
  EXPECT_TRUE(model_->Drain()) << "no call had to be cut off";
  // UNAVAILABLE with SHUTTING_DOWN if it was in, or because nobody listens any more. A call that reaches gRPC just as
  // it closes is answered CANCELLED by gRPC itself.
  EXPECT_THAT(waiting.get().status().code(),
              ::testing::AnyOf(absl::StatusCode::kUnavailable, absl::StatusCode::kCancelled));
}

}  // namespace
}  // namespace anamnesis::readmodel
