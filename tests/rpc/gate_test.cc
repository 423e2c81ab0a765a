// What the gate refuses, over the wire, in the order of the catalogue.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>

#include "grpcpp/impl/codegen/client_unary_call.h"
#include "nlohmann/json.hpp"
#include "rpc/codec.h"
#include "tests/rpc/test_server.h"

namespace anamnesis::rpc {
namespace {

using testing::HasSubstr;
using testing::Not;

constexpr size_t kLimit = 64 * 1024;

grpc::ByteBuffer Bytes(const std::string& text) {
  const grpc::Slice slice(text);
  return grpc::ByteBuffer(&slice, 1);
}

// Sends bytes as they are.
absl::Status CallRaw(TestServer& server, const char* path, const std::string& bytes, const Caller& caller) {
  grpc::ClientContext context;
  if (caller.actor.empty()) {
    context.set_deadline(std::chrono::system_clock::now() + kPatience);
  } else {
    PrepareContext(context, caller, kPatience);
  }
  const grpc::internal::RpcMethod method(path, grpc::internal::RpcMethod::NORMAL_RPC);
  const grpc::ByteBuffer request = Bytes(bytes);
  grpc::ByteBuffer response;
  return FromGrpcStatus(grpc::internal::BlockingUnaryCall<grpc::ByteBuffer, grpc::ByteBuffer>(
      server.channel.get(), method, &context, request, &response));
}

struct Case {
  const char* name;
  std::string bytes;
  Caller caller;
  absl::StatusCode code;
  const char* reason;  // Empty: served.
};

const Caller kStranger{
    .actor = "x", .roles = {"stranger", "echo.call", "nobody"}
};

const Case kCases[] = {
    {"Served",               "\x0a\x01x",             kCaller,                                         absl::StatusCode::kOk,               ""                                          },
    {"NoCaller",             "\x0a\x01x",             {},                                              absl::StatusCode::kUnauthenticated,  "CALLER_UNKNOWN"                            },
    {"NoRole",               "\x0a\x01x",             {.actor = "x"},                                  absl::StatusCode::kPermissionDenied, "PERMISSION_REQUIRED"                       },
    {"WrongRole",            "\x0a\x01x",             kStranger,                                       absl::StatusCode::kPermissionDenied, "PERMISSION_REQUIRED"                       },
    {"OneRoleOfTwoSuffices", "\x0a\x01x",             {.actor = "x", .roles = {"stranger", "echoer"}}, absl::StatusCode::kOk,               ""                                          },
    {"Truncated",            "\x0a\x05x",             kCaller,                                         absl::StatusCode::kInvalidArgument,  "MALFORMED_MESSAGE"                         },
    {"WrongWireType",        std::string("\x0b\x01x", 3),                                              kCaller,                             absl::StatusCode::kInvalidArgument,           "MALFORMED_MESSAGE"},
    {"NotUtf8",                      "\x0a\x02\xc3\x28",                                     kCaller,                                             absl::StatusCode::kInvalidArgument,                                     "MALFORMED_MESSAGE"  },
    {"Empty",                      "",                                       kCaller,                                                               absl::StatusCode::kInvalidArgument,                                                     "INVALID_FIELDS"},
    {"TooLarge",                      std::string(kLimit + 1,                                    'x'),                                        kCaller,                                    absl::StatusCode::kResourceExhausted,                                    "MESSAGE_TOO_LARGE"},
    {"StrangerIsNotTold",   "\x0a\x05x",                          kStranger,                                                       absl::StatusCode::kPermissionDenied,                                                                             "PERMISSION_REQUIRED"                                                   },
};

class GateTest : public testing::Test {
 protected:
  TestServer server_{GateOptions{.max_request_bytes = kLimit}};
};

TEST_F(GateTest, RefusesByName) {
  for (const Case& c : kCases) {
    const absl::Status status = CallRaw(server_, "/anamnesis.rpctest.v1.EchoService/Echo", c.bytes, c.caller);
    EXPECT_EQ(status.code(), c.code) << c.name << ": " << status;
    EXPECT_EQ(Reason(status), c.reason) << c.name;
  }
}

TEST_F(GateTest, NamesTheFieldThatIsNotUtf8) {
  const absl::Status status =
      CallRaw(server_, "/anamnesis.rpctest.v1.EchoService/Echo", "\x0a\x0bMarguerit\xc3\x28", kCaller);
  EXPECT_EQ(RefusalInfo(status).metadata().at("field"), "anamnesis.rpctest.v1.EchoRequest.text");
  EXPECT_THAT(status.ToString(), Not(HasSubstr("Marguerit")));
}

TEST_F(GateTest, NamesThePermission) {
  const absl::Status status = server_.Echo("x", kStranger);
  EXPECT_EQ(RefusalInfo(status).metadata().at("permission"), "echo.call");
}

TEST_F(GateTest, ListsEveryViolation) {
  const absl::Status status = CallRaw(server_, "/anamnesis.rpctest.v1.EchoService/Echo",
                                      "\x12\x03"
                                      "abc",
                                      kCaller);
  const google::rpc::Status details = ToRpcStatus(status);
  google::rpc::BadRequest bad_request;
  for (const auto& detail : details.details()) detail.UnpackTo(&bad_request);
  ASSERT_EQ(bad_request.field_violations_size(), 2) << status;
  EXPECT_EQ(bad_request.field_violations(0).field(), "text");
  EXPECT_EQ(bad_request.field_violations(1).field(), "id");
}

TEST_F(GateTest, FarTooLargeIsRefusedByTheTransport) {
  const absl::Status status = server_.Echo(std::string(3 * kLimit, 'x'));
  EXPECT_EQ(status.code(), absl::StatusCode::kResourceExhausted) << status;
}

TEST_F(GateTest, AnUnknownMethodIsUnimplemented) {
  for (const char* path : {"/anamnesis.rpctest.v1.EchoService/Nothing", "/nobody.Knows/Echo"}) {
    EXPECT_EQ(CallRaw(server_, path, "", kCaller).code(), absl::StatusCode::kUnimplemented) << path;
  }
}

TEST_F(GateTest, CountsByMethodAndCode) {
  EXPECT_TRUE(server_.Echo("x").ok());
  EXPECT_TRUE(server_.Echo("y").ok());
  EXPECT_FALSE(server_.Echo("x", kStranger).ok());
  const std::string text = server_.metrics.Text();
  const std::string labels = R"(grpc_method="Echo",grpc_service="anamnesis.rpctest.v1.EchoService")";
  EXPECT_THAT(text, HasSubstr("grpc_server_handled_total{grpc_code=\"OK\"," + labels + "} 2"));
  EXPECT_THAT(text, HasSubstr("grpc_server_handled_total{grpc_code=\"PermissionDenied\"," + labels + "} 1"));
  EXPECT_THAT(text, HasSubstr("grpc_server_handling_seconds_count{" + labels + "} 3"));
}

TEST_F(GateTest, LogsFailuresWithoutTheirContent) {
  testing::internal::CaptureStderr();
  EXPECT_TRUE(server_.Echo("Marguerite").ok());
  EXPECT_FALSE(server_.Echo("Marguerite", kStranger).ok());
  EXPECT_FALSE(CallRaw(server_, "/anamnesis.rpctest.v1.EchoService/Echo", "\x0a\x0bMarguerit\xc3\x28", kCaller).ok());
  EXPECT_FALSE(CallRaw(server_, "/anamnesis.rpctest.v1.EchoService/Echo", "\x12\x0aMarguerite", kCaller).ok());
  const std::string log = testing::internal::GetCapturedStderr();
  EXPECT_THAT(log, Not(HasSubstr("Marguerit")));
  std::istringstream lines(log);
  std::vector<std::string> reasons;
  for (std::string line; std::getline(lines, line);) {
    const auto parsed = nlohmann::json::parse(line);
    EXPECT_EQ(parsed["event"], "failed_call");
    EXPECT_EQ(parsed["method"], "anamnesis.rpctest.v1.EchoService/Echo");
    EXPECT_EQ(parsed["trace_id"].get<std::string>().size(), 32u);
    EXPECT_GE(parsed["duration_ms"].get<double>(), 0);
    reasons.push_back(parsed["reason"]);
  }
  EXPECT_THAT(reasons, testing::ElementsAre("PERMISSION_REQUIRED", "MALFORMED_MESSAGE", "INVALID_FIELDS"));
}

// A service whose contract has a method without a permission.
class Unguarded final : public Service {
 public:
  explicit Unguarded(Gate& gate)
      : Service(*rpctest::v1::EchoRequest::descriptor()->file()->FindServiceByName("UnguardedService"), gate) {
    Unary<EchoRequest, EchoResponse>("Echo", [](const CallContext&, EchoRequest&&, Done<EchoResponse>) {});
  }
};

// A service that implements something else than its contract.
class Misfit final : public Service {
 public:
  explicit Misfit(Gate& gate)
      : Service(*rpctest::v1::EchoRequest::descriptor()->file()->FindServiceByName("EchoService"), gate) {}
  void AddUnknown() {
    Unary<EchoRequest, EchoResponse>("Ecco", [](const CallContext&, EchoRequest&&, Done<EchoResponse>) {});
  }
  void AddMisshapen() {
    Unary<EchoRequest, EchoResponse>("Chat", [](const CallContext&, EchoRequest&&, Done<EchoResponse>) {});
  }
};

TEST(GateDeathTest, NoServerStartsWithHalfAContract) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  Metrics metrics;
  Gate gate(AccessPolicy(), metrics);
  EXPECT_DEATH(Unguarded unguarded(gate), "UnguardedService.Echo carries no .anamnesis.rpc.v1.permission");
  EXPECT_DEATH(Misfit(gate).AddUnknown(), "EchoService has no method Ecco");
  EXPECT_DEATH(Misfit(gate).AddMisshapen(), "does not fit the contract");
  EXPECT_DEATH(Misfit(gate).CheckComplete(), "no handler is registered for anamnesis.rpctest.v1.EchoService/Echo");
}

}  // namespace
}  // namespace anamnesis::rpc
