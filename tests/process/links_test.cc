// Each service stands alone when the others are down, and says so truthfully.
#include <gtest/gtest.h>

#include <filesystem>

#include "absl/status/statusor.h"
#include "anamnesis/event/v1/feed_service.grpc.pb.h"
#include "anamnesis/medication/v1/events.pb.h"
#include "anamnesis/medication/v1/medication_service.grpc.pb.h"
#include "anamnesis/ops/v1/ops_service.grpc.pb.h"
#include "anamnesis/patient/v1/patient_service.grpc.pb.h"
#include "base/refusal.h"
#include "base/uuid.h"
#include "grpc/health/v1/health.grpc.pb.h"
#include "rpc/client.h"
#include "rpc/status.h"
#include "tests/process/writer.h"
#include "tests/support/cluster.h"

namespace anamnesis {
namespace {

using grpc::health::v1::HealthCheckResponse;
using testing_support::Cluster;

constexpr std::chrono::seconds kTimeout{60};

// Waits until health says `wanted` of a name.
void AwaitHealth(Cluster& cluster, const std::string& server, const std::string& name,
                 HealthCheckResponse::ServingStatus wanted) {
  const auto stub = grpc::health::v1::Health::NewStub(cluster.Channel(server));
  grpc::ClientContext context;
  rpc::PrepareContext(context, Cluster::Tester(), kTimeout);
  grpc::health::v1::HealthCheckRequest request;
  request.set_service(name);
  const auto reader = stub->Watch(&context, request);
  HealthCheckResponse response;
  bool reached = false;
  while (!reached && reader->Read(&response)) reached = response.status() == wanted;
  context.TryCancel();
  reader->Finish();
  EXPECT_TRUE(reached) << name << " of " << server;
}

absl::StatusOr<rpc::v1::CommandOutcome> Prescribe(Cluster& cluster, const std::string& patient_id,
                                                  const std::string& code) {
  const auto stub = medication::v1::MedicationService::NewStub(cluster.Channel("medication"));
  medication::v1::PrescribeRequest request;
  request.set_patient_id(patient_id);
  auto& coding = *request.mutable_order()->mutable_medication()->add_codings();
  coding.set_system("http://www.nlm.nih.gov/research/umls/rxnorm");
  coding.set_code(code);
  grpc::ClientContext context;
  rpc::PrepareContext(context, Cluster::Tester(), kTimeout);
  rpc::v1::CommandOutcome outcome;
  const grpc::Status status = stub->Prescribe(&context, request, &outcome);
  if (!status.ok()) return rpc::FromGrpcStatus(status);
  return outcome;
}

// Waits until the medication service has followed the patient service up to a position.
void AwaitFollowed(Cluster& cluster, uint64_t position) {
  const auto stub = ops::v1::OpsService::NewStub(cluster.Channel("medication"));
  const auto give_up = std::chrono::steady_clock::now() + kTimeout;
  while (std::chrono::steady_clock::now() < give_up) {
    grpc::ClientContext context;
    rpc::PrepareContext(context, Cluster::Tester(), kTimeout);
    ops::v1::GetStatusResponse response;
    ASSERT_TRUE(stub->GetStatus(&context, {}, &response).ok());
    for (const auto& link : response.links()) {
      if (link.name() == "follow:patient" && link.position() >= position) return;
    }
  }
  FAIL() << "the medication service did not follow in time";
}

// Erases a patient; returns the position of what says so.
uint64_t Erase(Cluster& cluster, const std::string& id) {
  patient::v1::ErasePatientRequest request;
  request.mutable_context()->set_reason("as asked");
  request.set_patient_id(id);
  request.set_approved_by("user:officer");
  rpc::Caller officer = Cluster::Tester();
  officer.roles.push_back("privacy-officer");
  grpc::ClientContext context;
  rpc::PrepareContext(context, officer, kTimeout);
  rpc::v1::CommandOutcome erased;
  const auto patients = patient::v1::PatientService::NewStub(cluster.Channel("patient"));
  EXPECT_TRUE(patients->ErasePatient(&context, request, &erased).ok());
  return erased.position();
}

TEST(LinksTest, CommandsAreTakenWhileEverythingElseIsDown) {
  testing_support::TempDir dir;
  Cluster cluster(dir.path());
  cluster.StartAll();
  const std::vector<std::string> patients = RegisterPatients(cluster, 1);
  cluster.Kill("readmodel");
  cluster.Kill("encounter");
  AwaitHealth(cluster, "patient", "publish:readmodel", HealthCheckResponse::NOT_SERVING);
  AwaitHealth(cluster, "patient", "anamnesis.patient.v1.PatientService", HealthCheckResponse::SERVING);
  AwaitHealth(cluster, "medication", "follow:encounter", HealthCheckResponse::NOT_SERVING);
  const auto stub = patient::v1::PatientService::NewStub(cluster.Channel("patient"));
  EXPECT_TRUE(RecordProblem(*stub, patients[0]).ok());
  cluster.Kill("patient");
  EXPECT_TRUE(Prescribe(cluster, patients[0], "1049630").ok());
  cluster.Start("readmodel");
  cluster.Start("patient");
  cluster.Start("encounter");
  for (const std::string& name : Cluster::Names()) cluster.AwaitHealthy(name);
}

// The medication service has nothing of the patient when he is erased, and something afterwards; then it follows the
// patient service from the beginning, and is told of the erasure again.
TEST(LinksTest, AnErasureIsNotRepeatedOnWhatWasRecordedAfterIt) {
  testing_support::TempDir dir;
  Cluster cluster(dir.path());
  cluster.StartAll();
  const std::string id = RegisterPatients(cluster, 1).front();
  const uint64_t erased = Erase(cluster, id);
  AwaitFollowed(cluster, erased);
  ASSERT_TRUE(Prescribe(cluster, id, "1049630").ok());

  cluster.Stop("medication");
  ASSERT_GT(std::filesystem::remove_all(dir.path() + "/medication/facts"), 0U);
  cluster.Start("medication");
  AwaitFollowed(cluster, erased);
  const auto feed = event::v1::EventFeedService::NewStub(cluster.Channel("medication"));
  grpc::ClientContext of_feed;
  rpc::PrepareContext(of_feed, Cluster::Tester(), kTimeout);
  event::v1::SubscribeRequest of_patient;
  of_patient.mutable_filter()->set_patient_id(id);
  const auto reader = feed->Subscribe(&of_feed, of_patient);
  event::v1::SubscribeResponse response;
  std::vector<std::string> types;
  while (reader->Read(&response)) {
    for (const auto& event : response.batch().events()) {
      types.push_back(event.type().substr(event.type().rfind('.') + 1));
      EXPECT_FALSE(event.erased()) << types.back();
    }
  }
  EXPECT_EQ(types, (std::vector<std::string>{"RecordErased", "OrderPrescribed"}));
}

// Records an allergy to a substance of RxNorm; returns the event's position.
uint64_t RecordAllergy(Cluster& cluster, const std::string& patient_id, const std::string& rxnorm) {
  patient::v1::RecordAllergyRequest request;
  request.set_patient_id(patient_id);
  request.mutable_allergy()->set_id(NewUuid());
  request.mutable_allergy()->set_clinical_status(patient::v1::CLINICAL_STATUS_ACTIVE);
  auto& substance = *request.mutable_allergy()->mutable_substance()->add_codings();
  substance.set_system("http://www.nlm.nih.gov/research/umls/rxnorm");
  substance.set_code(rxnorm);
  grpc::ClientContext context;
  rpc::PrepareContext(context, Cluster::Tester(), kTimeout);
  rpc::v1::CommandOutcome recorded;
  EXPECT_TRUE(patient::v1::PatientService::NewStub(cluster.Channel("patient"))
                  ->RecordAllergy(&context, request, &recorded)
                  .ok());
  return recorded.position();
}

TEST(LinksTest, AnAllergyStopsAPrescriptionAndTheDecisionSaysWhatItKnew) {
  testing_support::TempDir dir;
  Cluster cluster(dir.path());
  cluster.StartAll();
  const std::vector<std::string> patients = RegisterPatients(cluster, 1);

  const uint64_t recorded = RecordAllergy(cluster, patients[0], "5640");
  AwaitFollowed(cluster, recorded);

  const auto refused = Prescribe(cluster, patients[0], "5640");
  EXPECT_EQ(RefusalInfo(refused.status()).reason(), "SAFETY_OVERRIDE_REQUIRED") << refused.status();
  const auto accepted = Prescribe(cluster, patients[0], "1049630");
  ASSERT_TRUE(accepted.ok()) << accepted.status();

  const auto feed = event::v1::EventFeedService::NewStub(cluster.Channel("medication"));
  grpc::ClientContext read_context;
  rpc::PrepareContext(read_context, Cluster::Tester(), kTimeout);
  event::v1::ReadEventsRequest of_patient;
  of_patient.mutable_filter()->set_patient_id(patients[0]);
  event::v1::ReadEventsResponse events;
  ASSERT_TRUE(feed->ReadEvents(&read_context, of_patient, &events).ok());
  ASSERT_EQ(events.events_size(), 2) << "what was refused, and what was accepted";
  for (const event::v1::EventEnvelope& event : events.events()) {
    bool said = false;
    for (const auto& known : event.decided_against()) {
      if (known.service() == "patient") said = known.position() >= recorded;
    }
    EXPECT_TRUE(said) << event.type() << " does not say how far the patient service was known";
  }
}

TEST(LinksTest, AnAllergyOfAMergedRecordStopsAPrescription) {
  testing_support::TempDir dir;
  Cluster cluster(dir.path());
  cluster.StartAll();
  const std::vector<std::string> patients = RegisterPatients(cluster, 2);
  RecordAllergy(cluster, patients[1], "5640");
  patient::v1::MergePatientsRequest request;
  request.set_survivor_id(patients[0]);
  request.set_duplicate_id(patients[1]);
  request.mutable_context()->set_reason("registered twice");
  grpc::ClientContext context;
  rpc::PrepareContext(context, Cluster::Tester(), kTimeout);
  rpc::v1::CommandOutcome merged;
  const auto stub = patient::v1::PatientService::NewStub(cluster.Channel("patient"));
  const grpc::Status status = stub->MergePatients(&context, request, &merged);
  ASSERT_TRUE(status.ok()) << status.error_message();
  AwaitFollowed(cluster, merged.position());
  const auto refused = Prescribe(cluster, patients[0], "5640");
  EXPECT_EQ(RefusalInfo(refused.status()).reason(), "SAFETY_OVERRIDE_REQUIRED") << refused.status();

  // Whoever is registered under the id after it was erased is somebody by himself.
  Erase(cluster, patients[1]);
  grpc::ClientContext again;
  rpc::PrepareContext(again, Cluster::Tester(), kTimeout);
  patient::v1::RegisterPatientRequest registered;
  registered.set_patient_id(patients[1]);
  registered.mutable_demographics()->add_names()->set_family("Other");
  ASSERT_TRUE(stub->RegisterPatient(&again, registered, &merged).ok());
  AwaitFollowed(cluster, RecordAllergy(cluster, patients[1], "5640"));
  const auto prescribed = Prescribe(cluster, patients[0], "5640");
  EXPECT_TRUE(prescribed.ok()) << prescribed.status();
}

TEST(LinksTest, AWrongRoleIsDeniedByTheRealServers) {
  testing_support::TempDir dir;
  Cluster cluster(dir.path());
  cluster.Start("readmodel");
  cluster.Start("patient");
  const auto stub = patient::v1::PatientService::NewStub(cluster.Channel("patient"));
  patient::v1::RegisterPatientRequest request;
  rpc::v1::CommandOutcome outcome;
  {
    grpc::ClientContext context;
    rpc::PrepareContext(context, {.actor = "user:auditor", .roles = {"auditor"}}, kTimeout);
    EXPECT_EQ(RefusalInfo(rpc::FromGrpcStatus(stub->RegisterPatient(&context, request, &outcome))).reason(),
              "PERMISSION_REQUIRED");
  }
  grpc::ClientContext context;
  EXPECT_EQ(RefusalInfo(rpc::FromGrpcStatus(stub->RegisterPatient(&context, request, &outcome))).reason(),
            "CALLER_UNKNOWN");
}

}  // namespace
}  // namespace anamnesis
