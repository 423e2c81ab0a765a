// Messages to and from gRPC's buffers.
#pragma once

#include <string>

#include "absl/status/status.h"
#include "google/protobuf/message.h"
#include "grpcpp/support/byte_buffer.h"

namespace anamnesis::rpc {

// The bytes of a message.
grpc::ByteBuffer Serialize(const google::protobuf::Message& message);
// An answer that is serialized already.
inline const grpc::ByteBuffer& Serialize(const grpc::ByteBuffer& bytes) {
  return bytes;
}

// Decodes `bytes` into `message`. MALFORMED_MESSAGE otherwise, naming a field that is not UTF-8; never anything of what
// the bytes hold.
absl::Status Parse(const grpc::ByteBuffer& bytes, google::protobuf::Message& message);

}  // namespace anamnesis::rpc
