// Keys through the real programs: nothing in the clear on disk, rotation under load, and a lost key is said.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/file.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>

#include "anamnesis/event/v1/feed_service.grpc.pb.h"
#include "anamnesis/patient/v1/events.pb.h"
#include "rpc/client.h"
#include "tests/process/writer.h"
#include "tests/support/cluster.h"
#include "vault/key_file.h"

namespace anamnesis {
namespace {

using testing_support::Child;
using testing_support::Cluster;

constexpr std::chrono::seconds kTimeout{60};

class KeysTest : public testing::Test {
 protected:
  void Start() {
    cluster_.Start("readmodel");
    for (const char* name : {"patient", "encounter", "medication"}) cluster_.Start(name, {"--kek_file=" + kek_file_});
  }

  int Rotate(const std::vector<std::string>& options = {}) {
    std::vector<std::string> command = {testing_support::BinDir() + "/anamnesis"};
    for (const std::string& name : Cluster::Names()) {
      command.insert(command.end(), {"--server", name + "=" + cluster_.address(name)});
    }
    command.insert(command.end(), {"keys", "rotate", "--kek-file", kek_file_});
    command.insert(command.end(), options.begin(), options.end());
    return Child(command).Wait();
  }

  std::set<std::string> ProblemsInTheHistory() {
    std::set<std::string> found;
    const auto stub = event::v1::EventFeedService::NewStub(cluster_.Channel("patient"));
    grpc::ClientContext context;
    rpc::PrepareContext(context, Cluster::Tester(), kTimeout);
    const auto reader = stub->Subscribe(&context, {});
    event::v1::SubscribeResponse response;
    while (reader->Read(&response)) {
      for (const auto& event : response.batch().events()) {
        patient::v1::PatientEvent decoded;
        if (decoded.ParseFromString(event.payload()) && decoded.has_problem_recorded()) {
          found.insert(decoded.problem_recorded().problem().id());
        }
      }
    }
    EXPECT_TRUE(reader->Finish().ok());
    return found;
  }

  testing_support::TempDir dir_;
  const std::string kek_file_ = dir_.path() + "/elsewhere/kek";
  Cluster cluster_{dir_.path()};
};

TEST_F(KeysTest, RotationUnderLoadLosesNothingAndLetsGoOfTheOldKey) {
  Start();
  const std::vector<std::string> patients = RegisterPatients(cluster_, 20);
  const vault::KeyRing before = *vault::LoadKeyFile(kek_file_);
  Writers writers(cluster_, patients, 4);
  writers.Await(100);
  ASSERT_EQ(Rotate(), 0);
  writers.Await(300);
  const std::vector<Acknowledged> acknowledged = writers.Stop();
  const auto after = vault::LoadKeyFile(kek_file_);
  ASSERT_TRUE(after.ok()) << after.status();
  ASSERT_EQ(after->ids().size(), 1u);
  EXPECT_NE(after->current(), before.current());

  cluster_.Kill("patient");
  cluster_.Start("patient", {"--kek_file=" + kek_file_});
  const std::set<std::string> found = ProblemsInTheHistory();
  for (const Acknowledged& one : acknowledged) EXPECT_EQ(found.count(one.problem_id), 1u);
}

// Nobody may have kept it otherwise, and backups of before need it.
TEST_F(KeysTest, ARotationNamesTheKeyThatItRemoves) {
  Start();
  RegisterPatients(cluster_, 1);
  const vault::KekId before = vault::LoadKeyFile(kek_file_)->current();
  const std::string said = dir_.path() + "/said";
  std::string command = "exec '" + testing_support::BinDir() + "/anamnesis'";
  for (const std::string& name : Cluster::Names()) command += " --server " + name + "=" + cluster_.address(name);
  ASSERT_EQ(Child({"/bin/sh", "-c", command + " keys rotate --kek-file '" + kek_file_ + "' > '" + said + "'"}).Wait(),
            0);
  std::ostringstream text;
  text << std::ifstream(said).rdbuf();
  EXPECT_NE(text.str().find("need the old key " + before + ", which is no longer in the file: keep a copy of the old"),
            std::string::npos)
      << text.str();
}

TEST_F(KeysTest, AKeyCommandThatFailsIsSaidToWithItsExitStatus) {
  Child patientd({testing_support::BinDir() + "/patientd", "--data_dir=" + dir_.path() + "/patient",
                  "--listen=127.0.0.1:0", "--metrics_listen=127.0.0.1:0", "--kek_command=exit 3"});
  EXPECT_NE(patientd.AwaitLine("the key command ended with exit status 3"), "");
  EXPECT_NE(patientd.Wait(), 0);
}

TEST_F(KeysTest, ARotationThatWasCutShortGoesOn) {
  Start();
  RegisterPatients(cluster_, 3);
  cluster_.Kill("medication");
  EXPECT_NE(Rotate(), 0);
  const auto between = vault::LoadKeyFile(kek_file_);
  ASSERT_TRUE(between.ok());
  EXPECT_EQ(between->ids().size(), 2u) << "the old key is kept while a service may need it";
  cluster_.Start("medication", {"--kek_file=" + kek_file_});
  ASSERT_EQ(Rotate(), 0);
  EXPECT_EQ(vault::LoadKeyFile(kek_file_)->ids(), std::vector<std::string>{between->current()});
}

// Older keys in the file are no sign of a rotation that was cut short.
TEST_F(KeysTest, ARotationAfterOneThatKeptTheOldKeyMakesANewOne) {
  Start();
  RegisterPatients(cluster_, 3);
  const vault::KekId first = vault::LoadKeyFile(kek_file_)->current();
  ASSERT_EQ(Rotate({"--keep-old"}), 0);
  const auto kept = vault::LoadKeyFile(kek_file_);
  ASSERT_EQ(kept->ids().size(), 2u);
  EXPECT_EQ(kept->ids().back(), first);
  ASSERT_EQ(Rotate(), 0);
  const auto after = vault::LoadKeyFile(kek_file_);
  ASSERT_EQ(after->ids().size(), 1u);
  EXPECT_NE(after->current(), kept->current());
}

// Two at once would each put a file in the place of the other's.
TEST_F(KeysTest, OneRotatesAtATime) {
  Start();
  RegisterPatients(cluster_, 1);
  const auto before = vault::LoadKeyFile(kek_file_)->ids();
  const int other = open((kek_file_ + ".rotation").c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  ASSERT_EQ(flock(other, LOCK_EX), 0);
  EXPECT_NE(Rotate(), 0);
  EXPECT_EQ(vault::LoadKeyFile(kek_file_)->ids(), before);
  close(other);
  EXPECT_EQ(Rotate(), 0);
}

TEST_F(KeysTest, NoPayloadStandsInTheLogInTheClear) {
  Start();
  const std::vector<std::string> patients = RegisterPatients(cluster_, 1);
  const auto stub = patient::v1::PatientService::NewStub(cluster_.Channel("patient"));
  const auto recorded = RecordProblem(*stub, patients[0]);
  ASSERT_TRUE(recorded.ok()) << recorded.status();
  bool patient_found = false;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(dir_.path() + "/patient/log")) {
    std::ostringstream content;
    content << std::ifstream(entry.path(), std::ios::binary).rdbuf();
    patient_found |= content.str().find(patients[0]) != std::string::npos;
    EXPECT_EQ(content.str().find(recorded->problem_id), std::string::npos) << entry.path();
  }
  EXPECT_TRUE(patient_found) << "the search would find nothing at all";
}

TEST_F(KeysTest, WithoutItsKeyAServiceDoesNotStart) {
  Start();
  RegisterPatients(cluster_, 1);
  cluster_.Stop("patient");
  std::filesystem::remove(kek_file_);
  Child patientd({testing_support::BinDir() + "/patientd", "--data_dir=" + dir_.path() + "/patient",
                  "--listen=127.0.0.1:0", "--metrics_listen=127.0.0.1:0", "--kek_file=" + kek_file_});
  EXPECT_NE(patientd.Wait(), 0);
  EXPECT_FALSE(std::filesystem::exists(kek_file_)) << "no other key is made in its place";
}

}  // namespace
}  // namespace anamnesis
