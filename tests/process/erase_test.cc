// Erasing a patient through the real programs: nothing is left anywhere, everything else stays proven, and no death of
// a server stops it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <csignal>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "base/uuid.h"
#include "nlohmann/json.hpp"
#include "tests/process/writer.h"
#include "tests/support/cluster.h"
#include "tests/support/command.h"

namespace anamnesis {
namespace {

using testing_support::Answer;
using testing_support::Cluster;

namespace fs = std::filesystem;

constexpr int kKilled = 128 + SIGKILL;
const std::vector<std::string> kWriters = {"patient", "encounter", "medication"};

class EraseTest : public testing::Test {
 protected:
  // `dies_at` names a step at which it dies when it comes to it for the first time; empty: none.
  void Start(const std::string& name, const std::string& dies_at = "") {
    cluster_.Start(name,
                   name == "readmodel" ? std::vector<std::string>{} : std::vector<std::string>{"--kek_file=" + Kek()},
                   dies_at.empty() ? std::vector<std::string>{}
                                   : std::vector<std::string>{"ANAMNESIS_FAILPOINTS=" + dies_at + "=kill"});
  }
  void StartAll() {
    for (const std::string& name : Cluster::Names()) {
      if (!cluster_.Running(name)) Start(name);
    }
    for (const std::string& name : kWriters) cluster_.AwaitHealthy(name);
  }
  std::string Kek() const { return dir_.path() + "/kek"; }

  Answer Run(const std::string& arguments) const { return testing_support::Run(cluster_, arguments); }
  static std::string EraseCommand(const std::string& patient) {
    return "erase --yes --json --reason 'as asked' --approved-by user:officer " + patient;
  }

  // A small clinic; returns the ids of its patients.
  std::vector<std::string> Import() {
    const std::string bundles = dir_.path() + "/bundles";
    if (!fs::exists(bundles)) {
      EXPECT_EQ(Run("simulate --patients 6 --seed 5 --out '" + bundles + "'").exit_code, 0);
    }
    imported_ = Run("import --json --report '" + dir_.path() + "/report' '" + bundles + "'").json();
    EXPECT_EQ(imported_["rejected"], 0) << imported_;
    std::vector<std::string> patients;
    for (const auto& event : Replay("--service patient")) {
      if (absl::EndsWith(event["type"].get<std::string>(), "PatientRegistered")) {
        patients.push_back(event["stream"].get<std::string>().substr(sizeof("patient-") - 1));
      }
    }
    return patients;
  }
  std::vector<nlohmann::json> Replay(const std::string& arguments) const {
    std::istringstream lines(Run("replay --json " + arguments).text);
    std::vector<nlohmann::json> events;
    for (std::string line; std::getline(lines, line);) events.push_back(nlohmann::json::parse(line));
    return events;
  }

  // The digest of the views as they are, and as they are made anew from the logs.
  std::string Digest() const {
    const std::string before = Run("digest").text;
    for (const std::string& service : kWriters) EXPECT_EQ(Run("rebuild " + service).exit_code, 0);
    EXPECT_EQ(Run("digest").text, before);
    return before;
  }

  bool OnDisk(const std::string& text) const {
    for (const std::string& name : Cluster::Names()) {
      for (const auto& entry : fs::recursive_directory_iterator(dir_.path() + "/" + name)) {
        std::ostringstream content;
        content << std::ifstream(entry.path(), std::ios::binary).rdbuf();
        if (content.str().find(text) != std::string::npos) return true;
      }
    }
    return false;
  }

  // The id of something of the patient that other services keep of him in the clear.
  std::string KnownElsewhere(const std::string& patient) const {
    for (const auto& event : Replay("--service patient --patient " + patient)) {
      if (!absl::EndsWith(event["type"].get<std::string>(), "ProblemRecorded")) continue;
      return event["event"]["problem_recorded"]["problem"]["id"];
    }
    return "";
  }

  // What the histories say of an erased patient: that something was, not what.
  void ExpectTombstones(const std::string& patient) const {
    bool fence = false;
    for (const auto& event : Replay("--patient " + patient)) {
      const std::string type = event["type"];
      if (absl::EndsWith(type, "PatientErased") || absl::EndsWith(type, "RecordErased")) {
        fence = true;
        continue;
      }
      EXPECT_TRUE(event.value("erased", false)) << type;
      EXPECT_FALSE(event.contains("event") || event.contains("payload")) << type;
    }
    EXPECT_TRUE(fence);
  }

  testing_support::TempDir dir_;
  Cluster cluster_{dir_.path()};
  nlohmann::json imported_;
};

TEST_F(EraseTest, NothingIsLeftAndEverythingElseStaysProven) {
  StartAll();
  const std::vector<std::string> patients = Import();
  ASSERT_GE(patients.size(), 6u);
  const std::string& erased = patients[2];
  const auto chart = Run("chart --json " + erased).json();
  const std::string family = chart["patient"]["demographics"]["names"][0]["family"];
  const size_t events = Replay("--patient " + erased).size();
  ASSERT_GT(events, 10u);
  ASSERT_TRUE(OnDisk(family)) << "else this test sees nothing";
  const std::string problem = KnownElsewhere(erased);
  ASSERT_NE(problem, "");
  ASSERT_TRUE(OnDisk(problem));

  const Answer answer = Run(EraseCommand(erased));
  ASSERT_EQ(answer.exit_code, 0) << answer.text;
  EXPECT_EQ(answer.json()["erased"][0]["patient_id"], erased);
  EXPECT_FALSE(OnDisk(family));
  EXPECT_FALSE(OnDisk(problem));
  EXPECT_EQ(Run("chart " + erased).exit_code, 2);
  ExpectTombstones(erased);
  EXPECT_EQ(Replay("--patient " + erased).size(), events + kWriters.size());
  EXPECT_EQ(Run("chart " + patients[1]).exit_code, 0);
  Digest();
  EXPECT_EQ(Run("verify --known '" + dir_.path() + "/known'").exit_code, 0);
  const Answer offline = Run("verify --offline --json --data '" + dir_.path() + "'");
  EXPECT_EQ(offline.exit_code, 0);
  EXPECT_EQ(Run(EraseCommand(erased)).exit_code, 0) << "it is done, and can be asked again";

  // The same person comes back: all of it is recorded anew, under a new key, and of the others nothing.
  Import();
  EXPECT_EQ(imported_["recorded"], events) << imported_;
  EXPECT_EQ(Run("chart " + erased).exit_code, 0);
  Digest();
}

// What somebody records of the id afterwards is erased too when that is asked for: nobody is told that it is gone.
TEST_F(EraseTest, WhatIsRecordedSinceIsErasedWhenAsked) {
  StartAll();
  const std::string patient = RegisterPatients(cluster_, 1).front();
  const Answer first = Run("--roles privacy-officer " + EraseCommand(patient));
  ASSERT_EQ(first.exit_code, 0) << first.said;
  const auto erased_at = [](const Answer& answer) { return answer.json()["erased"][0]["position"].get<uint64_t>(); };
  EXPECT_LE(erased_at(Run(EraseCommand(patient))), erased_at(first)) << "there is nothing to erase";
  const std::string weight =
      R"({"patient_id": ")" + patient +
      R"(", "observation": {"status": "RESULT_STATUS_FINAL", "code": {"text": "weight"}, "value": {"quantity": {"value": "80", "code": "kg"}}}})";
  const Answer recorded = Run("call encounter.RecordObservation '" + weight + "'");
  ASSERT_EQ(recorded.exit_code, 0) << recorded.said;
  const Answer second = Run(EraseCommand(patient));
  ASSERT_EQ(second.exit_code, 0) << second.said;
  EXPECT_GT(erased_at(second), erased_at(first));
  ExpectTombstones(patient);
  EXPECT_LE(erased_at(Run(EraseCommand(patient))), erased_at(second));
}

TEST_F(EraseTest, WhatIsRecordedNowhereIsNotSaidToBeErased) {
  StartAll();
  const std::string nobody = NewUuid();
  const Answer answer = Run(EraseCommand(nobody));
  EXPECT_NE(answer.exit_code, 0);
  EXPECT_THAT(answer.said, testing::HasSubstr("nothing is recorded of " + nobody));
  EXPECT_TRUE(Replay("--patient " + nobody).empty());
}

TEST_F(EraseTest, WhoeverWasDownDoesItWhenBack) {
  StartAll();
  const std::vector<std::string> patients = Import();
  for (const char* name : {"encounter", "medication"}) cluster_.Kill(name);
  EXPECT_NE(Run("--timeout 1 " + EraseCommand(patients[0])).exit_code, 0) << "it is not done everywhere";
  EXPECT_EQ(Run("timeline " + patients[0]).exit_code, 2) << "but where it is, it is";
  StartAll();
  ASSERT_EQ(Run(EraseCommand(patients[0])).exit_code, 0);
  EXPECT_EQ(Run("chart " + patients[0]).exit_code, 2);
  ExpectTombstones(patients[0]);
  Digest();
}

TEST_F(EraseTest, ADeathOfAnyServerAtAnyStepOnlyDelaysIt) {
  constexpr std::pair<const char*, const char*> kDeaths[] = {
      {"patient",    "erase.committed"},
      {"patient",    "erase.compacted"},
      {"encounter",  "erase.flushed"  },
      {"medication", "facts.applied"  },
      {"medication", "erase.committed"},
      {"readmodel",  "views.purging"  },
  };
  StartAll();
  const std::vector<std::string> patients = Import();
  ASSERT_GE(patients.size(), std::size(kDeaths));
  for (size_t i = 0; i < std::size(kDeaths); ++i) {
    const auto& [victim, step] = kDeaths[i];
    SCOPED_TRACE(absl::StrCat(victim, " ", step));
    const std::string& patient = patients[i];
    const std::string problem = KnownElsewhere(patient);
    if (i == 0) {
      ASSERT_TRUE(OnDisk(problem)) << "else this test sees nothing";
    }
    cluster_.Kill(victim);
    Start(victim, step);
    for (const std::string& name : kWriters) cluster_.AwaitHealthy(name);
    EXPECT_NE(Run("--timeout 3 " + EraseCommand(patient)).exit_code, 0) << "it is not done everywhere";
    EXPECT_EQ(cluster_.AwaitEnd(victim), kKilled) << "it did not come to the step";
    StartAll();
    ASSERT_EQ(Run(EraseCommand(patient)).exit_code, 0);
    EXPECT_EQ(Run("chart " + patient).exit_code, 2);
    EXPECT_FALSE(!problem.empty() && OnDisk(problem));  // Once they were compacted, files are compressed and show less.
    ExpectTombstones(patient);
  }
  Digest();
  EXPECT_EQ(Run("verify --known '" + dir_.path() + "/known'").exit_code, 0);
}

TEST_F(EraseTest, OnlyWhoMayErases) {
  StartAll();
  const std::string patient = RegisterPatients(cluster_, 1).front();
  const auto stub = patient::v1::PatientService::NewStub(cluster_.Channel("patient"));
  patient::v1::SubmitRequest request;
  request.set_sequence(1);
  auto& erase = *request.mutable_command()->mutable_erase_patient();
  erase.mutable_context()->set_reason("none of their business");
  erase.set_patient_id(patient);
  erase.set_approved_by("user:nobody");
  grpc::ClientContext context;
  context.AddMetadata("anamnesis-actor", "user:ada");
  context.AddMetadata("anamnesis-roles", "clinician");
  const auto stream = stub->Submit(&context);
  ASSERT_TRUE(stream->Write(request));
  patient::v1::SubmitResponse response;
  ASSERT_TRUE(stream->Read(&response));
  EXPECT_EQ(response.error().code(), static_cast<int>(grpc::StatusCode::PERMISSION_DENIED)) << "not by this way either";
  stream->WritesDone();
  EXPECT_TRUE(stream->Finish().ok());
}

}  // namespace
}  // namespace anamnesis
