#include "services/cli/unary_call.h"

#include <string>

#include "absl/strings/str_cat.h"
#include "grpcpp/impl/codegen/client_unary_call.h"
#include "grpcpp/impl/codegen/proto_utils.h"  // How messages travel.

namespace anamnesis::cli {

using google::protobuf::Message;
using google::protobuf::MessageLite;

std::unique_ptr<Message> NewMessage(const google::protobuf::Descriptor& type) {
  return std::unique_ptr<Message>(google::protobuf::MessageFactory::generated_factory()->GetPrototype(&type)->New());
}

bool IsUnary(const google::protobuf::MethodDescriptor& method) {
  return !method.client_streaming() && !method.server_streaming();
}

grpc::Status CallUnary(grpc::Channel& channel, const google::protobuf::MethodDescriptor& method,
                       grpc::ClientContext& context, const Message& request, Message& response) {
  const std::string path = absl::StrCat("/", method.service()->full_name(), "/", method.name());
  const grpc::internal::RpcMethod rpc(path.c_str(), grpc::internal::RpcMethod::NORMAL_RPC);
  return grpc::internal::BlockingUnaryCall<Message, Message, MessageLite, MessageLite>(&channel, rpc, &context, request,
                                                                                       &response);
}

}  // namespace anamnesis::cli
