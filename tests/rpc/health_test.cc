#include <gtest/gtest.h>

#include "grpc/health/v1/health.grpc.pb.h"
#include "tests/rpc/test_server.h"

namespace anamnesis::rpc {
namespace {

using grpc::health::v1::HealthCheckRequest;
using grpc::health::v1::HealthCheckResponse;

class HealthTest : public testing::Test {
 protected:
  // The status of a name by its own name; `NOT_FOUND` where there is none. Carries no identity: it needs none.
  std::string Check(const std::string& name) {
    grpc::ClientContext context;
    HealthCheckRequest request;
    request.set_service(name);
    HealthCheckResponse response;
    const grpc::Status status = stub_->Check(&context, request, &response);
    if (status.error_code() == grpc::StatusCode::NOT_FOUND) return "NOT_FOUND";
    EXPECT_TRUE(status.ok()) << status.error_message();
    return HealthCheckResponse::ServingStatus_Name(response.status());
  }

  TestServer server_;
  std::unique_ptr<grpc::health::v1::Health::Stub> stub_ = grpc::health::v1::Health::NewStub(server_.channel);
};

TEST_F(HealthTest, SaysServingOnlyOfWhatIsVouchedFor) {
  EXPECT_EQ(Check(""), "NOT_SERVING");
  EXPECT_EQ(Check("a"), "NOT_FOUND");
  server_.health.SetServing("a", false);
  EXPECT_EQ(Check("a"), "NOT_SERVING");
  server_.health.SetServing("a", true);
  EXPECT_EQ(Check("a"), "SERVING");
  EXPECT_EQ(Check(""), "SERVING");
}

TEST_F(HealthTest, TheWholeServesOnlyWhenEveryPartDoes) {
  server_.health.SetServing("a", true);
  server_.health.SetServing("b", false);
  EXPECT_EQ(Check("a"), "SERVING");
  EXPECT_EQ(Check(""), "NOT_SERVING");
  server_.health.SetServing("b", true);
  EXPECT_EQ(Check(""), "SERVING");
}

TEST_F(HealthTest, AfterShutdownNothingServes) {
  server_.health.SetServing("a", true);
  server_.health.Shutdown();
  server_.health.SetServing("a", true);
  EXPECT_EQ(Check("a"), "NOT_SERVING");
  EXPECT_EQ(Check(""), "NOT_SERVING");
}

TEST_F(HealthTest, WatchTellsEveryChange) {
  grpc::ClientContext context;
  HealthCheckRequest request;
  request.set_service("a");
  auto watch = stub_->Watch(&context, request);
  HealthCheckResponse response;
  ASSERT_TRUE(watch->Read(&response));
  EXPECT_EQ(response.status(), HealthCheckResponse::SERVICE_UNKNOWN);
  server_.health.SetServing("a", true);
  ASSERT_TRUE(watch->Read(&response));
  EXPECT_EQ(response.status(), HealthCheckResponse::SERVING);
  server_.health.SetServing("a", true);  // No change, nothing told.
  server_.health.SetServing("a", false);
  ASSERT_TRUE(watch->Read(&response));
  EXPECT_EQ(response.status(), HealthCheckResponse::NOT_SERVING);
  context.TryCancel();
  EXPECT_EQ(watch->Finish().error_code(), grpc::StatusCode::CANCELLED);
}

}  // namespace
}  // namespace anamnesis::rpc
