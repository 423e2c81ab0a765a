// The report, and what an answer means for the books.
#include "services/cli/import/ledger.h"

#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "google/rpc/error_details.pb.h"
#include "nlohmann/json.hpp"

namespace anamnesis::importer {
namespace {

namespace fs = std::filesystem;
using ::testing::ElementsAre;

class ReportTest : public ::testing::Test {
 protected:
  void SetUp() override {
    const auto* info = ::testing::UnitTest::GetInstance()->current_test_info();
    directory_ = fs::path(::testing::TempDir()) / absl::StrCat("report-", getpid(), "-", info->name());
    fs::create_directories(directory_);
    path_ = (directory_ / "report.ndjson").string();
  }
  void TearDown() override { fs::remove_all(directory_); }

  // What the ledger reports of the entries.
  std::vector<nlohmann::json> ReportOf(const std::vector<fhir::MappedEntry>& entries) {
    auto ledger = Ledger::Open(path_);
    EXPECT_TRUE(ledger.ok()) << ledger.status();
    for (const fhir::MappedEntry& entry : entries) (*ledger)->Book("file.json", entry);
    EXPECT_TRUE((*ledger)->CloseReport().ok());
    std::ifstream in(path_);
    std::vector<nlohmann::json> lines;
    for (std::string line; std::getline(in, line);) lines.push_back(nlohmann::json::parse(line));
    EXPECT_EQ((*ledger)->summary().reported, lines.size());
    return lines;
  }
  mode_t Mode() const {
    struct stat found {};
    EXPECT_EQ(stat(path_.c_str(), &found), 0);
    return found.st_mode & 0777;
  }

  fs::path directory_;
  std::string path_;
};

TEST_F(ReportTest, IsForItsOwnerOnlyWhateverTheUmask) {
  for (const mode_t mask : {0000, 0277}) {
    const mode_t before = umask(mask);
    ReportOf({});
    umask(before);
    EXPECT_EQ(Mode(), 0600u);
    fs::remove(path_);
  }
}

TEST_F(ReportTest, OneThatIsThereIsTightenedAndEmptied) {
  std::ofstream(path_) << "older\n";
  fs::permissions(path_, fs::perms(0644));
  ReportOf({});
  EXPECT_EQ(Mode(), 0600u);
  EXPECT_EQ(fs::file_size(path_), 0u);
}

TEST_F(ReportTest, APlaceThatIsNoFileIsLeftAsItIs) {
  EXPECT_TRUE(Ledger::Open("/dev/null").ok());
  struct stat null {};
  ASSERT_EQ(stat("/dev/null", &null), 0);
  EXPECT_EQ(null.st_mode & 0777, 0666u);
  EXPECT_EQ(Ledger::Open(directory_.string()).status().code(), absl::StatusCode::kUnavailable);
}

TEST_F(ReportTest, WhatIsNoIdOfFhirIsNotShown) {
  std::vector<fhir::MappedEntry> entries;
  for (const std::string& id : {std::string("p.1-A"), std::string("Jane Doe"), std::string("j\u00e4ne"),
                                std::string(64, 'x'), std::string(65, 'x'), std::string()}) {
    entries.push_back({
        .resource_type = "Condition", .resource_id = id, .fault = {"", "missing"}
    });
  }
  std::vector<std::string> shown;
  for (const nlohmann::json& line : ReportOf(entries)) shown.push_back(line["id"]);
  EXPECT_THAT(shown, ElementsAre("p.1-A", "?", "?", std::string(64, 'x'), "?", ""));
}

TEST_F(ReportTest, WhatIsOutOfScopeIsNamedUnlessItIsFinancial) {
  std::vector<fhir::MappedEntry> entries;
  for (const char* type : {"Device", "Claim", "ExplanationOfBenefit"}) {
    entries.push_back({.resource_type = type, .resource_id = "x", .disposition = fhir::Disposition::kOutOfScope});
  }
  const std::vector<nlohmann::json> lines = ReportOf(entries);
  ASSERT_EQ(lines.size(), 1u);
  EXPECT_EQ(lines[0]["what"], "out-of-scope");
  EXPECT_EQ(lines[0]["type"], "Device");
}

TEST(AnswerTest, WhatIsSoAlreadyIsNoRefusal) {
  const struct {
    absl::StatusCode code;
    const char* reason;
    AnswerKind kind;
  } kCases[] = {
      {absl::StatusCode::kFailedPrecondition, "DEATH_ALREADY_RECORDED",  AnswerKind::kAlreadyPresent},
      {absl::StatusCode::kFailedPrecondition, "RESOURCE_RETRACTED",      AnswerKind::kDuplicate     },
      {absl::StatusCode::kAlreadyExists,      "RESOURCE_ALREADY_EXISTS", AnswerKind::kAlreadyPresent},
      {absl::StatusCode::kFailedPrecondition, "PATIENT_MERGED",          AnswerKind::kRefused       },
      {absl::StatusCode::kUnavailable,        "",                        AnswerKind::kTryAgain      },
  };
  for (const auto& c : kCases) {
    google::rpc::Status error;
    error.set_code(static_cast<int>(c.code));
    google::rpc::ErrorInfo info;
    info.set_reason(c.reason);
    error.add_details()->PackFrom(info);
    EXPECT_EQ(AnswerFromError(7, error).kind, c.kind) << c.reason;
  }
}

}  // namespace
}  // namespace anamnesis::importer
