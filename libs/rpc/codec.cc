#include "rpc/codec.h"

#include <algorithm>
#include <cstdlib>
#include <string_view>

#include "anamnesis/rpc/v1/errors.pb.h"
#include "base/refusal.h"
#include "google/protobuf/stubs/logging.h"
#include "grpcpp/impl/codegen/proto_utils.h"
#include "rpc/log.h"

namespace anamnesis::rpc {
namespace {

// What protobuf says while this thread parses: the only place where it names the field that is not UTF-8.
thread_local std::string* parse_complaint = nullptr;

// Protobuf's messages name types and fields. None is passed on but for the place in its source, in case that changes.
void OnProtobufLog(google::protobuf::LogLevel, const char* file, int line, const std::string& message) {
  if (parse_complaint != nullptr) {
    *parse_complaint = message;
  } else {
    Log(LogLevel::kWarning, "protobuf",
        {
            {"file", file},
            {"line", line}
    });
  }
}

// The field between the first two quotes, if it is a name.
std::string FieldIn(std::string_view complaint) {
  const size_t begin = complaint.find('\'');
  if (begin == std::string_view::npos) return "";
  const size_t end = complaint.find('\'', begin + 1);
  if (end == std::string_view::npos) return "";
  const std::string_view name = complaint.substr(begin + 1, end - begin - 1);
  const bool plain = std::all_of(name.begin(), name.end(),
                                 [](unsigned char c) { return std::isalnum(c) != 0 || c == '.' || c == '_'; });
  return plain ? std::string(name) : "";
}

}  // namespace

grpc::ByteBuffer Serialize(const google::protobuf::Message& message) {
  grpc::ByteBuffer bytes;
  bool own = false;
  const grpc::Status status =
      grpc::GenericSerialize<grpc::ProtoBufferWriter, google::protobuf::Message>(message, &bytes, &own);
  if (!status.ok()) std::abort();  // 2 GiB in one message: nothing that the limits of this house let grow.
  return bytes;
}

absl::Status Parse(const grpc::ByteBuffer& bytes, google::protobuf::Message& message) {
  static const bool installed = [] {
    google::protobuf::SetLogHandler(OnProtobufLog);
    return true;
  }();
  (void)installed;
  std::string complaint;
  parse_complaint = &complaint;
  // The reader counts references; it does not change the buffer.
  grpc::ProtoBufferReader reader(const_cast<grpc::ByteBuffer*>(&bytes));
  const bool parsed = reader.status().ok() && message.ParseFromZeroCopyStream(&reader);
  parse_complaint = nullptr;
  if (parsed) return absl::OkStatus();
  RefusalDetails details;
  if (std::string field = FieldIn(complaint); !field.empty()) details.metadata["field"] = std::move(field);
  return Refuse(v1::MALFORMED_MESSAGE, details);
}

}  // namespace anamnesis::rpc
