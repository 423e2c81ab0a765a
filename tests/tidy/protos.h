// Rules for the contracts, read from descriptors that keep their comments.
#pragma once

#include <google/protobuf/descriptor.pb.h>

#include "tests/tidy/tree.h"

namespace anamnesis::tidy {

// The files that the build wrote to `name` beside the test with protoc --include_source_info.
google::protobuf::FileDescriptorSet ReadDescriptors(const std::string& path);

// Complains of every message, field, oneof, enum, value, service, rpc and extension without a comment before it.
Complaints CheckComments(const google::protobuf::FileDescriptorProto& file);

// Complains of every rpc of ours without the option (anamnesis.rpc.v1.permission).
Complaints CheckPermissions(const google::protobuf::FileDescriptorProto& file);

}  // namespace anamnesis::tidy
