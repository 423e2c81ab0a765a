// A command is asked for once more where nobody can say what became of it: its request id makes that safe.
#pragma once

#include <CLI/App.hpp>
#include <functional>
#include <string>

#include "absl/status/status.h"
#include "grpcpp/channel.h"
#include "grpcpp/client_context.h"
#include "grpcpp/support/status.h"
#include "rpc/call_context.h"
#include "services/cli/connection.h"

namespace anamnesis::cli {

struct CommandCall {
  std::string server;
  std::string request_id;  // As in the request.
  rpc::Caller caller;
  std::string repeat_with;  // What a person adds so that the command is this one again: `--request-id …`.
  bool writes = true;       // Not where it is validated only.
};

// Sends a command: `call` does so with the context that it is given, each time the same request. Waits for an answer
// for the connection's timeout. Where the answer is DEADLINE_EXCEEDED or UNAVAILABLE it is asked once more, for as long
// again, also of a server that has to come back first. Where that does not say either what became of it, the error
// says how long was waited, that the command may be recorded, and how to repeat it. A server that cannot be reached is
// sent nothing, and the error says that.
absl::Status SendCommand(const Connection& connection, grpc::Channel& channel, const CommandCall& command,
                         const std::function<grpc::Status(grpc::ClientContext&)>& call);

// Adds --request-id; empty where it is not given.
void AddRequestIdOption(CLI::App& command, std::string& request_id);
// The one that was given, or a new one.
std::string RequestIdFrom(const std::string& given);
// How a command with that option is repeated.
std::string WithRequestId(const std::string& request_id);

}  // namespace anamnesis::cli
