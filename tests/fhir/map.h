// Mapping a text in a test.
#pragma once

#include <string>
#include <vector>

#include "fhir/bundle.h"
#include "gtest/gtest.h"

namespace anamnesis::fhir::testing {

inline std::vector<MappedEntry> MapAll(std::string_view text, std::string_view source_system = kDefaultSourceSystem) {
  std::vector<MappedEntry> entries;
  const absl::Status status = MapText(text, source_system, [&](MappedEntry entry) {
    entries.push_back(std::move(entry));
    return true;
  });
  EXPECT_TRUE(status.ok()) << status;
  return entries;
}

// The request of a command, whichever it is.
inline const google::protobuf::Message& RequestOf(const Command& command) {
  const auto& message = std::visit([](const auto& c) -> const google::protobuf::Message& { return c; }, command);
  const auto* reflection = message.GetReflection();
  const auto* field = reflection->GetOneofFieldDescriptor(message, message.GetDescriptor()->oneof_decl(0));
  return reflection->GetMessage(message, field);
}

inline std::string DebugText(const MappedEntry& entry) {
  std::string text = entry.fault.field + ": " + entry.fault.reason + "\n";
  for (const Command& command : entry.commands) text += RequestOf(command).DebugString();
  return text;
}

// The flags' codes, in order, joined by spaces.
inline std::string FlagCodes(const MappedEntry& entry) {
  std::string codes;
  for (const auto& flag : entry.flags) codes += (codes.empty() ? "" : " ") + flag.code();
  return codes;
}

}  // namespace anamnesis::fhir::testing
