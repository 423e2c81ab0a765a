// Evidence through the real programs: what was verified once is held against what is served later.
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "tests/process/evidence_fixture.h"
#include "tests/process/writer.h"

namespace anamnesis {
namespace {

using testing_support::Child;

namespace fs = std::filesystem;

using VerifyTest = EvidenceTest;

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

// A block that rots hides its records and nothing else: the other services are verified, and who knows more is told.
TEST_F(VerifyTest, ADamagedFileIsAProblemOfItsServiceAndNotTheEnd) {
  Start();
  patients_ = RegisterPatients(cluster_, 3);
  Record(30);
  AwaitKnown(33);
  cluster_.Stop("patient");
  cluster_.Start("patient", {"--kek_file=" + Kek()});  // What is recovered goes to sorted files.
  cluster_.Stop("patient");
  fs::path largest;
  for (const auto& entry : fs::directory_iterator(dir_.path() + "/patient/log")) {
    if (entry.path().extension() != ".sst") continue;
    if (largest.empty() || entry.file_size() > fs::file_size(largest)) largest = entry.path();
  }
  std::fstream file(largest, std::ios::in | std::ios::out | std::ios::binary);
  file.seekp(100);
  file.write("damage", 6);
  file.close();

  const Answer damaged = Offline();
  EXPECT_EQ(damaged.exit_code, 1);
  EXPECT_EQ(damaged.json["verified"], false);
  const auto& patient = damaged.json["services"]["patient"];
  EXPECT_EQ(patient["events"], 33);
  ASSERT_EQ(patient["unreadable"].size(), 1U) << damaged.json;
  EXPECT_EQ(patient["unreadable"][0]["first"], 1);
  EXPECT_NE(std::string(patient["problems"][0]).find("the log is damaged: positions 1 to "), std::string::npos);
  for (const char* other : {"encounter", "medication"}) {
    EXPECT_EQ(damaged.json["services"][other]["problems"], nlohmann::json::array()) << other;
  }
  const auto report = Verify("--repair-report --offline --data '" + dir_.path() + "'").json;
  const auto& elsewhere = report["services"]["patient"]["unreadable"][0]["elsewhere"];
  EXPECT_EQ(elsewhere[0]["where"], "readmodel");
  EXPECT_EQ(elsewhere[0]["of_the_lost"], patient["unreadable"][0]["last"]);
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
  ASSERT_EQ(Online().exit_code, 0);  // So that all six are in the tree.
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

  // Even where it is decided that they are lost, nothing is signed that stands in the tree of what was there.
  fs::remove(dir_.path() + "/patient/high-water");
  const std::string of_another = StartingAlone("patient");
  EXPECT_NE(of_another.find("the tree is not of this log"), std::string::npos) << of_another;
  fs::remove_all(dir_.path() + "/patient/tree");
  cluster_.Start("patient", {"--kek_file=" + Kek()});
  Record(5);
  cluster_.Stop("patient");
  const auto after = Offline().json["services"]["patient"];
  EXPECT_EQ(after["events"], 6);
  EXPECT_EQ(after["problems"], nlohmann::json::array());
}

// Whoever cuts a log cannot have it signed by another key by taking the old one away.
TEST_F(VerifyTest, NoOtherKeyIsMadeForALogThatHadOne) {
  Start();
  patients_ = RegisterPatients(cluster_, 1);
  cluster_.Stop("patient");
  const std::string dir = dir_.path() + "/patient/";
  fs::remove(dir + "signing.key");
  for (const char* trace : {"checkpoint", "high-water", "signing.key.pub"}) {
    EXPECT_NE(StartingAlone("patient").find("signing.key"), std::string::npos) << "there is still " << trace;
    EXPECT_FALSE(fs::exists(dir + "signing.key"));
    fs::remove(dir + trace);
  }
}

TEST_F(VerifyTest, AMemoryThatCannotBeReadIsNotTakenForNone) {
  Start();
  ASSERT_EQ(Online().exit_code, 0);
  const std::string known = dir_.path() + "/known.json";
  fs::rename(known, known + ".kept");
  fs::create_symlink(known, known);  // Leads nowhere, not even for root.
  EXPECT_NE(Online().exit_code, 0);
  fs::remove(known);
  fs::rename(known + ".kept", known);
  EXPECT_EQ(Online().exit_code, 0);
}

}  // namespace
}  // namespace anamnesis
