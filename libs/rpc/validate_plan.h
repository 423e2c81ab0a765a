// The field rules of a message type, read from its descriptor once. Internal.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "absl/status/status.h"
#include "google/protobuf/descriptor.h"
#include "google/protobuf/message.h"

namespace anamnesis::rpc {

struct MessagePlan;

// What is to be checked of one field.
struct FieldPlan {
  const google::protobuf::FieldDescriptor* field;
  google::protobuf::FieldDescriptor::CppType type;
  bool repeated;
  bool has_presence;
  bool required;
  bool uuid;
  uint32_t max_bytes;
  uint32_t max_items;
  std::optional<double> min;
  std::optional<double> max;
  const MessagePlan* message;  // Of a message field.
};

// The members of a oneof, of which at most one is there to be checked; none is required.
struct OneofPlan {
  const google::protobuf::OneofDescriptor* oneof;
  std::vector<FieldPlan> members;  // By index in the oneof.
};

// What is to be checked of one message type.
struct MessagePlan {
  bool is_timestamp = false;
  std::vector<FieldPlan> fields;  // Those that are in no oneof.
  std::vector<OneofPlan> oneofs;
};

// The plan of a message type; lives for ever. Thread-safe.
const MessagePlan& PlanOf(const google::protobuf::Descriptor& type);

// As in validate.h, for a message whose plan is at hand.
absl::Status CheckFields(const MessagePlan& plan, const google::protobuf::Message& message);

}  // namespace anamnesis::rpc
