#include "rpc/service.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "rpc/calls.h"
#include "rpc/fatal.h"

namespace anamnesis::rpc {

using grpc::internal::RpcMethod;

Service::Service(const google::protobuf::ServiceDescriptor& contract, Gate& gate) : contract_(contract), gate_(gate) {}

Service::~Service() = default;

void Service::CheckComplete() const {
  for (int i = 0; i < contract_.method_count(); ++i) {
    const std::string path = absl::StrCat(contract_.full_name(), "/", contract_.method(i)->name());
    const bool registered =
        std::any_of(methods_.begin(), methods_.end(), [&](const auto& method) { return method->path() == path; });
    if (!registered) Die(absl::StrCat("no handler is registered for ", path));
  }
}

GatedMethod& Service::Gated(const char* method, const google::protobuf::Descriptor* request, bool client_streams,
                            bool server_streams) {
  const google::protobuf::MethodDescriptor* contract = contract_.FindMethodByName(method);
  if (contract == nullptr) Die(absl::StrCat(contract_.full_name(), " has no method ", method));
  if (contract->input_type() != request || contract->client_streaming() != client_streams ||
      contract->server_streaming() != server_streams) {
    Die(absl::StrCat("the handler of ", contract->full_name(), " does not fit the contract"));
  }
  return *methods_.emplace_back(std::make_unique<GatedMethod>(gate_, *contract));
}

void Service::RegisterUnary(GatedMethod& method, RawUnary handler) {
  Register(method, RpcMethod::NORMAL_RPC, MakeUnaryHandler(method, std::move(handler)));
}

void Service::RegisterStream(GatedMethod& method, RawStream handler) {
  Register(method, RpcMethod::SERVER_STREAMING, MakeStreamHandler(method, std::move(handler)));
}

void Service::RegisterBidi(GatedMethod& method, RawBidi handler) {
  Register(method, RpcMethod::BIDI_STREAMING, MakeBidiHandler(method, std::move(handler)));
}

// What generated service bases do for each method. gRPC takes the handler; the path must live as long as the service.
void Service::Register(GatedMethod& method, RpcMethod::RpcType type, grpc::internal::MethodHandler* handler) {
  AddMethod(new grpc::internal::RpcServiceMethod(method.grpc_path().c_str(), type, nullptr));
  MarkMethodCallback(static_cast<int>(methods_.size()) - 1, handler);
}

}  // namespace anamnesis::rpc
