// A gRPC server that starts whole and stops in order.
#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "grpcpp/server.h"
#include "prometheus/exposer.h"
#include "rpc/gate.h"
#include "rpc/health.h"
#include "rpc/service.h"

namespace anamnesis::rpc {

// Where a server listens. Port 0 takes a free one.
struct ServerOptions {
  std::string listen_address = "127.0.0.1:0";
  // Where metrics are served over HTTP; empty: nowhere.
  std::string metrics_address;
  // How long Drain waits for the calls in hand.
  std::chrono::milliseconds drain_timeout{10'000};
};

// Serves services, health and reflection on one port. Start and Drain are called by one thread, Drain once at most.
class Server {
 public:
  // `gate` and `health` must outlive the server.
  Server(ServerOptions options, Gate& gate, Health& health);
  // Drains, if that was not done.
  ~Server();

  // Listens and returns the port. The services must outlive the server; every method of their contracts must be
  // registered. Says nothing about health: who knows that a service is able to serve calls Health::SetServing.
  // UNAVAILABLE where an address cannot be bound.
  absl::StatusOr<int> Start(const std::vector<Service*>& services);

  // The port of the metrics; 0 where they are not served.
  int metrics_port() const { return metrics_port_; }

  // Stops: health says NOT_SERVING, new calls are refused with SHUTTING_DOWN, streams end, the calls in hand are waited
  // for within the drain timeout, then the connections are closed. Returns whether every call ended by itself.
  bool Drain();

 private:
  absl::Status ServeMetrics();
  void StopMetrics();

  const ServerOptions options_;
  Gate& gate_;
  Health& health_;
  std::unique_ptr<prometheus::Exposer> exposer_;
  int metrics_port_ = 0;
  std::unique_ptr<grpc::Server> server_;
};

}  // namespace anamnesis::rpc
