#include "tests/tidy/protos.h"

#include <fstream>
#include <iostream>
#include <map>

#include "anamnesis/rpc/v1/options.pb.h"

namespace anamnesis::tidy {
namespace {

using ::google::protobuf::DescriptorProto;
using ::google::protobuf::EnumDescriptorProto;
using ::google::protobuf::FieldDescriptorProto;
using ::google::protobuf::FileDescriptorProto;
using ::google::protobuf::FileDescriptorSet;
using ::google::protobuf::SourceCodeInfo;

// Where a component stands in its file: field numbers and indices, as protoc counts them.
using Path = std::vector<int>;

Path Below(const Path& path, int field, int index) {
  Path longer = path;
  longer.insert(longer.end(), {field, index});
  return longer;
}

class CommentChecker {
 public:
  explicit CommentChecker(const FileDescriptorProto& file) : file_(file) {
    for (const SourceCodeInfo::Location& location : file.source_code_info().location()) {
      places_.emplace(Path(location.path().begin(), location.path().end()), &location);
    }
  }

  Complaints Check() {
    for (int i = 0; i < file_.message_type_size(); ++i) {
      Message(file_.message_type(i), {FileDescriptorProto::kMessageTypeFieldNumber, i});
    }
    for (int i = 0; i < file_.enum_type_size(); ++i) {
      Enum(file_.enum_type(i), {FileDescriptorProto::kEnumTypeFieldNumber, i});
    }
    for (int i = 0; i < file_.extension_size(); ++i) {
      Expect(file_.extension(i).name(), {FileDescriptorProto::kExtensionFieldNumber, i});
    }
    for (int i = 0; i < file_.service_size(); ++i) {
      const Path path = {FileDescriptorProto::kServiceFieldNumber, i};
      Expect(file_.service(i).name(), path);
      for (int j = 0; j < file_.service(i).method_size(); ++j) {
        Expect(file_.service(i).method(j).name(),
               Below(path, google::protobuf::ServiceDescriptorProto::kMethodFieldNumber, j));
      }
    }
    return std::move(complaints_);
  }

 private:
  void Message(const DescriptorProto& message, const Path& path) {
    if (message.options().map_entry()) return;  // made by protoc for a map
    Expect(message.name(), path);
    std::vector<bool> written(static_cast<size_t>(message.oneof_decl_size()), true);
    for (int i = 0; i < message.field_size(); ++i) {
      const FieldDescriptorProto& field = message.field(i);
      Expect(message.name() + "." + field.name(), Below(path, DescriptorProto::kFieldFieldNumber, i));
      // "optional" makes a oneof of its own that nobody wrote.
      if (field.proto3_optional()) written[static_cast<size_t>(field.oneof_index())] = false;
    }
    for (int i = 0; i < message.oneof_decl_size(); ++i) {
      if (written[static_cast<size_t>(i)]) {
        Expect(message.name() + "." + message.oneof_decl(i).name(),
               Below(path, DescriptorProto::kOneofDeclFieldNumber, i));
      }
    }
    for (int i = 0; i < message.nested_type_size(); ++i) {
      Message(message.nested_type(i), Below(path, DescriptorProto::kNestedTypeFieldNumber, i));
    }
    for (int i = 0; i < message.enum_type_size(); ++i) {
      Enum(message.enum_type(i), Below(path, DescriptorProto::kEnumTypeFieldNumber, i));
    }
  }

  void Enum(const EnumDescriptorProto& enumeration, const Path& path) {
    Expect(enumeration.name(), path);
    for (int i = 0; i < enumeration.value_size(); ++i) {
      Expect(enumeration.value(i).name(), Below(path, EnumDescriptorProto::kValueFieldNumber, i));
    }
  }

  void Expect(const std::string& name, const Path& path) {
    const auto place = places_.find(path);
    if (place != places_.end() && !place->second->leading_comments().empty()) return;
    const int line = place == places_.end() ? 0 : place->second->span(0) + 1;
    complaints_.push_back("protos/" + file_.name() + ":" + std::to_string(line) + ": " + name + " has no comment");
  }

  const FileDescriptorProto& file_;
  std::map<Path, const SourceCodeInfo::Location*> places_;
  Complaints complaints_;
};

}  // namespace

FileDescriptorSet ReadDescriptors(const std::string& path) {
  FileDescriptorSet descriptors;
  std::ifstream file(path, std::ios::binary);
  if (!descriptors.ParseFromIstream(&file) || descriptors.file().empty()) {
    std::cerr << "no descriptors in " << path << "\n";
    std::abort();
  }
  return descriptors;
}

Complaints CheckComments(const FileDescriptorProto& file) {
  return CommentChecker(file).Check();
}

Complaints CheckPermissions(const FileDescriptorProto& file) {
  Complaints complaints;
  for (const auto& service : file.service()) {
    for (const auto& method : service.method()) {
      if (method.options().GetExtension(rpc::v1::permission).empty()) {
        complaints.push_back("protos/" + file.name() + ": " + service.name() + "." + method.name() +
                             " needs no permission");
      }
    }
  }
  return complaints;
}

}  // namespace anamnesis::tidy
