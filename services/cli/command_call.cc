#include "services/cli/command_call.h"

#include <chrono>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "base/refusal.h"
#include "base/uuid.h"
#include "rpc/client.h"
#include "rpc/status.h"

namespace anamnesis::cli {
namespace {

using Clock = std::chrono::steady_clock;

// The channel's state when it is connected, was refused, or the time is over.
grpc_connectivity_state Reach(grpc::Channel& channel, std::chrono::milliseconds timeout) {
  const auto deadline = std::chrono::system_clock::now() + timeout;
  grpc_connectivity_state state = channel.GetState(/*try_to_connect=*/true);
  while (state == GRPC_CHANNEL_IDLE || state == GRPC_CHANNEL_CONNECTING) {
    if (!channel.WaitForStateChange(state, deadline)) break;
    state = channel.GetState(/*try_to_connect=*/true);
  }
  return state;
}

bool IsAskedAgain(const grpc::Status& status) {
  return status.error_code() == grpc::StatusCode::DEADLINE_EXCEEDED ||
         status.error_code() == grpc::StatusCode::UNAVAILABLE;
}

// Whether the server itself said that it did nothing.
bool IsTurnedAway(const grpc::Status& status) {
  return status.error_code() == grpc::StatusCode::UNAVAILABLE &&
         !RefusalInfo(rpc::FromGrpcStatus(status)).reason().empty();
}

// Whether an answer to the same request tells what became of the one before: it was looked up, or refused by a rule.
bool Settles(const grpc::Status& status) {
  switch (status.error_code()) {
    case grpc::StatusCode::DEADLINE_EXCEEDED:
    case grpc::StatusCode::UNAVAILABLE:
    case grpc::StatusCode::RESOURCE_EXHAUSTED:
    case grpc::StatusCode::CANCELLED:
    case grpc::StatusCode::INTERNAL:
    case grpc::StatusCode::UNKNOWN:
      return false;
    default:
      return true;
  }
}

std::string Seconds(std::chrono::duration<double> time) {
  return absl::StrFormat("%.3g s", time.count());
}

}  // namespace

absl::Status SendCommand(const Connection& connection, grpc::Channel& channel, const CommandCall& command,
                         const std::function<grpc::Status(grpc::ClientContext&)>& call) {
  const auto start = Clock::now();
  const std::string whom = absl::StrCat("the ", command.server, " server at ", connection.Address(command.server));
  const std::string limit = absl::StrCat(Seconds(connection.timeout()), " (--timeout)");
  const grpc_connectivity_state state = Reach(channel, connection.timeout());
  if (state == GRPC_CHANNEL_TRANSIENT_FAILURE) {
    return connection.Explain(command.server, grpc::Status(grpc::StatusCode::UNAVAILABLE, ""));
  }
  if (state != GRPC_CHANNEL_READY) {
    return absl::DeadlineExceededError(absl::StrCat(whom, " does not answer within ", limit, "; nothing was sent"));
  }
  const auto ask = [&](bool wait_for_server) {
    grpc::ClientContext context;
    rpc::PrepareContext(context, command.caller, connection.timeout());
    context.set_wait_for_ready(wait_for_server);
    return call(context);
  };
  const grpc::Status first = ask(false);
  if (!IsAskedAgain(first)) return connection.Explain(command.server, first);
  const grpc::Status second = ask(true);
  if (Settles(second) || (IsTurnedAway(first) && (IsTurnedAway(second) || !IsAskedAgain(second)))) {
    return connection.Explain(command.server, second);
  }
  std::string said = first.error_code() == grpc::StatusCode::DEADLINE_EXCEEDED
                         ? absl::StrCat(whom, " did not answer within ", limit)
                         : absl::StrCat(whom, " went away before it answered");
  absl::StrAppend(&said, ", nor when it was asked once more; ", Seconds(Clock::now() - start), " were waited in all");
  if (command.writes) {
    absl::StrAppend(&said, ". The command may be recorded, under the request id ", command.request_id,
                    ": repeat it with ", command.repeat_with, ", and it is recorded once at the most");
  }
  return absl::Status(rpc::FromGrpcStatus(second).code(), said);
}

void AddRequestIdOption(CLI::App& command, std::string& request_id) {
  command.add_option("--request-id", request_id,
                     "Makes a repeat safe: what was recorded under the same id is answered again and not recorded "
                     "twice (default: a new one)");
}

std::string RequestIdFrom(const std::string& given) {
  return given.empty() ? NewUuid() : given;
}

std::string WithRequestId(const std::string& request_id) {
  return absl::StrCat("--request-id ", request_id);
}

}  // namespace anamnesis::cli
