// A publisher over real gRPC, to a read model that the test plays.
#include "projection/publisher.h"

#include <chrono>
#include <deque>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "anamnesis/projection/v1/projection_service.grpc.pb.h"
#include "base/mutex.h"
#include "base/uuid.h"
#include "eventlog/open.h"
#include "gmock/gmock.h"
#include "grpcpp/grpcpp.h"
#include "gtest/gtest.h"
#include "rpc/client.h"

namespace anamnesis::projection {
namespace {

using testing::Pair;

constexpr std::chrono::milliseconds kPatience{20'000};
constexpr uint32_t kWindow = 8;

// Takes batches as they come and acknowledges what it is told to.
class PlayedReadModel final : public v1::ProjectionService::Service {
  using Stream = grpc::ServerReaderWriter<v1::PublishResponse, v1::PublishRequest>;

 public:
  PlayedReadModel() {
    grpc::ServerBuilder builder;
    builder.AddListeningPort("127.0.0.1:0", grpc::InsecureServerCredentials(), &port_);
    builder.RegisterService(this);
    server_ = builder.BuildAndStart();
  }
  ~PlayedReadModel() override { server_->Shutdown(std::chrono::system_clock::now()); }

  grpc::Status Publish(grpc::ServerContext*, Stream* stream) override {
    v1::PublishRequest request;
    if (!stream->Read(&request)) return grpc::Status::OK;
    v1::PublishResponse response;
    response.mutable_welcome()->set_window(kWindow);
    stream->Write(response);
    {
      MutexLock lock(mutex_);
      stream_ = stream;
    }
    while (stream->Read(&request)) {
      MutexLock lock(mutex_);
      batches_.emplace_back(request.batch().after_position(), request.batch().up_to_position());
      changed_.NotifyAll();
    }
    MutexLock lock(mutex_);
    stream_ = nullptr;
    return grpc::Status::OK;
  }

  // The next batch: the positions after and up to which it goes.
  std::pair<uint64_t, uint64_t> Next() {
    MutexLock lock(mutex_);
    changed_.WaitFor(mutex_, kPatience, [this]() NO_THREAD_SAFETY_ANALYSIS { return !batches_.empty(); });
    if (batches_.empty()) return {0, 0};
    const auto next = batches_.front();
    batches_.pop_front();
    return next;
  }
  void Acknowledge(uint64_t position) {
    v1::PublishResponse response;
    response.mutable_ack()->set_applied_position(position);
    MutexLock lock(mutex_);
    ASSERT_NE(stream_, nullptr);
    stream_->Write(response);
  }
  std::shared_ptr<grpc::Channel> Channel() const { return rpc::Connect("127.0.0.1:" + std::to_string(port_)); }

 private:
  Mutex mutex_;
  CondVar changed_;
  Stream* stream_ GUARDED_BY(mutex_) = nullptr;
  std::deque<std::pair<uint64_t, uint64_t>> batches_ GUARDED_BY(mutex_);
  int port_ = 0;
  std::unique_ptr<grpc::Server> server_;
};

class PublisherTest : public testing::Test {
 protected:
  void Append(int events, size_t payload_bytes = 10) {
    eventlog::AppendRequest request;
    eventlog::StreamAppend append{.stream = "patient-" + NewUuid()};
    for (int i = 0; i < events; ++i) {
      append.events.push_back(
          {.event_id = NewUuid(), .type = "test.Happened", .payload = std::string(payload_bytes, 'x')});
    }
    request.streams.push_back(std::move(append));
    ASSERT_TRUE(log_->AppendAndWait(std::move(request)).ok());
  }
  void Publish() {
    const auto nothing = [](const eventlog::Record&) { return std::vector<v1::ViewChange>(); };
    publisher_ = std::make_unique<Publisher>(*log_, nothing, model_.Channel(), PublisherOptions{.service = "patient"});
  }

  const std::unique_ptr<eventlog::EventLog> log_ = eventlog::NewMemoryLog({});
  PlayedReadModel model_;
  std::unique_ptr<Publisher> publisher_;
};

TEST_F(PublisherTest, WhatComesWhileABatchIsUnderWayGoesTogether) {
  Publish();
  Append(1);
  EXPECT_THAT(model_.Next(), Pair(0, 1));
  for (int i = 0; i < 5; ++i) Append(1);
  model_.Acknowledge(1);
  EXPECT_THAT(model_.Next(), Pair(1, 6));
}

TEST_F(PublisherTest, WhoIsFarBehindIsSentAWindowOfBatches) {
  constexpr int kAppends = 20;
  constexpr int kEvents = 100;
  for (int i = 0; i < kAppends; ++i) Append(kEvents, 1000);
  Publish();
  const auto first = model_.Next();
  const auto second = model_.Next();  // Nothing is acknowledged.
  EXPECT_EQ(first.first, 0u);
  EXPECT_EQ(second.first, first.second);
  EXPECT_LT(second.second, static_cast<uint64_t>(kAppends * kEvents)) << "the log should take several batches";
  EXPECT_GT(second.second, second.first);
}

}  // namespace
}  // namespace anamnesis::projection
