// Reading commands and events by reflection: both are messages with one oneof.
#pragma once

#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "anamnesis/rpc/v1/command.pb.h"
#include "google/protobuf/message.h"

namespace anamnesis::decider {

// The message that is set in the only oneof of `envelope`; nullptr if none is.
const google::protobuf::Message* SetMember(const google::protobuf::Message& envelope);

// The context of the request that a command carries. The command must carry one.
const rpc::v1::CommandContext& ContextOf(const google::protobuf::Message& command);

// The full name of the event that an event envelope carries: its type in the log. Empty if it carries none.
std::string EventType(const google::protobuf::Message& event);

// SHA-256 over the serialized message, 32 bytes.
std::string Digest(const google::protobuf::Message& message);

}  // namespace anamnesis::decider
