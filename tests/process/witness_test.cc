// Witnesses through the real programs: a log that is put back to an earlier state, or continued in two ways, is found
// by the other services.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <sstream>

#include "anamnesis/audit/v1/evidence_service.grpc.pb.h"
#include "anamnesis/audit/v1/witness_service.grpc.pb.h"
#include "base/durable_file.h"
#include "base/refusal.h"
#include "evidence/checkpoint.h"
#include "evidence/note.h"
#include "grpc/health/v1/health.grpc.pb.h"
#include "rpc/client.h"
#include "rpc/status.h"
#include "tests/process/evidence_fixture.h"
#include "tests/process/writer.h"

namespace anamnesis {
namespace {

using testing::HasSubstr;
using testing_support::Child;
using testing_support::Cluster;

constexpr std::chrono::seconds kTimeout{60};

uint64_t SizeOf(const std::string& note) {
  return evidence::ParseCheckpoint(evidence::ParseNote(note)->text)->size;
}

class WitnessTest : public EvidenceTest {
 protected:
  std::string WitnessFlag() const {
    return "--witness=encounter=" + cluster_.address("encounter") + ",medication=" + cluster_.address("medication");
  }
  void StartPatient(bool witnessed = true) {
    std::vector<std::string> flags = {"--kek_file=" + Kek()};
    if (witnessed) flags.push_back(WitnessFlag());
    cluster_.Start("patient", flags);
  }

  audit::v1::GetWitnessedResponse Witnessed(const std::string& witness) {
    const auto stub = audit::v1::WitnessService::NewStub(cluster_.Channel(witness));
    grpc::ClientContext context;
    rpc::PrepareContext(context, Cluster::Tester(), kTimeout);
    audit::v1::GetWitnessedRequest request;
    request.set_log("patient");
    audit::v1::GetWitnessedResponse response;
    EXPECT_TRUE(stub->GetWitnessed(&context, request, &response).ok());
    return response;
  }
  // For how many events the witness vouches.
  uint64_t WitnessedSize(const std::string& witness) {
    const std::string checkpoint = Witnessed(witness).checkpoint();
    return checkpoint.empty() ? 0 : SizeOf(checkpoint);
  }
  // Returns when both witnesses vouch for so many events.
  void AwaitWitnessed(uint64_t size) {
    for (const char* witness : {"encounter", "medication"}) {
      while (WitnessedSize(witness) < size && !HasFailure()) {
      }
    }
  }

  // What the patient service signed last, in its file.
  std::string Signed() const {
    const auto text = ReadFile(dir_.path() + "/patient/checkpoint", 1 << 16);
    EXPECT_TRUE(text.ok()) << text.status();
    return *text;
  }

  // A history of one event in the copy, and of six as it is witnessed; patientd is stopped.
  void WitnessSixKeepOne() {
    Start();
    patients_ = RegisterPatients(cluster_, 1);
    cluster_.Stop("patient");
    KeepCopy("/patient");
    StartPatient();
    Record(5);
    cluster_.Stop("patient");  // The end is shown before it has stopped.
    for (const char* witness : {"encounter", "medication"}) ASSERT_EQ(WitnessedSize(witness), 6u) << witness;
  }

  bool Serving(const std::string& server, const std::string& what) {
    const auto stub = grpc::health::v1::Health::NewStub(cluster_.Channel(server));
    grpc::ClientContext context;
    rpc::PrepareContext(context, Cluster::Tester(), kTimeout);
    grpc::health::v1::HealthCheckRequest request;
    request.set_service(what);
    grpc::health::v1::HealthCheckResponse response;
    EXPECT_TRUE(stub->Check(&context, request, &response).ok());
    return response.status() == grpc::health::v1::HealthCheckResponse::SERVING;
  }

  // Shows the witness what the patient service signs now, as continuing what it remembers of `old_size` events.
  absl::Status ShowAs(const std::string& witness, uint64_t old_size) {
    const auto stub = audit::v1::EvidenceService::NewStub(cluster_.Channel("patient"));
    audit::v1::GetCheckpointResponse checkpoint;
    uint64_t size = 0;
    do {  // The tree follows the log soon.
      grpc::ClientContext context;
      rpc::PrepareContext(context, Cluster::Tester(), kTimeout);
      EXPECT_TRUE(stub->GetCheckpoint(&context, {}, &checkpoint).ok());
      size = SizeOf(checkpoint.checkpoint());
    } while (size < checkpoint.tail_position() && !HasFailure());
    grpc::ClientContext of_proof, of_show;
    rpc::PrepareContext(of_proof, Cluster::Tester(), kTimeout);
    rpc::PrepareContext(of_show, {.actor = "service:patient", .roles = {"service"}}, kTimeout);
    audit::v1::GetConsistencyProofRequest of;
    of.set_old_size(old_size);
    of.set_new_size(size);
    audit::v1::GetConsistencyProofResponse proof;
    EXPECT_TRUE(stub->GetConsistencyProof(&of_proof, of, &proof).ok());
    audit::v1::AddCheckpointRequest request;
    request.set_log("patient");
    request.set_checkpoint(checkpoint.checkpoint());
    request.set_verifier_key(checkpoint.verifier_key());
    request.set_old_size(old_size);
    *request.mutable_consistency() = proof.hashes();
    audit::v1::AddCheckpointResponse response;
    return rpc::FromGrpcStatus(
        audit::v1::WitnessService::NewStub(cluster_.Channel(witness))->AddCheckpoint(&of_show, request, &response));
  }
};

TEST_F(WitnessTest, TheOthersVouchForWhatIsServed) {
  ASSERT_NO_FATAL_FAILURE(WitnessSixKeepOne());
  StartPatient();
  cluster_.AwaitHealthy("patient");
  Record(1);
  AwaitWitnessed(7);
  const Answer online = Online();
  EXPECT_EQ(online.exit_code, 0) << online.json;
  EXPECT_EQ(online.json["services"]["patient"]["witnessed"], nlohmann::json({
                                                                 {"encounter",  7},
                                                                 {"medication", 7}
  }));
  const Answer offline = Offline();
  EXPECT_EQ(offline.exit_code, 0) << offline.json;
  EXPECT_EQ(offline.json["services"]["patient"]["witnessed"]["medication"], 7);
}

// Log, checkpoint, high water: everything on its own disk agrees.
TEST_F(WitnessTest, AnOldCopyPutBackDoesNotServe) {
  ASSERT_NO_FATAL_FAILURE(WitnessSixKeepOne());
  PutBackCopy("/patient");
  EXPECT_THAT(StartingAlone("patient", WitnessFlag()),
              HasSubstr("the checkpoint that encounter keeps covers 6: the events 2 to 6 are missing"));
  const Answer offline = Offline();
  EXPECT_NE(offline.exit_code, 0);
  EXPECT_EQ(offline.json["services"]["patient"]["problems"].size(), 2u) << "of both witnesses: " << offline.json;
  const auto lost =
      Verify("--repair-report --offline --data '" + dir_.path() + "'").json["services"]["patient"]["lost"];
  EXPECT_EQ(lost["first"], 2) << lost;
  EXPECT_EQ(lost["last"], 6) << lost;
}

TEST_F(WitnessTest, AnOldCopyThatServesWhileNoWitnessAnswersEndsWhenOneDoes) {
  ASSERT_NO_FATAL_FAILURE(WitnessSixKeepOne());
  PutBackCopy("/patient");
  cluster_.Stop("medication");
  cluster_.Stop("encounter");
  StartPatient();
  cluster_.Start("encounter", {"--kek_file=" + Kek()});
  EXPECT_EQ(cluster_.child("patient").Wait(), 70);
  EXPECT_THAT(cluster_.child("patient").Output(),
              HasSubstr("the checkpoint that encounter keeps covers 6: the events 2 to 6 are missing"));
}

TEST_F(WitnessTest, AnotherHistoryDoesNotServeHoweverLong) {
  ASSERT_NO_FATAL_FAILURE(WitnessSixKeepOne());
  PutBackCopy("/patient");
  StartPatient(/*witnessed=*/false);
  Record(20);
  cluster_.Kill("patient");  // Its file says less than its log: a start that serves would sign the rest.
  const std::string signed_last = Signed();
  EXPECT_THAT(StartingAlone("patient", WitnessFlag()),
              HasSubstr("the log is not the one that the checkpoint that encounter keeps, of 6 events, commits to"));
  EXPECT_EQ(Signed(), signed_last) << "evidence is not written over";
}

// A service that asks no witness cannot have its other history vouched for, and everybody hears of it.
TEST_F(WitnessTest, AForkIsRefusedLoudly) {
  ASSERT_NO_FATAL_FAILURE(WitnessSixKeepOne());
  PutBackCopy("/patient");
  StartPatient(/*witnessed=*/false);
  Record(20);
  EXPECT_TRUE(Serving("encounter", "witness"));
  EXPECT_EQ(RefusalInfo(ShowAs("encounter", 6)).reason(), "NOT_A_CONTINUATION");
  EXPECT_FALSE(cluster_.child("encounter").AwaitLine("a log was rewritten, cut or replaced").empty());
  while (Serving("encounter", "witness") && !HasFailure()) {
  }
  EXPECT_FALSE(Witnessed("encounter").refused().empty());
  const Answer online = Online();
  EXPECT_NE(online.exit_code, 0);
  EXPECT_EQ(online.json["services"]["patient"]["problems"].size(), 3u)
      << "kept by encounter, contradicted by both: " << online.json;
  EXPECT_EQ(RefusalInfo(ShowAs("medication", 3)).reason(), "WITNESS_KNOWS_ANOTHER");
}

// The name of a role is not enough: showing checkpoints is for services.
TEST_F(WitnessTest, OnlyServicesShowCheckpoints) {
  Start();
  const auto stub = audit::v1::WitnessService::NewStub(cluster_.Channel("encounter"));
  grpc::ClientContext context;
  rpc::PrepareContext(context, Cluster::Tester(), kTimeout);
  audit::v1::AddCheckpointResponse response;
  EXPECT_EQ(stub->AddCheckpoint(&context, {}, &response).error_code(), grpc::StatusCode::PERMISSION_DENIED);
}

}  // namespace
}  // namespace anamnesis
