// Evidence through the real programs: what was verified once is held against what is served later.
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "anamnesis/chart/v1/chart_service.grpc.pb.h"
#include "anamnesis/ops/v1/ops_service.grpc.pb.h"
#include "nlohmann/json.hpp"
#include "rpc/client.h"
#include "tests/process/writer.h"
#include "tests/support/cluster.h"

namespace anamnesis {
namespace {

using testing_support::Child;
using testing_support::Cluster;

namespace fs = std::filesystem;

constexpr std::chrono::seconds kTimeout{60};

class VerifyTest : public testing::Test {
 protected:
  void Start() {
    cluster_.Start("readmodel");
    for (const char* name : {"patient", "encounter", "medication"}) cluster_.Start(name, {"--kek_file=" + Kek()});
  }
  std::string Kek() const { return dir_.path() + "/kek"; }

  std::string Anamnesis() const {
    std::string command = "exec '" + testing_support::BinDir() + "/anamnesis'";
    for (const std::string& name : Cluster::Names()) command += " --server " + name + "=" + cluster_.address(name);
    return command;
  }

  struct Answer {
    int exit_code;
    nlohmann::json json;
  };
  Answer Verify(const std::string& arguments) {
    const std::string out = dir_.path() + "/verify.json";
    const std::string verify = " verify --json --known '" + dir_.path() + "/known.json' " + arguments;
    const int exit_code = Child({"/bin/sh", "-c", Anamnesis() + verify + " > '" + out + "'"}).Wait();
    std::ifstream file(out);
    return {exit_code, nlohmann::json::parse(file, nullptr, /*allow_exceptions=*/false)};
  }
  Answer Online() { return Verify(""); }
  Answer Offline() { return Verify("--offline --data '" + dir_.path() + "'"); }

  // Keeps a directory as it is, and puts it in the place of what it has become.
  void KeepCopy(const std::string& of) const {
    fs::copy(dir_.path() + of, dir_.path() + "/copy", fs::copy_options::recursive);
  }
  void PutBackCopy(const std::string& of) const {
    fs::remove_all(dir_.path() + of);
    fs::rename(dir_.path() + "/copy", dir_.path() + of);
  }

  // What a service says that does not start.
  std::string StartingAlone(const std::string& name) const {
    const std::string errors = dir_.path() + "/errors";
    const std::string command = "exec '" + testing_support::BinDir() + "/" + name + "d' --data_dir='" + dir_.path() +
                                "/" + name + "' --listen=127.0.0.1:0 --metrics_listen=127.0.0.1:0 --kek_file='" +
                                Kek() + "' 2> '" + errors + "'";
    EXPECT_NE(Child({"/bin/sh", "-c", command}).Wait(), 0);
    std::ostringstream said;
    said << std::ifstream(errors).rdbuf();
    return said.str();
  }

  // Returns when the read model and encounterd know the patient service's events up to there.
  void AwaitKnown(uint64_t position) {
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

  void Record(int problems) {
    const auto stub = patient::v1::PatientService::NewStub(cluster_.Channel("patient"));
    for (int i = 0; i < problems; ++i) ASSERT_TRUE(RecordProblem(*stub, patients_[0]).ok());
  }

  testing_support::TempDir dir_;
  Cluster cluster_{dir_.path()};
  std::vector<std::string> patients_;
};

TEST_F(VerifyTest, AHistoryThatGrowsVerifiesOnlineAndOffline) {
  Start();
  patients_ = RegisterPatients(cluster_, 3);
  Record(5);
  const Answer first = Online();
  EXPECT_EQ(first.exit_code, 0) << first.json;
  EXPECT_EQ(first.json["services"]["patient"]["events"], 8);
  EXPECT_EQ(first.json["services"]["patient"]["proved"], 8);
  Record(5);
  EXPECT_EQ(Online().exit_code, 0);
  EXPECT_EQ(Offline().exit_code, 0) << "also while the servers run";

  cluster_.Kill("patient");
  cluster_.Start("patient", {"--kek_file=" + Kek()});
  EXPECT_EQ(Online().exit_code, 0) << "also after it was killed";
  cluster_.Stop("patient");
  const Answer stopped = Offline();
  EXPECT_EQ(stopped.exit_code, 0) << stopped.json;
  EXPECT_EQ(stopped.json["services"]["patient"]["checkpoint_size"], 13) << "stopping writes a checkpoint";
  EXPECT_EQ(stopped.json["services"]["patient"]["opened"], 13);
}

// Another program checks with the public key, and nothing else, that what was shown is what was signed.
TEST_F(VerifyTest, WhatIsShownComesWithProofsForWhoeverHasTheKey) {
  Start();
  patients_ = RegisterPatients(cluster_, 3);
  Record(20);
  const std::string bundle = dir_.path() + "/bundle.json";
  const std::string replay = " replay --service patient --from 5 --limit 9 --with-proofs '" + bundle + "' > /dev/null";
  ASSERT_EQ(Child({"/bin/sh", "-c", Anamnesis() + replay}).Wait(), 0);
  const char* const source = std::getenv("ANAMNESIS_SOURCE_DIR");
  ASSERT_NE(source, nullptr);
  const std::string check = "exec python3 -B '" + std::string(source) + "/tests/evidence/verify_bundle.py' '" + bundle +
                            "' \"$(cat '" + dir_.path() + "/patient/signing.key.pub')\" > '" + dir_.path() + "/said'";
  EXPECT_EQ(Child({"/bin/sh", "-c", check}).Wait(), 0);
  std::string said;
  std::getline(std::ifstream(dir_.path() + "/said") >> std::ws, said);
  EXPECT_EQ(said, "9 records verified in a tree of 23");

  // One byte of one record, and it is no longer what was signed.
  std::ifstream file(bundle);
  auto json = nlohmann::json::parse(file);
  std::string record = json["records"][3]["record"];
  record[10] = record[10] == 'A' ? 'B' : 'A';
  json["records"][3]["record"] = record;
  std::ofstream(bundle) << json.dump();
  EXPECT_NE(Child({"/bin/sh", "-c", check}).Wait(), 0);
}

// An older copy of everything is put back: nothing in it contradicts itself, and yet the history was cut.
TEST_F(VerifyTest, AnOldCopyPutBackIsFoundOutByWhoVerifiedMore) {
  Start();
  patients_ = RegisterPatients(cluster_, 1);
  cluster_.Stop("patient");
  KeepCopy("/patient");
  cluster_.Start("patient", {"--kek_file=" + Kek()});
  Record(5);
  ASSERT_EQ(Online().exit_code, 0);
  cluster_.Stop("patient");
  PutBackCopy("/patient");
  cluster_.Start("patient", {"--kek_file=" + Kek()});
  const Answer cut = Online();
  EXPECT_NE(cut.exit_code, 0);
  EXPECT_EQ(cut.json["services"]["patient"]["problems"].size(), 1u) << cut.json;
  Record(20);
  EXPECT_NE(Online().exit_code, 0) << "growing beyond it does not hide it";
}

// A log that is behind its own checkpoint is not served.
TEST_F(VerifyTest, ALogShorterThanItsCheckpointDoesNotServe) {
  Start();
  patients_ = RegisterPatients(cluster_, 1);
  cluster_.Stop("patient");
  KeepCopy("/patient/log");
  cluster_.Start("patient", {"--kek_file=" + Kek()});
  Record(5);
  cluster_.Stop("patient");
  PutBackCopy("/patient/log");
  fs::remove(dir_.path() + "/patient/high-water");  // The checkpoint alone is to find it.
  const std::string said = StartingAlone("patient");
  EXPECT_NE(said.find("its newest checkpoint covers 6: the events 2 to 6 are missing"), std::string::npos) << said;
  EXPECT_NE(Offline().exit_code, 0);
}

// Killed, so that no checkpoint says how far it went; then the log loses its end.
TEST_F(VerifyTest, ALogThatLostWhatNoCheckpointCoversDoesNotServe) {
  Start();
  patients_ = RegisterPatients(cluster_, 1);
  cluster_.Stop("patient");
  KeepCopy("/patient/log");
  cluster_.Start("patient", {"--kek_file=" + Kek()});
  Record(5);
  AwaitKnown(6);
  cluster_.Kill("patient");
  PutBackCopy("/patient/log");
  const std::string said = StartingAlone("patient");
  EXPECT_NE(said.find("it was durable up to 6: the events 2 to 6 are missing"), std::string::npos) << said;
  const Answer offline = Offline();
  EXPECT_NE(offline.exit_code, 0);
  EXPECT_EQ(offline.json["services"]["patient"]["problems"][0],
            "positions 2 to 6 are missing: the log was durable up to there");
  cluster_.Kill("medication");
  const auto report = Verify("--repair-report --offline --data '" + dir_.path() + "'").json;
  EXPECT_FALSE(report["services"]["encounter"].contains("lost"));
  const auto lost = report["services"]["patient"]["lost"];
  EXPECT_EQ(lost["first"], 2);
  EXPECT_EQ(lost["last"], 6);
  ASSERT_EQ(lost["elsewhere"].size(), 3U) << lost;
  EXPECT_EQ(lost["elsewhere"][0]["where"], "readmodel");
  EXPECT_EQ(lost["elsewhere"][0]["of_the_lost"], 5);
  EXPECT_EQ(lost["elsewhere"][1]["where"], "encounter");
  EXPECT_EQ(lost["elsewhere"][1]["of_the_lost"], 5);
  EXPECT_NE(lost["elsewhere"][2]["not_answered"], "");
}

}  // namespace
}  // namespace anamnesis
