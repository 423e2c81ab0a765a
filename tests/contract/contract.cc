#include "tests/contract/contract.h"

#include <cctype>
#include <cstdlib>
#include <fstream>

#include "absl/strings/match.h"
#include "absl/strings/str_split.h"
#include "anamnesis/rpc/v1/options.pb.h"
#include "google/protobuf/descriptor.pb.h"

namespace anamnesis::contract {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::EnumDescriptor;
using google::protobuf::FileDescriptor;
using google::protobuf::MethodDescriptor;
using google::protobuf::ServiceDescriptor;

// What protoc made of the sources (see CMakeLists.txt).
google::protobuf::FileDescriptorSet Sources() {
  rpc::v1::Refusal::default_instance();  // Links the options, which are known by their extensions only then.
  google::protobuf::FileDescriptorSet sources;
  std::ifstream file(ANAMNESIS_CONTRACTS, std::ios::binary);
  if (!sources.ParseFromIstream(&file) || sources.file().empty()) std::abort();
  return sources;
}

void AddNested(const Descriptor& message, std::vector<const Descriptor*>& messages) {
  if (message.options().map_entry()) return;
  messages.push_back(&message);
  for (int i = 0; i < message.nested_type_count(); ++i) AddNested(*message.nested_type(i), messages);
}

}  // namespace

const std::vector<const FileDescriptor*>& Files() {
  static const auto* files = [] {
    static auto* pool = new google::protobuf::DescriptorPool;
    auto* ours = new std::vector<const FileDescriptor*>;
    const google::protobuf::FileDescriptorSet sources = Sources();
    for (const google::protobuf::FileDescriptorProto& source : sources.file()) {
      const FileDescriptor* file = pool->BuildFile(source);
      if (file == nullptr) std::abort();  // The pool has said why.
      if (!absl::StartsWith(file->name(), "google/protobuf/")) ours->push_back(file);
    }
    return ours;
  }();
  return *files;
}

std::vector<const Descriptor*> Messages() {
  std::vector<const Descriptor*> messages;
  for (const FileDescriptor* file : Files()) {
    for (int i = 0; i < file->message_type_count(); ++i) AddNested(*file->message_type(i), messages);
  }
  return messages;
}

std::vector<const EnumDescriptor*> Enums() {
  std::vector<const EnumDescriptor*> enums;
  for (const FileDescriptor* file : Files()) {
    for (int i = 0; i < file->enum_type_count(); ++i) enums.push_back(file->enum_type(i));
  }
  for (const Descriptor* message : Messages()) {
    for (int i = 0; i < message->enum_type_count(); ++i) enums.push_back(message->enum_type(i));
  }
  return enums;
}

std::vector<const MethodDescriptor*> Methods() {
  std::vector<const MethodDescriptor*> methods;
  for (const FileDescriptor* file : Files()) {
    for (int i = 0; i < file->service_count(); ++i) {
      const ServiceDescriptor* service = file->service(i);
      for (int j = 0; j < service->method_count(); ++j) methods.push_back(service->method(j));
    }
  }
  return methods;
}

std::vector<const MethodDescriptor*> Commands() {
  std::vector<const MethodDescriptor*> commands;
  for (const MethodDescriptor* method : Methods()) {
    if (method->output_type()->full_name() == "anamnesis.rpc.v1.CommandOutcome") commands.push_back(method);
  }
  return commands;
}

std::vector<const ServiceDescriptor*> WriteServices() {
  std::vector<const ServiceDescriptor*> services;
  for (const MethodDescriptor* command : Commands()) {
    if (services.empty() || services.back() != command->service()) services.push_back(command->service());
  }
  return services;
}

std::string ContextOf(const FileDescriptor& file) {
  const std::vector<std::string> parts = absl::StrSplit(file.package(), '.');
  return parts.size() == 3 ? parts[1] : "";
}

std::string SnakeCase(const std::string& camel_case) {
  std::string snake_case;
  for (char letter : camel_case) {
    const bool upper = std::isupper(static_cast<unsigned char>(letter)) != 0;
    if (upper && !snake_case.empty()) snake_case += '_';
    snake_case += static_cast<char>(std::tolower(static_cast<unsigned char>(letter)));
  }
  return snake_case;
}

}  // namespace anamnesis::contract
