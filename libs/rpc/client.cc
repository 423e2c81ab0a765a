#include "rpc/client.h"

#include <climits>

#include "absl/strings/str_join.h"
#include "grpcpp/create_channel.h"
#include "grpcpp/security/credentials.h"
#include "rpc/mutex_mode.h"

namespace anamnesis::rpc {
namespace {

// A peer that vanished without a word is noticed within the sum, also by a stream on which nothing happens. Servers
// must bear it: see server.cc.
constexpr int kPingEveryMillis = 20'000;
constexpr int kPingPatienceMillis = 20'000;

}  // namespace

std::shared_ptr<grpc::Channel> Connect(const std::string& address) {
  DoNotSearchForDeadlocks();
  grpc::ChannelArguments arguments;
  arguments.SetMaxReceiveMessageSize(INT_MAX);  // What our own servers send is bounded by them.
  arguments.SetInt(GRPC_ARG_KEEPALIVE_TIME_MS, kPingEveryMillis);
  arguments.SetInt(GRPC_ARG_KEEPALIVE_TIMEOUT_MS, kPingPatienceMillis);
  arguments.SetInt(GRPC_ARG_HTTP2_MAX_PINGS_WITHOUT_DATA, 0);
  return grpc::CreateCustomChannel(address, grpc::InsecureChannelCredentials(), arguments);
}

void PrepareContext(grpc::ClientContext& context, const Caller& caller, std::chrono::milliseconds timeout,
                    const std::string& traceparent) {
  context.AddMetadata(kActorKey, caller.actor);
  if (!caller.roles.empty()) context.AddMetadata(kRolesKey, absl::StrJoin(caller.roles, ","));
  if (!caller.on_behalf_of.empty()) context.AddMetadata(kOnBehalfOfKey, caller.on_behalf_of);
  if (!caller.purpose_of_use.empty()) context.AddMetadata(kPurposeOfUseKey, caller.purpose_of_use);
  if (!traceparent.empty()) context.AddMetadata(kTraceparentKey, traceparent);
  if (timeout != kNoTimeout) context.set_deadline(std::chrono::system_clock::now() + timeout);
}

}  // namespace anamnesis::rpc
