// One small synthetic bundle with every type, and every command that it makes.
#include <cstdlib>
#include <fstream>
#include <iterator>

#include "tests/fhir/map.h"

namespace anamnesis::fhir::testing {
namespace {

std::string DataPath(const std::string& name) {
  const char* source = std::getenv("ANAMNESIS_SOURCE_DIR");
  return std::string(source != nullptr ? source : ".") + "/tests/fhir/data/" + name;
}

std::string ReadFile(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

std::string Describe(const std::vector<MappedEntry>& entries) {
  std::string text;
  for (const MappedEntry& entry : entries) {
    text += "# entry " + std::to_string(entry.index) + " " + entry.resource_type + "/" + entry.resource_id;
    if (entry.disposition == Disposition::kOutOfScope) text += " out of scope";
    if (entry.disposition == Disposition::kRejected) text += " " + entry.fault.field + ": " + entry.fault.reason;
    text += "\n";
    for (const Command& command : entry.commands) {
      const google::protobuf::Message& request = RequestOf(command);
      text += request.GetDescriptor()->name() + "\n" + request.DebugString();
    }
  }
  return text;
}

TEST(GoldenTest, TheSmallBundleMakesTheseCommands) {
  const std::string golden_path = DataPath("small_bundle.golden.txt");
  const std::string made = Describe(MapAll(ReadFile(DataPath("small_bundle.json"))));
  if (std::getenv("ANAMNESIS_UPDATE_GOLDEN") != nullptr) std::ofstream(golden_path, std::ios::binary) << made;
  EXPECT_EQ(made, ReadFile(golden_path));
}

}  // namespace
}  // namespace anamnesis::fhir::testing
