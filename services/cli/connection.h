// How the command line reaches an installation, and who it says it is.
#pragma once

#include <CLI/App.hpp>
#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "grpcpp/channel.h"
#include "grpcpp/client_context.h"
#include "rpc/call_context.h"

namespace anamnesis::cli {

inline constexpr int kDefaultPortBase = 7100;
inline constexpr int kMetricsOffset = 1000;

// A server of an installation: its name, program and port above the port base.
struct ServerName {
  const char* name;
  const char* program;
  int offset;
};
// In the order in which they start.
inline constexpr ServerName kServers[] = {
    {"readmodel",  "readmodeld",  10},
    {"patient",    "patientd",    1 },
    {"encounter",  "encounterd",  2 },
    {"medication", "medicationd", 3 }
};

// The options that every command takes, and the channels that follow from them. Used by one thread.
class Connection {
 public:
  // Adds the options to the program.
  void AddOptions(CLI::App& app);

  int port_base() const { return port_base_; }
  std::string Address(const std::string& server) const;
  std::shared_ptr<grpc::Channel> Channel(const std::string& server) const;
  rpc::Caller Caller() const;
  // The same with a role that a command needs, unless --roles was given: then that is all there is.
  rpc::Caller CallerWith(const std::string& role) const;
  // How long to wait for an answer.
  std::chrono::milliseconds timeout() const;
  // Identity and deadline for a call that is answered once.
  void Prepare(grpc::ClientContext& context) const;
  // Identity for a call that lasts.
  void PrepareStream(grpc::ClientContext& context) const;

  // The status of a call for a person: what failed at which server, and what to do.
  absl::Status Explain(const std::string& server, const grpc::Status& status) const;

 private:
  int port_base_ = kDefaultPortBase;
  std::string actor_;
  std::string roles_ = "clinician,auditor,operator,importer";
  const CLI::Option* roles_option_ = nullptr;  // The program's.
  std::vector<std::string> servers_;           // `name=address`, before the port base.
  double timeout_seconds_ = 30;
};

}  // namespace anamnesis::cli
