// A call that is answered once, of any contract.
#pragma once

#include <memory>

#include "google/protobuf/descriptor.h"
#include "google/protobuf/message.h"
#include "grpcpp/channel.h"
#include "grpcpp/client_context.h"
#include "grpcpp/support/status.h"

namespace anamnesis::cli {

// An empty message of a generated type.
std::unique_ptr<google::protobuf::Message> NewMessage(const google::protobuf::Descriptor& type);

bool IsUnary(const google::protobuf::MethodDescriptor& method);

// Sends the request and waits for the answer; both are of the method's types.
grpc::Status CallUnary(grpc::Channel& channel, const google::protobuf::MethodDescriptor& method,
                       grpc::ClientContext& context, const google::protobuf::Message& request,
                       google::protobuf::Message& response);

}  // namespace anamnesis::cli
