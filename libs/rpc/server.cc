#include "rpc/server.h"

#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <exception>
#include <future>
#include <utility>

#include "absl/strings/str_cat.h"
#include "grpcpp/ext/proto_server_reflection_plugin.h"
#include "grpcpp/security/server_credentials.h"
#include "grpcpp/server_builder.h"
#include "rpc/log.h"
#include "rpc/mutex_mode.h"

namespace anamnesis::rpc {
namespace {

// gRPC itself refuses what is larger than this many times the gate's limit, without a name, before it is in memory.
constexpr size_t kTransportSlack = 2;
// How long connections have to close once the calls are over.
constexpr std::chrono::milliseconds kCloseTime{500};
// How often a caller may ask whether we live, on a stream on which nothing happens, and how often we ask.
constexpr int kShortestPingMillis = 10'000;
constexpr int kPingEveryMillis = 60'000;
constexpr std::chrono::milliseconds kBetweenKnocks{5};

// Connects to a port of this host and hangs up, if anybody is there.
void KnockAt(int port) {
  const int knocking = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  struct sockaddr_in address = {};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<uint16_t>(port));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  (void)connect(knocking, reinterpret_cast<struct sockaddr*>(&address), sizeof(address));
  close(knocking);
}

}  // namespace

Server::Server(ServerOptions options, Gate& gate, Health& health)
    : options_(std::move(options)), gate_(gate), health_(health) {}

Server::~Server() {
  Drain();
  StopMetrics();
}

absl::StatusOr<int> Server::Start(const std::vector<Service*>& services) {
  static const bool reflection = [] {
    grpc::reflection::InitProtoReflectionServerBuilderPlugin();
    return true;
  }();
  (void)reflection;
  DoNotSearchForDeadlocks();
  grpc::ServerBuilder builder;
  int port = 0;
  builder.AddListeningPort(options_.listen_address, grpc::InsecureServerCredentials(), &port);
  builder.AddChannelArgument(GRPC_ARG_ALLOW_REUSEPORT, 0);  // A port that is taken is an error, not a share.
  builder.AddChannelArgument(GRPC_ARG_HTTP2_MIN_RECV_PING_INTERVAL_WITHOUT_DATA_MS, kShortestPingMillis);
  builder.AddChannelArgument(GRPC_ARG_KEEPALIVE_TIME_MS, kPingEveryMillis);
  builder.AddChannelArgument(GRPC_ARG_HTTP2_MAX_PINGS_WITHOUT_DATA, 0);
  builder.SetMaxReceiveMessageSize(static_cast<int>(gate_.options().max_request_bytes * kTransportSlack));
  for (Service* service : services) {
    service->CheckComplete();
    builder.RegisterService(service);
  }
  builder.RegisterService(&health_.service());
  RETURN_IF_ERROR(ServeMetrics());
  server_ = builder.BuildAndStart();
  if (server_ == nullptr || port == 0) {
    server_.reset();
    return absl::UnavailableError(absl::StrCat("cannot listen on ", options_.listen_address,
                                               "; choose an address of this host whose port is free"));
  }
  Log(LogLevel::kInfo, "listening",
      {
          {"address", options_.listen_address},
          {"port",    port                   },
          {"metrics", metrics_port_          }
  });
  return port;
}

absl::Status Server::ServeMetrics() {
  if (options_.metrics_address.empty()) return absl::OkStatus();
  try {  // The exposer says only by an exception that it cannot listen.
    exposer_ = std::make_unique<prometheus::Exposer>(options_.metrics_address);
  } catch (const std::exception&) {
    return absl::UnavailableError(
        absl::StrCat("cannot serve metrics on ", options_.metrics_address, "; choose an address whose port is free"));
  }
  exposer_->RegisterCollectable(gate_.metrics().registry());
  metrics_port_ = exposer_->GetListeningPorts().front();
  return absl::OkStatus();
}

// The exposer's listener looks every two seconds whether it is to end, and whenever somebody connects.
void Server::StopMetrics() {
  if (exposer_ == nullptr) return;
  const auto stopped = std::async(std::launch::async, [this] { exposer_.reset(); });
  while (stopped.wait_for(kBetweenKnocks) != std::future_status::ready) KnockAt(metrics_port_);
}

bool Server::Drain() {
  if (server_ == nullptr) return true;
  health_.Shutdown();
  gate_.Close();
  const bool idle = gate_.WaitUntilIdle(options_.drain_timeout);
  if (!idle) Log(LogLevel::kWarning, "drain_timeout");
  server_->Shutdown(std::chrono::system_clock::now() + kCloseTime);
  server_->Wait();
  server_.reset();
  return idle;
}

}  // namespace anamnesis::rpc
