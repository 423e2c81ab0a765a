#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <csignal>

#include "grpc/health/v1/health.grpc.pb.h"
#include "rpc/signals.h"
#include "tests/rpc/test_server.h"

namespace anamnesis::rpc {
namespace {

// Calls Hold and says how it ended.
std::future<absl::Status> HoldAsync(TestServer& server) {
  return std::async(std::launch::async, [&server] {
    grpc::ClientContext context;
    PrepareContext(context, kCaller, kPatience);
    EchoRequest request;
    request.set_text("x");
    EchoResponse response;
    return FromGrpcStatus(server.stub->Hold(&context, request, &response));
  });
}

TEST(DrainTest, FinishesWhatIsInHandAndRefusesTheRest) {
  TestServer server;
  auto held = HoldAsync(server);
  auto done = server.hands.TakeHeld();
  auto drained = std::async(std::launch::async, [&server] { return server.server.Drain(); });
  EXPECT_TRUE(Eventually([&server] { return server.gate.closed(); }));
  const absl::Status refused = server.Echo("x");
  EXPECT_EQ(refused.code(), absl::StatusCode::kUnavailable);
  EXPECT_EQ(Reason(refused), "SHUTTING_DOWN");
  EXPECT_EQ(Reason(server.Echo("")), "INVALID_FIELDS") << "what is wrong anyway need not be sent again";
  done(EchoResponse());
  EXPECT_TRUE(held.get().ok());
  EXPECT_TRUE(drained.get());
}

TEST(DrainTest, IsBounded) {
  TestServer server({}, {.drain_timeout = std::chrono::milliseconds(50)});
  auto held = HoldAsync(server);
  auto done = server.hands.TakeHeld();
  EXPECT_FALSE(server.server.Drain());
  EXPECT_FALSE(held.get().ok());
  done(EchoResponse());
}

TEST(DrainTest, EndsStreamsThatWait) {
  TestServer server;
  grpc::ClientContext context;
  PrepareContext(context, kCaller, kPatience);
  auto reader = server.stub->Count(&context, CountRequest());
  CountResponse response;
  server.hands.Allow(1);
  ASSERT_TRUE(reader->Read(&response));
  EXPECT_TRUE(server.server.Drain());
  EXPECT_FALSE(reader->Read(&response));
  EXPECT_EQ(Reason(FromGrpcStatus(reader->Finish())), "SHUTTING_DOWN");
}

TEST(DrainTest, HealthGoesFirst) {
  TestServer server;
  server.health.SetServing("echo", true);
  auto health = grpc::health::v1::Health::NewStub(server.channel);
  grpc::ClientContext context;
  grpc::health::v1::HealthCheckRequest request;
  request.set_service("echo");
  auto watch = health->Watch(&context, request);
  grpc::health::v1::HealthCheckResponse response;
  ASSERT_TRUE(watch->Read(&response));
  EXPECT_EQ(response.status(), grpc::health::v1::HealthCheckResponse::SERVING);
  EXPECT_TRUE(server.server.Drain());
  ASSERT_TRUE(watch->Read(&response));
  EXPECT_EQ(response.status(), grpc::health::v1::HealthCheckResponse::NOT_SERVING);
  EXPECT_FALSE(watch->Read(&response));
  EXPECT_EQ(watch->Finish().error_code(), grpc::StatusCode::UNAVAILABLE);
}

TEST(DrainTest, TwiceIsOnce) {
  TestServer server;
  EXPECT_TRUE(server.server.Drain());
  EXPECT_TRUE(server.server.Drain());
}

// In a process of its own, for signals are the process's.
TEST(SignalsDeathTest, ASignalDrainsAndASecondEndsAtOnce) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  EXPECT_EXIT(
      {
        BlockSignals();
        std::thread([] { kill(getpid(), SIGTERM); }).join();
        _exit(RunUntilSignalled([] { std::fputs("drained", stderr); }));
      },
      testing::ExitedWithCode(0), "drained");
  EXPECT_EXIT(
      {
        BlockSignals();
        kill(getpid(), SIGTERM);
        RunUntilSignalled([] {
          kill(getpid(), SIGINT);
          pause();
        });
      },
      testing::KilledBySignal(SIGINT), "stopping");
}

}  // namespace
}  // namespace anamnesis::rpc
