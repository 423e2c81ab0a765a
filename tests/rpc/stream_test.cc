#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/rpc/test_server.h"

namespace anamnesis::rpc {
namespace {

class StreamTest : public testing::Test {
 protected:
  std::unique_ptr<grpc::ClientReader<CountResponse>> Count(grpc::ClientContext& context, uint32_t count,
                                                           std::chrono::milliseconds timeout = kPatience) {
    PrepareContext(context, kCaller, timeout);
    CountRequest request;
    request.set_count(count);
    return server_.stub->Count(&context, request);
  }

  TestServer server_;
};

// How many numbers come, in order, until the stream ends.
uint32_t ReadAll(grpc::ClientReader<CountResponse>& reader) {
  CountResponse response;
  uint32_t read = 0;
  while (reader.Read(&response)) EXPECT_EQ(response.number(), ++read);
  return read;
}

TEST_F(StreamTest, SendsAllThenEnds) {
  grpc::ClientContext context;
  auto reader = Count(context, 1000);
  EXPECT_EQ(ReadAll(*reader), 1000u);
  EXPECT_TRUE(reader->Finish().ok());
  EXPECT_TRUE(server_.hands.WaitUntilSourceGone());
}

TEST_F(StreamTest, WaitsForTheSource) {
  grpc::ClientContext context;
  auto reader = Count(context, 0);
  CountResponse response;
  for (uint32_t number = 1; number <= 100; ++number) {
    server_.hands.Allow(number);
    ASSERT_TRUE(reader->Read(&response));
    EXPECT_EQ(response.number(), number);
  }
  context.TryCancel();
  EXPECT_EQ(reader->Finish().error_code(), grpc::StatusCode::CANCELLED);
}

TEST_F(StreamTest, CancellingDestroysTheSource) {
  grpc::ClientContext context;
  auto reader = Count(context, 0);
  CountResponse response;
  server_.hands.Allow(1);
  ASSERT_TRUE(reader->Read(&response));
  context.TryCancel();
  EXPECT_EQ(reader->Finish().error_code(), grpc::StatusCode::CANCELLED);
  EXPECT_TRUE(server_.hands.WaitUntilSourceGone());
}

TEST_F(StreamTest, ADeadlineDestroysTheSource) {
  // A busy machine may take longer than the deadline to bring the call to the handler: then with a later one.
  for (std::chrono::milliseconds deadline{50}; !server_.hands.HadSource(); deadline *= 2) {
    ASSERT_LT(deadline, kPatience);
    grpc::ClientContext context;
    auto reader = Count(context, 0, deadline);
    EXPECT_EQ(ReadAll(*reader), 0u);
    EXPECT_EQ(reader->Finish().error_code(), grpc::StatusCode::DEADLINE_EXCEEDED);
  }
  EXPECT_TRUE(server_.hands.WaitUntilSourceGone());
}

TEST_F(StreamTest, ACallerThatReadsNothingHoldsTheSourceBack) {
  grpc::ClientContext context;
  auto reader = Count(context, 50'000'000);
  CountResponse response;
  ASSERT_TRUE(reader->Read(&response));
  // Were the source not held back, it would count for minutes and the cancellation would find it at its end.
  context.TryCancel();
  EXPECT_EQ(reader->Finish().error_code(), grpc::StatusCode::CANCELLED);
  EXPECT_TRUE(server_.hands.WaitUntilSourceGone());
}

TEST_F(StreamTest, TheGateComesFirst) {
  grpc::ClientContext context;
  PrepareContext(context, Caller{.actor = "x", .roles = {"stranger"}}, kPatience);
  auto reader = server_.stub->Count(&context, CountRequest());
  EXPECT_EQ(ReadAll(*reader), 0u);
  EXPECT_EQ(Reason(FromGrpcStatus(reader->Finish())), "PERMISSION_REQUIRED");
}

}  // namespace
}  // namespace anamnesis::rpc
