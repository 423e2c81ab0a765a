// Evidence through the real programs: what was verified once is held against what is served later.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <sstream>

#include "nlohmann/json.hpp"
#include "tests/process/writer.h"
#include "tests/support/cluster.h"

namespace anamnesis {
namespace {

using testing_support::Child;
using testing_support::Cluster;

namespace fs = std::filesystem;

class VerifyTest : public testing::Test {
 protected:
  void Start() {
    cluster_.Start("readmodel");
    for (const char* name : {"patient", "encounter", "medication"}) cluster_.Start(name, {"--kek_file=" + Kek()});
  }
  std::string Kek() const { return dir_.path() + "/kek"; }

  struct Answer {
    int exit_code;
    nlohmann::json json;
  };
  Answer Verify(const std::string& arguments) {
    const std::string out = dir_.path() + "/verify.json";
    std::string command = "exec '" + testing_support::BinDir() + "/anamnesis'";
    for (const std::string& name : Cluster::Names()) command += " --server " + name + "=" + cluster_.address(name);
    command += " verify --json --known '" + dir_.path() + "/known.json' " + arguments + " > '" + out + "'";
    const int exit_code = Child({"/bin/sh", "-c", command}).Wait();
    std::ifstream file(out);
    return {exit_code, nlohmann::json::parse(file, nullptr, /*allow_exceptions=*/false)};
  }
  Answer Online() { return Verify(""); }
  Answer Offline() { return Verify("--offline --data '" + dir_.path() + "'"); }

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

// An older copy of everything is put back: nothing in it contradicts itself, and yet the history was cut.
TEST_F(VerifyTest, AnOldCopyPutBackIsFoundOutByWhoVerifiedMore) {
  Start();
  patients_ = RegisterPatients(cluster_, 1);
  cluster_.Stop("patient");
  fs::copy(dir_.path() + "/patient", dir_.path() + "/copy", fs::copy_options::recursive);
  cluster_.Start("patient", {"--kek_file=" + Kek()});
  Record(5);
  ASSERT_EQ(Online().exit_code, 0);
  cluster_.Stop("patient");
  fs::remove_all(dir_.path() + "/patient");
  fs::rename(dir_.path() + "/copy", dir_.path() + "/patient");
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
  fs::copy(dir_.path() + "/patient/log", dir_.path() + "/old", fs::copy_options::recursive);
  cluster_.Start("patient", {"--kek_file=" + Kek()});
  Record(5);
  cluster_.Stop("patient");
  fs::remove_all(dir_.path() + "/patient/log");
  fs::rename(dir_.path() + "/old", dir_.path() + "/patient/log");
  const std::string errors = dir_.path() + "/errors";
  const std::string command = "exec '" + testing_support::BinDir() + "/patientd' --data_dir='" + dir_.path() +
                              "/patient' --listen=127.0.0.1:0 --metrics_listen=127.0.0.1:0 --kek_file='" + Kek() +
                              "' 2> '" + errors + "'";
  EXPECT_NE(Child({"/bin/sh", "-c", command}).Wait(), 0);
  std::ostringstream said;
  said << std::ifstream(errors).rdbuf();
  EXPECT_NE(said.str().find("the events 2 to 6 are missing"), std::string::npos) << said.str();
  EXPECT_NE(Offline().exit_code, 0);
}

}  // namespace
}  // namespace anamnesis
