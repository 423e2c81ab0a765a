// A feed over gRPC, for tests.
#pragma once

#include <memory>
#include <string>

#include "eventlog/event_log.h"
#include "feed/feed_service.h"
#include "rpc/client.h"
#include "rpc/server.h"

namespace anamnesis::feed {

inline const rpc::Caller kFeedReader{.actor = "service:test", .roles = {"service"}};

// A feed on a port that stays the same when it is started again.
class FeedServer {
 public:
  explicit FeedServer(eventlog::EventLog& log, const std::string& name = "patient", int port = 0)
      : gate_(*rpc::AccessPolicy::Parse("service: events.read"), metrics_),
        feed_(name, log, gate_),
        server_({.listen_address = "127.0.0.1:" + std::to_string(port)}, gate_, health_) {
    port_ = server_.Start({&feed_}).value();
  }
  std::string address() const { return "127.0.0.1:" + std::to_string(port_); }
  int port() const { return port_; }

 private:
  rpc::Metrics metrics_;
  rpc::Health health_;
  rpc::Gate gate_;
  FeedService feed_;
  rpc::Server server_;
  int port_ = 0;
};

}  // namespace anamnesis::feed
