#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <thread>

#include "tests/rpc/test_server.h"

namespace anamnesis::rpc {
namespace {

using testing::HasSubstr;
using testing::Not;

constexpr char kTrace[] = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

// Holds one call and says how it ended.
std::future<absl::Status> HoldAsync(TestServer& server, std::chrono::milliseconds timeout,
                                    grpc::ClientContext& context) {
  PrepareContext(context, kCaller, timeout);
  return std::async(std::launch::async, [&server, &context] {
    EchoRequest request;
    request.set_text("x");
    EchoResponse response;
    return FromGrpcStatus(server.stub->Hold(&context, request, &response));
  });
}

TEST(UnaryTest, HandlerSeesTheCallerAndTheTrace) {
  TestServer server;
  grpc::ClientContext context;
  PrepareContext(context, kCaller, kPatience, kTrace);
  EchoRequest request;
  request.set_text("hello");
  EchoResponse response;
  ASSERT_TRUE(server.stub->Echo(&context, request, &response).ok());
  EXPECT_EQ(response.text(), "hello");
  EXPECT_EQ(response.actor(), "dr-a");
  EXPECT_EQ(response.traceparent(), kTrace);
}

// One line for a call of power over the record, with nothing of what was asked; none for any other that succeeds.
TEST(UnaryTest, ACallThatIsForTheLogIsInIt) {
  TestServer server;
  EchoRequest request;
  request.set_text("of a patient");
  EchoResponse response;
  testing::internal::CaptureStderr();
  ASSERT_TRUE(server.Echo("of a patient").ok());
  grpc::ClientContext context;
  PrepareContext(context, kCaller, kPatience);
  ASSERT_TRUE(server.stub->Command(&context, request, &response).ok());
  const std::string log = testing::internal::GetCapturedStderr();
  EXPECT_EQ(std::count(log.begin(), log.end(), '\n'), 1) << log;
  EXPECT_THAT(log, HasSubstr(R"("event":"logged_call")"));
  EXPECT_THAT(log, HasSubstr(R"("method":"anamnesis.rpctest.v1.EchoService/Command","code":"OK")"));
  EXPECT_THAT(log, HasSubstr(R"("actor":"dr-a")"));
  EXPECT_THAT(log, Not(HasSubstr("of a patient")));
}

TEST(UnaryTest, AFaultIsSentByNameOnly) {
  TestServer server;
  for (const char* text : {"fault", "named fault"}) {
    const absl::Status status = server.Echo(text);
    EXPECT_EQ(status.code(), absl::StatusCode::kInternal);
    EXPECT_EQ(Reason(status), "INTERNAL_FAULT");
    EXPECT_EQ(RefusalInfo(status).metadata().at("trace_id").size(), 32u);
    EXPECT_THAT(status.ToString(), Not(HasSubstr("fire")));
  }
}

TEST(UnaryTest, ADroppedAnswerIsAFaultNotAHangingCall) {
  TestServer server;
  EXPECT_EQ(Reason(server.Echo("drop")), "INTERNAL_FAULT");
}

TEST(UnaryTest, TheAnswerMayComeFromAnyThreadAndOnlyTheFirstCounts) {
  TestServer server;
  grpc::ClientContext context;
  auto ended = HoldAsync(server, kPatience, context);
  auto done = server.hands.TakeHeld();
  std::thread([&done] {
    done(EchoResponse());
    done(absl::InternalError("too late"));
  }).join();
  EXPECT_TRUE(ended.get().ok());
}

TEST(UnaryTest, TheCallersDeadlineEndsTheCall) {
  TestServer server;
  // A busy machine may take longer than the deadline to bring the call to the handler: then with a later one.
  for (std::chrono::milliseconds deadline{30}; !server.hands.Holds(); deadline *= 2) {
    ASSERT_LT(deadline, kPatience);
    grpc::ClientContext context;
    EXPECT_EQ(HoldAsync(server, deadline, context).get().code(), absl::StatusCode::kDeadlineExceeded);
  }
  server.hands.TakeHeld()(EchoResponse());  // Goes nowhere, harms nothing.
}

TEST(UnaryTest, WithoutADeadlineTheServersOwnEndsTheCall) {
  TestServer server({.max_unary_time = std::chrono::milliseconds(30)});
  grpc::ClientContext context;
  auto ended = HoldAsync(server, kNoTimeout, context);
  EXPECT_EQ(Reason(ended.get()), "DEADLINE_PASSED");
  server.hands.TakeHeld()(EchoResponse());
  EXPECT_THAT(server.metrics.Text(), HasSubstr(R"(grpc_code="DeadlineExceeded",grpc_method="Hold")"));
}

TEST(UnaryTest, ACancelledCallIsCountedAsSuch) {
  TestServer server;
  grpc::ClientContext context;
  auto ended = HoldAsync(server, kPatience, context);
  auto done = server.hands.TakeHeld();
  context.TryCancel();
  EXPECT_EQ(ended.get().code(), absl::StatusCode::kCancelled);
  EXPECT_TRUE(Eventually([&server] {
    return server.metrics.Text().find(R"(grpc_code="Canceled",grpc_method="Hold")") != std::string::npos;
  }));
  done(EchoResponse());
}

TEST(UnaryTest, ManyCallsAtOnce) {
  TestServer server;
  std::vector<std::thread> callers;
  std::atomic<int> served{0};
  for (int i = 0; i < 8; ++i) {
    callers.emplace_back([&] {
      for (int j = 0; j < 50; ++j) served += server.Echo("x").ok() ? 1 : 0;
    });
  }
  for (std::thread& caller : callers) caller.join();
  EXPECT_EQ(served, 400);
}

}  // namespace
}  // namespace anamnesis::rpc
