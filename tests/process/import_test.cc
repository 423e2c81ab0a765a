// Real input through the real programs: the numbers add up, a repetition adds nothing, and kills leave no trace.
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "anamnesis/chart/v1/chart_service.grpc.pb.h"
#include "anamnesis/event/v1/feed_service.grpc.pb.h"
#include "nlohmann/json.hpp"
#include "rpc/client.h"
#include "tests/support/cluster.h"

namespace anamnesis {
namespace {

using testing_support::Child;
using testing_support::Cluster;

constexpr std::chrono::seconds kTimeout{60};
const std::vector<std::string> kWriters = {"patient", "encounter", "medication"};

// Where the sample bundles are; empty where they are not on this machine.
std::string Samples() {
  if (const char* named = std::getenv("ANAMNESIS_FHIR_SAMPLES"); named != nullptr) return named;
  const char* source = std::getenv("ANAMNESIS_SOURCE_DIR");
  const std::string beside = std::string(source == nullptr ? "." : source) + "/../shared/data/synthea-r4";
  return std::filesystem::exists(beside) ? beside : "";
}

// An import as a child process; its summary is read when it has ended.
class Import {
 public:
  Import(const Cluster& cluster, const std::string& directory, const std::string& path)
      : output_(directory + "/import.json"), child_(Command(cluster, directory, path)) {}

  nlohmann::json Summary() {
    exit_code_ = child_.Wait();
    std::ifstream file(output_);
    return nlohmann::json::parse(file, nullptr, /*allow_exceptions=*/false);
  }
  int exit_code() const { return exit_code_; }

 private:
  std::vector<std::string> Command(const Cluster& cluster, const std::string& directory, const std::string& path) {
    std::string command = "exec '" + testing_support::BinDir() + "/anamnesis'";
    for (const std::string& name : Cluster::Names()) command += " --server " + name + "=" + cluster.address(name);
    command += " import --json --report '" + directory + "/report.ndjson' '" + path + "' > '" + output_ + "'";
    return {"/bin/sh", "-c", command};
  }

  const std::string output_;
  Child child_;
  int exit_code_ = -1;
};

void ExpectSumsUp(const nlohmann::json& summary) {
  ASSERT_TRUE(summary.is_object()) << summary;
  uint64_t out_of_scope = 0;
  for (const auto& [type, count] : summary.at("out_of_scope").items()) out_of_scope += count.get<uint64_t>();
  EXPECT_EQ(summary.at("read").get<uint64_t>(), summary.at("recorded").get<uint64_t>() +
                                                    summary.at("already_present").get<uint64_t>() + out_of_scope +
                                                    summary.at("rejected").get<uint64_t>())
      << summary;
}

uint64_t Tail(const Cluster& cluster, const std::string& service) {
  const auto stub = event::v1::EventFeedService::NewStub(cluster.Channel(service));
  grpc::ClientContext context;
  rpc::PrepareContext(context, Cluster::Tester(), kTimeout);
  event::v1::GetLogStatusResponse response;
  const grpc::Status status = stub->GetLogStatus(&context, {}, &response);
  EXPECT_TRUE(status.ok()) << status.error_message();
  return response.tail_position();
}

std::string Digest(const Cluster& cluster) {
  const auto stub = chart::v1::ChartService::NewStub(cluster.Channel("readmodel"));
  grpc::ClientContext context;
  rpc::PrepareContext(context, Cluster::Tester(), kTimeout);
  chart::v1::GetDigestRequest request;
  for (const std::string& service : kWriters) {
    (*request.mutable_options()->mutable_min_positions())[service] = Tail(cluster, service);
  }
  chart::v1::GetDigestResponse response;
  const grpc::Status status = stub->GetDigest(&context, request, &response);
  EXPECT_TRUE(status.ok()) << status.error_message();
  EXPECT_GT(response.views(), 0u);
  return response.digest();
}

TEST(ImportTest, KillsInMidImportLeaveNoTrace) {
  const std::string samples = Samples();
  if (samples.empty()) GTEST_SKIP() << "no FHIR samples: neither ../shared/data/synthea-r4 nor $ANAMNESIS_FHIR_SAMPLES";

  testing_support::TempDir calm_dir;
  Cluster calm(calm_dir.path());
  calm.StartAll();
  Import undisturbed(calm, calm_dir.path(), samples);
  const nlohmann::json first = undisturbed.Summary();
  EXPECT_EQ(undisturbed.exit_code(), 0);
  ExpectSumsUp(first);
  EXPECT_EQ(first.at("rejected"), 0);
  const std::string digest = Digest(calm);

  Import repeated(calm, calm_dir.path(), samples);
  const nlohmann::json second = repeated.Summary();
  ExpectSumsUp(second);
  EXPECT_EQ(second.at("recorded"), 0) << "a repeated import adds nothing";
  EXPECT_EQ(Digest(calm), digest);

  testing_support::TempDir rough_dir;
  Cluster rough(rough_dir.path());
  rough.StartAll();
  {
    Import disturbed(rough, rough_dir.path(), samples);
    uint64_t after = 200;
    for (const std::string name : {"encounter", "patient", "readmodel", "medication", "encounter"}) {
      while (Tail(rough, "encounter") < after) std::this_thread::yield();
      after += 1000;
      rough.Kill(name);
      rough.Start(name);
    }
    ExpectSumsUp(disturbed.Summary());
  }
  Import again(rough, rough_dir.path(), samples);
  ExpectSumsUp(again.Summary());
  EXPECT_EQ(again.exit_code(), 0);
  EXPECT_EQ(Digest(rough), digest);
}

}  // namespace
}  // namespace anamnesis
