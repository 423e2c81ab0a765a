// The whole import against servers in this process.
#include <filesystem>
#include <fstream>
#include <iterator>
#include <sstream>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "nlohmann/json.hpp"
#include "services/cli/import/import_command.h"
#include "tests/cli/import/fake_services.h"

namespace anamnesis::importer::testing {
namespace {

namespace fs = std::filesystem;

// A synthetic bundle: a patient, `observations` conditions and as many observations, and one claim.
std::string MakeBundle(const std::string& patient, int each) {
  std::string text = absl::StrCat(
      R"({"resourceType":"Bundle","type":"transaction","entry":[{"resource":{"resourceType":"Patient","id":")", patient,
      R"(","name":[{"family":"Synthetic"}]}},{"resource":{"resourceType":"Claim","id":"c"}})");
  const std::string subject = absl::StrCat(R"("subject":{"reference":"Patient/)", patient, R"("}}})");
  for (int i = 0; i < each; ++i) {
    absl::StrAppend(&text, R"(,{"resource":{"resourceType":"Condition","id":")", patient, "-c", i,
                    R"(","code":{"text":"x"},)", subject);
    absl::StrAppend(&text, R"(,{"resource":{"resourceType":"Observation","id":")", patient, "-o", i,
                    R"(","status":"final","code":{"text":"x"},)", subject);
  }
  return text + "]}";
}

class ImportTest : public ::testing::Test {
 protected:
  void SetUp() override {
    const auto* info = ::testing::UnitTest::GetInstance()->current_test_info();
    directory_ = fs::path(::testing::TempDir()) / absl::StrCat("import-", getpid(), "-", info->name());
    fs::create_directories(directory_ / "in");
  }
  void TearDown() override { fs::remove_all(directory_); }

  void WriteFile(const std::string& name, const std::string& text) {
    std::ofstream(directory_ / "in" / name, std::ios::binary) << text;
  }

  EngineOptions Options() const {
    EngineOptions options;
    options.paths = {(directory_ / "in").string()};
    options.report_path = (directory_ / "report.ndjson").string();
    options.sender = {
        .window = 4, .retry_for = std::chrono::milliseconds(10000), .first_pause = std::chrono::milliseconds(1)};
    return options;
  }

  ImportResult Import() {
    ImportResult result = ImportEngine(services_.streams(), Options()).Run();
    const Summary& s = result.summary;
    uint64_t out_of_scope = 0;
    for (const auto& [type, count] : s.out_of_scope) out_of_scope += count;
    EXPECT_EQ(s.read, s.recorded + s.already_present + out_of_scope + s.rejected) << "the sums add up";
    return result;
  }

  std::vector<nlohmann::json> Report() const {
    std::ifstream in(directory_ / "report.ndjson");
    std::vector<nlohmann::json> lines;
    for (std::string line; std::getline(in, line);) lines.push_back(nlohmann::json::parse(line));
    return lines;
  }

  fs::path directory_;
  FakeServices services_;
};

TEST_F(ImportTest, RecordsEverythingOnceAndNothingAgain) {
  WriteFile("a.json", MakeBundle("a", 20));
  WriteFile("b.json", MakeBundle("b", 20));
  const ImportResult first = Import();
  EXPECT_TRUE(first.status.ok()) << first.status;
  EXPECT_EQ(first.summary.read, 84u);
  EXPECT_EQ(first.summary.recorded, 82u);
  EXPECT_EQ(first.summary.out_of_scope.at("Claim"), 2u);
  EXPECT_EQ(first.summary.already_present + first.summary.rejected, 0u);

  const ImportResult second = Import();
  EXPECT_TRUE(second.status.ok()) << second.status;
  EXPECT_EQ(second.summary.recorded, 0u);
  EXPECT_EQ(second.summary.already_present, 82u);
  EXPECT_EQ(services_.store().carried_out().size(), 82u);
}

TEST_F(ImportTest, GoesOnThroughBrokenStreams) {
  WriteFile("a.json", MakeBundle("a", 20));
  services_.store().BreakAfter(7);
  const ImportResult result = Import();
  EXPECT_TRUE(result.status.ok()) << result.status;
  EXPECT_EQ(result.summary.recorded + result.summary.already_present, 41u);
  EXPECT_EQ(result.summary.rejected, 0u);
  EXPECT_EQ(services_.store().carried_out().size(), 41u) << "nothing twice";
  EXPECT_GT(services_.store().streams(), 4u);
}

TEST_F(ImportTest, WaitsWhereAServiceIsOverloaded) {
  WriteFile("a.json", MakeBundle("a", 20));
  services_.store().OverloadOnce(true);
  const ImportResult result = Import();
  EXPECT_TRUE(result.status.ok()) << result.status;
  EXPECT_EQ(result.summary.recorded, 41u);
  EXPECT_EQ(result.summary.rejected, 0u) << "what came before its patient is sent again, not rejected";
}

TEST_F(ImportTest, RejectionsStandInTheReportAndTheRestGoesOn) {
  WriteFile("a.json", MakeBundle("a", 1));
  WriteFile("b.json", R"({"resourceType":"Bundle","type":"batch","entry":[{"resource":{"id":)");
  WriteFile("c.json", R"({"resourceType":"Condition","id":"x","code":{"text":7},"subject":{"reference":"Patient/a"}})");
  WriteFile("d.ndjson",
            "{\"resourceType\":\"Condition\",\"id\":\"n0\",\"code\":{},\"subject\":{\"reference\":\"Patient/a\"}}\n"
            "\n"
            "not json\n"
            "{\"resourceType\":\"Condition\",\"id\":\"n3\",\"code\":{},\"subject\":{\"reference\":\"Patient/z\"}}");
  WriteFile("ignored.txt", "no FHIR");
  const ImportResult result = Import();
  EXPECT_TRUE(result.status.ok()) << result.status;
  EXPECT_EQ(result.summary.read, 9u);
  EXPECT_EQ(result.summary.recorded, 4u);
  std::vector<std::string> lines;
  for (const nlohmann::json& line : Report()) {
    if (line["what"] == "flagged") continue;
    lines.push_back(absl::StrCat(fs::path(std::string(line["file"])).filename().string(), " ",
                                 static_cast<int>(line["entry"]), " ", std::string(line["id"]), " ",
                                 std::string(line["field"]), " ", std::string(line["reason"]).substr(0, 17)));
  }
  EXPECT_THAT(lines,
              ::testing::UnorderedElementsAre("b.json 0   entry[0].resource", "c.json 0 x code.text expected string, ",
                                              "d.ndjson 2   expected a value ", "d.ndjson 3 n3  PATIENT_NOT_FOUND"));
  EXPECT_EQ(result.summary.rejected, lines.size());
}

TEST_F(ImportTest, WhatIsTooLargeIsNotSent) {
  WriteFile("a.json", R"({"resourceType":"Patient","id":"a","name":[{"family":"Synthetic"}]})");
  WriteFile("b.json",
            R"({"resourceType":"Patient","id":"b","name":[{"family":")" + std::string(5 << 20, 'x') + R"("}]})");
  WriteFile("c.json", "");
  fs::resize_file(directory_ / "in" / "c.json", kMaxTextBytes + 1);
  const ImportResult result = Import();
  EXPECT_TRUE(result.status.ok()) << result.status;
  EXPECT_EQ(result.summary.recorded, 1u);
  ASSERT_EQ(result.summary.rejected, 2u);
  EXPECT_EQ(Report()[0]["reason"], "larger than the services take");
  EXPECT_EQ(Report()[1]["reason"], "larger than 256 MiB");
}

TEST_F(ImportTest, OtherContentUnderTheSameIdIsKeptAndReported) {
  WriteFile("a.json", R"({"resourceType":"Patient","id":"a","name":[{"family":"Synthetic"}]})");
  Import();
  WriteFile("a.json", R"({"resourceType":"Patient","id":"a","name":[{"family":"Another"}]})");
  const ImportResult result = Import();
  EXPECT_EQ(result.summary.already_present, 1u);
  EXPECT_EQ(result.summary.content_differs, 1u);
  ASSERT_EQ(Report().size(), 1u);
  EXPECT_EQ(Report()[0]["what"], "content-differs");
  EXPECT_EQ(Report()[0].dump().find("Another"), std::string::npos) << "no values in the report";
  std::ostringstream out;
  std::ostringstream err;
  EXPECT_EQ(RunImport({.engine = Options(), .json = true}, services_.streams(), out, err), kNotAllInRecord);
  EXPECT_EQ(nlohmann::json::parse(out.str())["content_differs"], 1);
}

TEST_F(ImportTest, TheReportOfOneImportIsNoInputOfTheNext) {
  WriteFile("a.json", R"({"resourceType":"Patient","id":"a","name":[{"text":"Synthetic"}]})");
  EngineOptions options = Options();
  options.report_path = (directory_ / "in" / "import-report.ndjson").string();
  for (const char* time : {"first", "second"}) {
    const ImportResult result = ImportEngine(services_.streams(), options).Run();
    EXPECT_TRUE(result.status.ok()) << result.status;
    EXPECT_EQ(result.summary.read, 1u) << time;
  }
  const uintmax_t bytes = fs::file_size(options.report_path);
  EXPECT_GT(bytes, 0u);
  options.paths = {(directory_ / "in" / ".." / "in" / "import-report.ndjson").string()};
  const ImportResult result = ImportEngine(services_.streams(), options).Run();
  EXPECT_EQ(result.status.code(), absl::StatusCode::kInvalidArgument) << result.status;
  EXPECT_EQ(fs::file_size(options.report_path), bytes) << "refused before anything is emptied";
}

TEST_F(ImportTest, ABulkDataDirectoryLosesNothing) {
  WriteFile("AllergyIntolerance.ndjson",
            R"({"resourceType":"AllergyIntolerance","id":"l","code":{},"patient":{"reference":"Patient/a"}})");
  WriteFile("Condition.ndjson",
            R"({"resourceType":"Condition","id":"c","code":{},"subject":{"reference":"Patient/a"}})");
  WriteFile("Patient.ndjson", R"({"resourceType":"Patient","id":"a","name":[{"family":"Synthetic"}]})");
  const ImportResult result = Import();
  EXPECT_EQ(result.summary.recorded, 3u);
  EXPECT_EQ(result.summary.rejected, 0u);
}

TEST_F(ImportTest, SaysHowManyFilesWerePassedOver) {
  WriteFile("a.JSON", R"({"resourceType":"Patient","id":"a","name":[{"family":"Synthetic"}]})");
  WriteFile("read-me.txt", "no FHIR");
  WriteFile("a.xml", "no FHIR");
  std::ostringstream out;
  std::ostringstream err;
  EXPECT_EQ(RunImport({.engine = Options()}, services_.streams(), out, err), kAllSettled) << err.str();
  EXPECT_NE(out.str().find("passed over              2  files that are neither .json nor .ndjson\n"), std::string::npos)
      << out.str();
  out.str("");
  EXPECT_EQ(RunImport({.engine = Options(), .json = true}, services_.streams(), out, err), kAllSettled) << err.str();
  EXPECT_EQ(nlohmann::json::parse(out.str())["files_passed_over"], 2);
}

TEST_F(ImportTest, GivesUpAtOnceWhereTryingAgainIsOfNoUse) {
  WriteFile("a.json", MakeBundle("a", 100));
  services_.store().RefuseStreams(grpc::Status(grpc::PERMISSION_DENIED, "no role grants it"));
  const ImportResult result = Import();
  EXPECT_EQ(result.status.code(), absl::StatusCode::kFailedPrecondition) << result.status;
  EXPECT_NE(std::string(result.status.message()).find("no role grants it"), std::string::npos);
  EXPECT_EQ(result.summary.recorded, 0u);
}

TEST_F(ImportTest, GivesUpWhenNobodyAnswersForTooLong) {
  WriteFile("a.json", MakeBundle("a", 100));
  services_.store().RefuseStreams(grpc::Status(grpc::UNAVAILABLE, "down"));
  EngineOptions options = Options();
  options.sender.retry_for = std::chrono::milliseconds(20);
  const ImportResult result = ImportEngine(services_.streams(), options).Run();
  EXPECT_EQ(result.status.code(), absl::StatusCode::kUnavailable) << result.status;
}

TEST_F(ImportTest, StoppingBeforeTheEndIsNoFailureOfTheBooks) {
  WriteFile("a.json", MakeBundle("a", 100));
  ImportEngine engine(services_.streams(), Options());
  engine.Stop();
  const ImportResult result = engine.Run();
  EXPECT_TRUE(absl::IsCancelled(result.status)) << result.status;
  EXPECT_LE(result.summary.read, 1u);
}

TEST_F(ImportTest, SaysWhatPathIsNotThere) {
  EngineOptions options = Options();
  options.paths = {"/nowhere/at/all"};
  const ImportResult result = ImportEngine(services_.streams(), options).Run();
  EXPECT_EQ(result.status.code(), absl::StatusCode::kNotFound);
}

TEST_F(ImportTest, PrintsOneJsonObjectAndExitsByWhatHappened) {
  WriteFile("a.json", MakeBundle("a", 2));
  std::ostringstream out;
  std::ostringstream err;
  EXPECT_EQ(RunImport({.engine = Options(), .json = true}, services_.streams(), out, err), kAllSettled) << err.str();
  const nlohmann::json summary = nlohmann::json::parse(out.str());
  EXPECT_EQ(summary["read"], 6);
  EXPECT_EQ(summary["recorded"], 5);
  EXPECT_EQ(summary["already_present"], 0);
  EXPECT_EQ(summary["out_of_scope"], nlohmann::json({
                                         {"Claim", 1}
  }));
  EXPECT_EQ(summary["rejected"], 0);
  EXPECT_TRUE(summary["seconds"].is_number());
  EXPECT_EQ(summary["content_differs"], 0);
  EXPECT_EQ(summary["flagged"], 4) << "nobody says when";
  EXPECT_EQ(summary.size(), 8u);
  EXPECT_EQ(err.str(), "");

  WriteFile("b.json", "{");
  EXPECT_EQ(RunImport({.engine = Options()}, services_.streams(), out, err), kNotAllInRecord);
  EXPECT_NE(out.str().find("rejected               1"), std::string::npos) << out.str();
  fs::remove_all(directory_ / "in");
  out.str("");
  EXPECT_EQ(RunImport({.engine = Options()}, services_.streams(), out, err), kCouldNotRun);
  EXPECT_EQ(out.str(), "");
  EXPECT_THAT(err.str(), ::testing::EndsWith("no such file or directory\n"));
}

}  // namespace
}  // namespace anamnesis::importer::testing
