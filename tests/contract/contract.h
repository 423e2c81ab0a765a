// Every .proto file of the project, read from the sources with its options.
#pragma once

#include <string>
#include <vector>

#include "google/protobuf/descriptor.h"

namespace anamnesis::contract {

// Every file below protos/, each after those that it imports. They live as long as the program.
const std::vector<const google::protobuf::FileDescriptor*>& Files();

// Every one of them in Files(), nested ones too.
std::vector<const google::protobuf::Descriptor*> Messages();
std::vector<const google::protobuf::EnumDescriptor*> Enums();
std::vector<const google::protobuf::MethodDescriptor*> Methods();

// The commands: methods that are answered with a CommandOutcome.
std::vector<const google::protobuf::MethodDescriptor*> Commands();

// The services that have commands.
std::vector<const google::protobuf::ServiceDescriptor*> WriteServices();

// `anamnesis.patient.v1` → `patient`.
std::string ContextOf(const google::protobuf::FileDescriptor& file);

// `CarePlan` → `care_plan`.
std::string SnakeCase(const std::string& camel_case);

}  // namespace anamnesis::contract
