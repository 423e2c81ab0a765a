#include "decider/command.h"

#include "base/sha256.h"
#include "google/protobuf/io/coded_stream.h"
#include "google/protobuf/io/zero_copy_stream_impl_lite.h"

namespace anamnesis::decider {

const google::protobuf::Message* SetMember(const google::protobuf::Message& envelope) {
  const google::protobuf::OneofDescriptor* oneof = envelope.GetDescriptor()->oneof_decl(0);
  const google::protobuf::Reflection* reflection = envelope.GetReflection();
  const google::protobuf::FieldDescriptor* field = reflection->GetOneofFieldDescriptor(envelope, oneof);
  return field == nullptr ? nullptr : &reflection->GetMessage(envelope, field);
}

const rpc::v1::CommandContext& ContextOf(const google::protobuf::Message& command) {
  const google::protobuf::Message& request = *SetMember(command);
  const google::protobuf::FieldDescriptor* field = request.GetDescriptor()->FindFieldByNumber(1);
  return static_cast<const rpc::v1::CommandContext&>(request.GetReflection()->GetMessage(request, field));
}

std::string EventType(const google::protobuf::Message& event) {
  const google::protobuf::Message* member = SetMember(event);
  return member == nullptr ? "" : member->GetDescriptor()->full_name();
}

std::string Digest(const google::protobuf::Message& message) {
  std::string bytes(message.ByteSizeLong(), '\0');
  {
    google::protobuf::io::ArrayOutputStream stream(bytes.data(), static_cast<int>(bytes.size()));
    google::protobuf::io::CodedOutputStream coded(&stream);
    coded.SetSerializationDeterministic(true);
    message.SerializeWithCachedSizes(&coded);
  }
  return Sha256(bytes);
}

}  // namespace anamnesis::decider
