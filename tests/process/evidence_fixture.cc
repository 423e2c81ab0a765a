#include "tests/process/evidence_fixture.h"

#include <filesystem>
#include <fstream>
#include <sstream>

#include "anamnesis/chart/v1/chart_service.grpc.pb.h"
#include "anamnesis/ops/v1/ops_service.grpc.pb.h"
#include "rpc/client.h"
#include "tests/process/writer.h"

namespace anamnesis {
namespace {

using testing_support::Child;
using testing_support::Cluster;

namespace fs = std::filesystem;

constexpr std::chrono::seconds kTimeout{60};

}  // namespace

void EvidenceTest::Start() {
  cluster_.Start("readmodel");
  for (const char* name : {"patient", "encounter", "medication"}) cluster_.Start(name, {"--kek_file=" + Kek()});
}

std::string EvidenceTest::Anamnesis() const {
  std::string command = "exec '" + testing_support::BinDir() + "/anamnesis'";
  for (const std::string& name : Cluster::Names()) command += " --server " + name + "=" + cluster_.address(name);
  return command;
}

EvidenceTest::Answer EvidenceTest::Verify(const std::string& arguments) {
  const std::string out = dir_.path() + "/verify.json";
  const bool offline = arguments.find("--offline") != std::string::npos;  // Nothing is remembered then.
  const std::string known = offline ? "" : "--known '" + dir_.path() + "/known.json' ";
  const std::string verify = " verify --json " + known + arguments;
  const int exit_code = Child({"/bin/sh", "-c", Anamnesis() + verify + " > '" + out + "'"}).Wait();
  std::ifstream file(out);
  return {exit_code, nlohmann::json::parse(file, nullptr, /*allow_exceptions=*/false)};
}

void EvidenceTest::KeepCopy(const std::string& of) const {
  fs::copy(dir_.path() + of, dir_.path() + "/copy", fs::copy_options::recursive);
}

void EvidenceTest::PutBackCopy(const std::string& of) const {
  fs::remove_all(dir_.path() + of);
  fs::rename(dir_.path() + "/copy", dir_.path() + of);
}

std::string EvidenceTest::StartingAlone(const std::string& name, const std::string& flags) const {
  const std::string errors = dir_.path() + "/errors";
  const std::string command = "exec '" + testing_support::BinDir() + "/" + name + "d' --data_dir='" + dir_.path() +
                              "/" + name + "' --listen=127.0.0.1:0 --metrics_listen=127.0.0.1:0 --kek_file='" + Kek() +
                              "' " + flags + " 2> '" + errors + "'";
  EXPECT_NE(Child({"/bin/sh", "-c", command}).Wait(), 0);
  std::ostringstream said;
  said << std::ifstream(errors).rdbuf();
  return said.str();
}

void EvidenceTest::AwaitKnown(uint64_t position) {
  const auto charts = chart::v1::ChartService::NewStub(cluster_.Channel("readmodel"));
  const auto encounters = ops::v1::OpsService::NewStub(cluster_.Channel("encounter"));
  for (bool views = false, facts = false; !views || !facts;) {
    grpc::ClientContext of_views, of_facts;
    rpc::PrepareContext(of_views, Cluster::Tester(), kTimeout);
    rpc::PrepareContext(of_facts, Cluster::Tester(), kTimeout);
    chart::v1::GetProjectionStatusResponse projections;
    ASSERT_TRUE(charts->GetProjectionStatus(&of_views, {}, &projections).ok());
    for (const auto& one : projections.services()) {
      views |= one.service() == "patient" && one.applied_position() >= position;
    }
    ops::v1::GetStatusResponse status;
    ASSERT_TRUE(encounters->GetStatus(&of_facts, {}, &status).ok());
    for (const auto& link : status.links()) facts |= link.name() == "follow:patient" && link.position() >= position;
  }
}

void EvidenceTest::Record(int problems) {
  const auto stub = patient::v1::PatientService::NewStub(cluster_.Channel("patient"));
  for (int i = 0; i < problems; ++i) ASSERT_TRUE(RecordProblem(*stub, patients_[0]).ok());
}

}  // namespace anamnesis
