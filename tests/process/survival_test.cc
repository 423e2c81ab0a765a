// What a kill at any moment must not harm: acknowledged commands, and the equality of the read model with a rebuild.
#include <gtest/gtest.h>

#include "anamnesis/chart/v1/chart_service.grpc.pb.h"
#include "base/uuid.h"
#include "rpc/client.h"
#include "tests/process/writer.h"
#include "tests/support/cluster.h"

namespace anamnesis {
namespace {

using testing_support::Cluster;

constexpr std::chrono::seconds kTimeout{60};

std::string Digest(Cluster& cluster, uint64_t patient_position) {
  const auto stub = chart::v1::ChartService::NewStub(cluster.Channel("readmodel"));
  grpc::ClientContext context;
  rpc::PrepareContext(context, Cluster::Tester(), kTimeout);
  chart::v1::GetDigestRequest request;
  (*request.mutable_options()->mutable_min_positions())["patient"] = patient_position;
  chart::v1::GetDigestResponse response;
  const grpc::Status status = stub->GetDigest(&context, request, &response);
  EXPECT_TRUE(status.ok()) << status.error_message();
  return response.digest();
}

uint64_t Generation(chart::v1::ChartService::Stub& stub) {
  grpc::ClientContext context;
  rpc::PrepareContext(context, Cluster::Tester(), kTimeout);
  chart::v1::GetProjectionStatusResponse response;
  EXPECT_TRUE(stub.GetProjectionStatus(&context, {}, &response).ok());
  for (const auto& projection : response.services()) {
    if (projection.service() == "patient") return projection.generation();
  }
  return 0;
}

// Asks for a rebuild and returns when its generation is the one that answers.
void Rebuild(Cluster& cluster) {
  const auto stub = chart::v1::ChartService::NewStub(cluster.Channel("readmodel"));
  const uint64_t before = Generation(*stub);
  grpc::ClientContext context;
  rpc::PrepareContext(context, Cluster::Tester(), kTimeout);
  chart::v1::RebuildProjectionRequest request;
  request.set_service("patient");
  chart::v1::RebuildProjectionResponse response;
  const grpc::Status status = stub->RebuildProjection(&context, request, &response);
  ASSERT_TRUE(status.ok()) << status.error_message();
  const auto give_up = std::chrono::steady_clock::now() + kTimeout;
  while (Generation(*stub) == before) {
    ASSERT_LT(std::chrono::steady_clock::now(), give_up) << "the rebuild did not finish";
  }
}

TEST(SurvivalTest, EveryAcknowledgedCommandSurvivesTheDeathOfEverything) {
  testing_support::TempDir dir;
  Cluster cluster(dir.path());
  cluster.StartAll();
  const std::vector<std::string> patients = RegisterPatients(cluster, 5);
  std::vector<Acknowledged> acknowledged;
  for (int round = 0; round < 3; ++round) {
    Writers writers(cluster, patients, 8);
    writers.Await(200);
    for (const std::string& name : Cluster::Names()) cluster.Kill(name);
    const auto more = writers.Stop();
    acknowledged.insert(acknowledged.end(), more.begin(), more.end());
    cluster.StartAll();
  }

  const auto recovered = ReplayProblems(cluster);
  for (const Acknowledged& command : acknowledged) {
    const auto found = recovered.find(command.problem_id);
    ASSERT_NE(found, recovered.end()) << "an acknowledged command is lost";
    EXPECT_EQ(found->second, command.position);
  }
  uint64_t tail = 0;
  for (const auto& [id, position] : recovered) tail = std::max(tail, position);
  const std::string digest = Digest(cluster, tail);
  Rebuild(cluster);
  EXPECT_EQ(Digest(cluster, tail), digest);
}

TEST(SurvivalTest, TheReadModelCatchesUpWhicheverSideDies) {
  testing_support::TempDir dir;
  Cluster cluster(dir.path());
  cluster.StartAll();
  const std::vector<std::string> patients = RegisterPatients(cluster, 3);
  Writers writers(cluster, patients, 4);
  size_t commands = 0;
  for (const std::string name : {"readmodel", "patient", "readmodel"}) {
    writers.Await(commands += 100);
    cluster.Kill(name);
    cluster.Start(name);
  }
  const auto acknowledged = writers.Stop();
  cluster.AwaitHealthy("patient");
  uint64_t tail = 0;
  for (const auto& [id, position] : ReplayProblems(cluster)) tail = std::max(tail, position);
  const std::string digest = Digest(cluster, tail);
  Rebuild(cluster);
  EXPECT_EQ(Digest(cluster, tail), digest);
}

TEST(SurvivalTest, SixtyFourClientsOfOnePatientLoseNothing) {
  testing_support::TempDir dir;
  Cluster cluster(dir.path());
  cluster.Start("readmodel");
  cluster.Start("patient");
  const std::vector<std::string> patients = RegisterPatients(cluster, 1);
  Writers writers(cluster, patients, 64);
  writers.Await(1000);
  const auto acknowledged = writers.Stop();
  const auto recorded = ReplayProblems(cluster);
  EXPECT_EQ(recorded.size(), acknowledged.size());
}

TEST(SurvivalTest, SigtermDrainsAndEndsWithZero) {
  testing_support::TempDir dir;
  Cluster cluster(dir.path());
  cluster.StartAll();
  RegisterPatients(cluster, 1);
  for (const std::string name : {"medication", "encounter", "patient", "readmodel"})
    EXPECT_EQ(cluster.Stop(name), 0) << name;
}

TEST(SurvivalTest, ASecondProcessOnTheSameDataIsRefused) {
  testing_support::TempDir dir;
  Cluster cluster(dir.path());
  cluster.Start("readmodel");
  cluster.Start("patient");
  testing_support::Child second({testing_support::BinDir() + "/patientd", "--data_dir=" + dir.path() + "/patient",
                                 "--listen=127.0.0.1:0", "--metrics_listen=127.0.0.1:0"});
  EXPECT_NE(second.Wait(), 0);
  EXPECT_FALSE(second.AwaitLine("another process").empty()) << second.Output();
  EXPECT_EQ(RegisterPatients(cluster, 1).size(), 1u) << "the first goes on";
}

}  // namespace
}  // namespace anamnesis
