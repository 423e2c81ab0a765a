// The published Synthea bundles: every resource is recorded or out of scope, each count is that of the files, and every
// command keeps the field rules of the contracts.
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>

#include "base/uuid.h"
#include "gmock/gmock.h"
#include "rpc/validate.h"
#include "tests/fhir/map.h"

namespace anamnesis::fhir::testing {
namespace {

namespace fs = std::filesystem;

using Counts = std::map<std::string, int>;

std::string SamplesDirectory() {
  if (const char* given = std::getenv("ANAMNESIS_FHIR_SAMPLES"); given != nullptr) return given;
  const char* source = std::getenv("ANAMNESIS_SOURCE_DIR");
  return (fs::path(source != nullptr ? source : ".") / "../shared/data/synthea-r4").string();
}

std::string ReadFile(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

// Counted by the text, not by the reader under test. A contained resource is no entry.
Counts CountEntries(const std::string& text) {
  constexpr std::string_view kResource = "\"resource\": {";
  constexpr std::string_view kType = "\"resourceType\": \"";
  Counts counts;
  for (size_t at = text.find(kResource); at != std::string::npos; at = text.find(kResource, at + 1)) {
    const size_t member = text.find_first_not_of(" \n\r\t", at + kResource.size());
    if (text.compare(member, kType.size(), kType) != 0) continue;
    const size_t start = member + kType.size();
    ++counts[text.substr(start, text.find('"', start) - start)];
  }
  return counts;
}

const rpc::v1::CommandContext& ContextOf(const google::protobuf::Message& request) {
  const auto* field = request.GetDescriptor()->FindFieldByName("context");
  return static_cast<const rpc::v1::CommandContext&>(request.GetReflection()->GetMessage(request, field));
}

// Everything is read once: the samples are large.
TEST(SyntheaSampleTest, EveryResourceIsRecordedOrOutOfScopeAndTheTrapsAreFlagged) {
  if (!fs::is_directory(SamplesDirectory())) GTEST_SKIP() << "no FHIR samples in " << SamplesDirectory();
  Counts in_files;
  Counts mapped;
  Counts out_of_scope;
  Counts flagged;
  std::map<std::string, std::string> by_request_id;
  const auto take = [&](const MappedEntry& entry) {
    ASSERT_NE(entry.disposition, Disposition::kRejected)
        << "entry " << entry.index << " " << entry.fault.field << ": " << entry.fault.reason;
    ++(entry.disposition == Disposition::kMapped ? mapped : out_of_scope)[entry.resource_type];
    for (const auto& flag : entry.flags) ++flagged[flag.code()];
    for (const Command& command : entry.commands) {
      const google::protobuf::Message& request = RequestOf(command);
      const auto violations = rpc::Validate(request);
      ASSERT_TRUE(violations.empty()) << violations[0].field() << ": " << violations[0].description();
      ASSERT_TRUE(IsUuid(ContextOf(request).request_id()));
      const auto [known, added] = by_request_id.emplace(ContextOf(request).request_id(), request.SerializeAsString());
      if (added) continue;
      ASSERT_TRUE(entry.resource_type == "Practitioner" || entry.resource_type == "Organization");
      ASSERT_EQ(known->second, request.SerializeAsString()) << "many bundles carry it, each in the same words";
    }
  };
  for (const auto& file : fs::directory_iterator(SamplesDirectory())) {
    if (file.path().extension() != ".json") continue;
    const std::string text = ReadFile(file.path());
    for (const auto& [type, count] : CountEntries(text)) in_files[type] += count;
    for (const MappedEntry& entry : MapAll(text)) take(entry);
    ASSERT_FALSE(HasFatalFailure()) << file.path();
  }

  using ::testing::Key;
  EXPECT_THAT(out_of_scope, ::testing::UnorderedElementsAre(Key("Claim"), Key("ExplanationOfBenefit")));
  mapped.insert(out_of_scope.begin(), out_of_scope.end());
  EXPECT_EQ(mapped, in_files);
  for (const char* trap : {"event-before-birth", "dose-missing", "decimal-score-on-integer-scale",
                           "zero-width-characters", "code-contradicts-display"}) {
    EXPECT_GT(flagged[trap], 0) << trap;
  }
  EXPECT_EQ(flagged["unresolved-reference"], 0) << "the bundles hold what they refer to";
}

}  // namespace
}  // namespace anamnesis::fhir::testing
