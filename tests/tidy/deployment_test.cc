#include "tests/tidy/deployment.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace anamnesis::tidy {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

TEST(DeploymentTest, AlertsUseMetricsThatExist) {
  const std::vector<File> sources = ReadTree({"libs", "services"});
  for (const File& file : ReadTree({"deploy/prometheus"})) EXPECT_THAT(CheckMetricNames(file, sources), IsEmpty());
}

TEST(DeploymentTest, UnitsUseFlagsThatExist) {
  const std::vector<File> sources = ReadTree({"libs", "services"});
  for (const File& file : ReadTree({"deploy/systemd"})) EXPECT_THAT(CheckFlags(file, sources), IsEmpty());
}

TEST(DeploymentTest, TheRunbookQuotesWhatIsSaid) {
  const std::vector<File> sources = ReadTree({"libs", "services"});
  for (const File& file : ReadTree({"deploy"})) {
    if (file.path != "deploy/runbook.md") continue;
    EXPECT_THAT(CheckMessages(file, sources), IsEmpty());
  }
}

TEST(DeploymentTest, WhatNothingSaysIsFound) {
  const std::vector<File> sources = {{"libs/a.cc", "StrCat(\"the log ends at \", tail, \": it is \"\n   \"cut\")"}};
  EXPECT_THAT(CheckMessages({"deploy/runbook.md",
                             "| it says | it means |\n| `the log ends at …: it is cut` | x |\n"
                             "| `it begins at …` | x |\n## A service ended\n| `gone` | x |\n"},
                            sources),
              ElementsAre(HasSubstr(":3: nothing says: it begins at")));
}

TEST(DeploymentTest, UnknownMetricsAreFound) {
  const std::vector<File> sources = {{"libs/rpc/metrics.cc", R"(Counter("grpc_server_handled_total"); "grpc_code")"},
                                     {"libs/service/a.cc", R"(Histogram("anamnesis_sync_seconds"))"}};
  EXPECT_THAT(CheckMetricNames({"deploy/prometheus/alerts.yml",
                                "rate(grpc_server_handled_total{grpc_code=\"Internal\"}[5m])\n"
                                "anamnesis_sync_seconds_bucket\n"
                                "anamnesis_gone > 1\n"},
                               sources),
              ElementsAre(HasSubstr(":3: nothing makes anamnesis_gone")));
}

TEST(DeploymentTest, UnknownFlagsAreFound) {
  const std::vector<File> sources = {{"libs/service/main.cc", "ABSL_FLAG(std::string, listen, \"\", \"…\");"},
                                     {"services/encounter/main.cc", "ABSL_FLAG(std::string, patient, \"\", \"…\");"}};
  const std::string line = "ExecStart=/usr/local/bin/x --listen=a --patient=b\n";
  EXPECT_THAT(CheckFlags({"deploy/systemd/encounterd.service", line}, sources), IsEmpty());
  EXPECT_THAT(CheckFlags({"deploy/systemd/patientd.service", line}, sources),
              ElementsAre(HasSubstr("no flag --patient")));
}

}  // namespace
}  // namespace anamnesis::tidy
