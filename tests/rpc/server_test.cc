#include "rpc/server.h"

#include <arpa/inet.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

#include "grpcpp/support/sync_stream.h"
#include "tests/rpc/test_server.h"

namespace anamnesis::rpc {
namespace {

using testing::AllOf;
using testing::HasSubstr;

// Asks the reflection service; question and answer are bytes of grpc.reflection.v1alpha, whose messages only gRPC's own
// library may link.
std::string Reflect(TestServer& server, const std::string& question) {
  grpc::ClientContext context;
  context.set_deadline(std::chrono::system_clock::now() + kPatience);
  const grpc::internal::RpcMethod method("/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo",
                                         grpc::internal::RpcMethod::BIDI_STREAMING);
  std::unique_ptr<grpc::ClientReaderWriter<grpc::ByteBuffer, grpc::ByteBuffer>> stream(
      grpc::internal::ClientReaderWriterFactory<grpc::ByteBuffer, grpc::ByteBuffer>::Create(server.channel.get(),
                                                                                            method, &context));
  const grpc::Slice slice(question);
  stream->Write(grpc::ByteBuffer(&slice, 1));
  stream->WritesDone();
  grpc::ByteBuffer answer;
  EXPECT_TRUE(stream->Read(&answer));
  EXPECT_TRUE(stream->Finish().ok());
  grpc::Slice whole;
  EXPECT_TRUE(answer.DumpToSingleSlice(&whole).ok());
  return std::string(reinterpret_cast<const char*>(whole.begin()), whole.size());
}

std::string FileContaining(const std::string& symbol) {
  return std::string("\x22") + static_cast<char>(symbol.size()) + symbol;
}

// What an HTTP server on this machine answers to a GET.
std::string Get(int port, const std::string& path) {
  const int fd = socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<uint16_t>(port));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  EXPECT_EQ(connect(fd, reinterpret_cast<sockaddr*>(&address), sizeof(address)), 0);
  const std::string request = "GET " + path + " HTTP/1.0\r\n\r\n";
  EXPECT_EQ(write(fd, request.data(), request.size()), static_cast<ssize_t>(request.size()));
  std::string answer;
  char buffer[4096];
  for (ssize_t got = 0; (got = read(fd, buffer, sizeof(buffer))) > 0;) answer.append(buffer, static_cast<size_t>(got));
  close(fd);
  return answer;
}

TEST(ServerTest, ReflectionListsTheServices) {
  TestServer server;
  EXPECT_THAT(Reflect(server, std::string("\x3a\x00", 2)),
              AllOf(HasSubstr("anamnesis.rpctest.v1.EchoService"), HasSubstr("grpc.health.v1.Health")));
}

TEST(ServerTest, ReflectionKnowsTheirDescriptors) {
  TestServer server;
  EXPECT_THAT(Reflect(server, FileContaining("anamnesis.rpctest.v1.EchoService")), HasSubstr("EchoRequest"));
  EXPECT_THAT(Reflect(server, FileContaining("grpc.health.v1.Health")), HasSubstr("HealthCheckRequest"));
}

TEST(ServerTest, APortThatIsTakenIsAnError) {
  TestServer first;
  Metrics metrics;
  Gate gate(AccessPolicy(), metrics);
  Health health;
  Server second({.listen_address = "127.0.0.1:" + std::to_string(first.port)}, gate, health);
  EXPECT_EQ(second.Start({}).status().code(), absl::StatusCode::kUnavailable);
}

TEST(ServerTest, MetricsAreServedWhereAsked) {
  TestServer server({}, {.metrics_address = "127.0.0.1:0"});
  ASSERT_TRUE(server.Echo("x").ok());
  EXPECT_THAT(Get(server.server.metrics_port(), "/metrics"), HasSubstr("grpc_server_handled_total{grpc_code=\"OK\""));
}

TEST(ServerTest, AMetricsPortThatIsTakenIsAnError) {
  TestServer first({}, {.metrics_address = "127.0.0.1:0"});
  Metrics metrics;
  Gate gate(AccessPolicy(), metrics);
  Health health;
  Server second({.metrics_address = "127.0.0.1:" + std::to_string(first.server.metrics_port())}, gate, health);
  EXPECT_EQ(second.Start({}).status().code(), absl::StatusCode::kUnavailable);
}

TEST(ServerTest, OtherMetricsLiveBesideTheCallCounts) {
  Metrics metrics;
  metrics
      .Counter("events_total", "Events.",
               {
                   {"type", "a"}
  })
      .Increment(2);
  metrics
      .Counter("events_total", "Events.",
               {
                   {"type", "a"}
  })
      .Increment();
  metrics.Gauge("lag_events", "Lag.").Set(7);
  metrics.Histogram("commit_seconds", "Commits.", {}, LatencyBuckets()).Observe(0.002);
  EXPECT_THAT(metrics.Text(), AllOf(HasSubstr("events_total{type=\"a\"} 3"), HasSubstr("lag_events 7"),
                                    HasSubstr("commit_seconds_bucket{le=\"0.0025\"} 1")));
}

}  // namespace
}  // namespace anamnesis::rpc
