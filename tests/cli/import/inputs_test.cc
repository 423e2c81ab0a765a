// Which files an import reads, in which order.
#include "services/cli/import/inputs.h"

#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"

namespace anamnesis::importer {
namespace {

namespace fs = std::filesystem;
using ::testing::ElementsAre;

class InputsTest : public ::testing::Test {
 protected:
  void SetUp() override {
    const auto* info = ::testing::UnitTest::GetInstance()->current_test_info();
    directory_ = fs::path(::testing::TempDir()) / absl::StrCat("inputs-", getpid(), "-", info->name());
    fs::create_directories(directory_ / "below");
  }
  void TearDown() override { fs::remove_all(directory_); }

  std::string Path(const std::string& name) const { return (directory_ / name).string(); }
  void WriteFile(const std::string& name, const std::string& text = "{}") {
    std::ofstream(Path(name), std::ios::binary) << text;
  }
  void WriteType(const std::string& name, const std::string& type) {
    WriteFile(name, absl::StrCat("\n  \n", R"({"resourceType":")", type, "\"}\nnot read"));
  }
  // The names of the files below the directory, as they would be read.
  std::vector<std::string> NamesOf(const absl::StatusOr<Inputs>& inputs) const {
    EXPECT_TRUE(inputs.ok()) << inputs.status();
    std::vector<std::string> names;
    if (!inputs.ok()) return names;
    for (const Input& input : inputs->files)
      names.push_back(fs::path(input.path).lexically_normal().lexically_relative(directory_));
    return names;
  }

  fs::path directory_;
};

TEST_F(InputsTest, WhatOthersNeedComesFirstElseTheOrderIsThatOfThePaths) {
  WriteType("AllergyIntolerance.ndjson", "AllergyIntolerance");
  WriteType("Organization.ndjson", "Organization");
  WriteType("Patient.000.ndjson", "Patient");
  WriteType("Patient.001.ndjson", "Patient");
  WriteType("below/Practitioner.NDJSON", "Practitioner");
  WriteFile("empty.ndjson", "");
  WriteFile("a-bundle.json");
  WriteFile("unreadable.ndjson", "Patient");
  EXPECT_THAT(
      NamesOf(ListInputs({Path("unreadable.ndjson"), Path("")}, "")),
      ElementsAre("Organization.ndjson", "Patient.000.ndjson", "Patient.001.ndjson", "below/Practitioner.NDJSON",
                  "AllergyIntolerance.ndjson", "a-bundle.json", "empty.ndjson", "unreadable.ndjson"));
}

TEST_F(InputsTest, ExtensionsAreReadInAnyCaseAndOthersCounted) {
  WriteFile("a.JSON");
  WriteFile("b.NdJson", "1\n2\n");
  WriteFile("c.txt");
  WriteFile("below/json");
  const absl::StatusOr<Inputs> inputs = ListInputs({Path(""), Path("below")}, "");
  EXPECT_THAT(NamesOf(inputs), ElementsAre("a.JSON", "b.NdJson"));
  EXPECT_EQ(inputs->passed_over, 2u);
  int lines = 0;
  std::string buffer;
  ReadInput(inputs->files[1], buffer, [&](int64_t, const absl::StatusOr<std::string_view>&) { return ++lines > 0; });
  EXPECT_EQ(lines, 2);
  EXPECT_EQ(ListInputs({Path("c.txt")}, "")->passed_over, 0u) << "what is named is read";
}

TEST_F(InputsTest, TheReportIsNoInput) {
  WriteFile("a.json");
  WriteFile("report.ndjson");
  WriteFile("below/report.txt");
  EXPECT_THAT(NamesOf(ListInputs({Path("")}, Path("below/../report.ndjson"))), ElementsAre("a.json"));
  EXPECT_THAT(NamesOf(ListInputs({Path("")}, Path("not-there.ndjson"))), ElementsAre("a.json", "report.ndjson"));
  EXPECT_EQ(ListInputs({Path("a.json"), Path("below")}, Path("below/report.txt"))->passed_over, 0u);
  const absl::Status named = ListInputs({Path(""), Path("report.ndjson")}, Path("below/../report.ndjson")).status();
  EXPECT_EQ(named.code(), absl::StatusCode::kInvalidArgument) << named;
  EXPECT_NE(std::string(named.message()).find("--report"), std::string::npos) << named;
}

}  // namespace
}  // namespace anamnesis::importer
