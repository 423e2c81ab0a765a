#include "tests/cli/commands_fixture.h"

#include <gmock/gmock.h>

#include <fstream>
#include <sstream>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "anamnesis/chart/v1/chart_service.grpc.pb.h"
#include "anamnesis/medication/v1/medication_service.grpc.pb.h"
#include "anamnesis/ops/v1/ops_service.grpc.pb.h"
#include "anamnesis/patient/v1/patient_service.grpc.pb.h"
#include "rpc/client.h"

namespace anamnesis::cli {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;
using testing_support::Child;
using testing_support::Cluster;

constexpr std::chrono::seconds kTimeout{60};

constexpr char kAda[] = R"({
  "resourceType": "Bundle", "type": "collection", "entry": [
    {"resource": {"resourceType": "Patient", "id": "ada", "gender": "female", "birthDate": "1966-04",
                  "name": [{"family": "Twining", "given": ["Ada"]}],
                  "identifier": [{"system": "urn:test:mrn", "value": "T-1"}]}},
    {"resource": {"resourceType": "Condition", "id": "pain", "subject": {"reference": "Patient/ada"},
                  "clinicalStatus": {"coding": [{"code": "active"}]}, "onsetDateTime": "2024-02-03T09:00:00Z",
                  "code": {"text": "Low back pain"}}},
    {"resource": {"resourceType": "MedicationRequest", "id": "order", "subject": {"reference": "Patient/ada"},
                  "status": "active", "intent": "order", "authoredOn": "2024-02-03T09:30:00Z",
                  "medicationCodeableConcept": {"text": "oxycodone"}}},
    {"resource": {"resourceType": "Observation", "id": "pain-over-a-day", "subject": {"reference": "Patient/ada"},
                  "status": "final", "code": {"text": "Worst pain"}, "valueInteger": 7,
                  "effectivePeriod": {"start": "2024-02-05T00:00:00Z", "end": "2024-02-06T00:00:00Z"}}}]})";

constexpr char kLonePatient[] = R"({
  "resourceType": "Patient", "id": "$mrn", "gender": "male", "birthDate": "1970-01-02",
  "name": [{"family": "$family", "given": ["$given"]}],
  "identifier": [{"system": "urn:test:mrn", "value": "$mrn"}]})";

// The program with what reaches the installation; later options do not change an address that `arguments` gives.
Arguments Command(const Cluster& cluster, const Arguments& arguments) {
  Arguments command = {testing_support::BinDir() + "/anamnesis"};
  command.insert(command.end(), arguments.begin(), arguments.end());
  for (const std::string& name : Cluster::Names()) {
    command.insert(command.end(), {"--server", absl::StrCat(name, "=", cluster.address(name))});
  }
  return command;
}

}  // namespace

std::vector<std::string> Outcome::lines() const {
  return absl::StrSplit(out, '\n', absl::SkipEmpty());
}
nlohmann::json Outcome::json() const {
  return nlohmann::json::parse(out, nullptr, /*allow_exceptions=*/false);
}

void CommandsTest::SetUpTestSuite() {
  dir_ = std::make_unique<testing_support::TempDir>();
  cluster_ = std::make_unique<Cluster>(dir_->path() + "/data");
  cluster_->StartAll();
  const std::string clinic = dir_->path() + "/clinic";
  ASSERT_EQ(Run({"simulate", "--patients", "3", "--years", "1", "--out", clinic}).exit_code, 0);
  std::ofstream(clinic + "/ada.json") << kAda;
  std::ofstream(clinic + "/ben.json") << Patient("T-2", "Twining", "Ben");
  Import(clinic);
}

void CommandsTest::Administer(medication::v1::AdministrationStatus status) {
  medication::v1::RecordAdministrationRequest request;
  request.set_patient_id(Run({"chart", "T-1", "--json"}).json()["resolved_patient_id"]);
  medication::v1::Administration& dose = *request.mutable_administration();
  dose.set_order_id(Run({"meds", "T-1", "--json"}).json()["order"]["id"]);
  dose.set_status(status);
  dose.mutable_performed()->mutable_start()->set_seconds(1707033600);  // 2024-02-04T08:00:00Z
  grpc::ClientContext context;
  rpc::PrepareContext(context, Cluster::Tester(), kTimeout);
  rpc::v1::CommandOutcome outcome;
  const grpc::Status recorded = medication::v1::MedicationService::NewStub(cluster_->Channel("medication"))
                                    ->RecordAdministration(&context, request, &outcome);
  ASSERT_TRUE(recorded.ok()) << recorded.error_message();
  AwaitShown();
}

void CommandsTest::RecordPeopleAndDecisions() {
  const auto stub = patient::v1::PatientService::NewStub(cluster_->Channel("patient"));
  const std::string id = Run({"chart", "T-2", "--json"}).json()["resolved_patient_id"];
  using Stub = patient::v1::PatientService::Stub;
  const auto carry_out = [&](auto method, auto request) {
    request.set_patient_id(id);
    grpc::ClientContext context;
    rpc::PrepareContext(context, Cluster::Tester(), kTimeout);
    rpc::v1::CommandOutcome outcome;
    const grpc::Status recorded = ((*stub).*method)(&context, request, &outcome);
    EXPECT_TRUE(recorded.ok()) << recorded.error_message();
  };
  patient::v1::AddCareTeamMemberRequest member;
  member.mutable_care_team_member()->mutable_role()->set_text("Physical therapist");
  member.mutable_care_team_member()->mutable_member()->set_name("Jo Mill");
  carry_out(&Stub::AddCareTeamMember, member);
  patient::v1::RecordReferralInRequest referral;
  referral.mutable_referral_in()->mutable_referred_by()->set_name("Dr. Who");
  referral.mutable_referral_in()->add_reasons()->set_text("Knee pain");
  referral.mutable_referral_in()->mutable_received_time()->set_seconds(1707033600);  // 2024-02-04T08:00:00Z
  carry_out(&Stub::RecordReferralIn, referral);
  patient::v1::RecordConsentRequest consent;
  consent.mutable_consent()->set_scope(patient::v1::CONSENT_SCOPE_PRIVACY);
  consent.mutable_consent()->mutable_category()->set_text("No disclosure to the employer");
  consent.mutable_consent()->set_decision(patient::v1::CONSENT_DECISION_GIVEN);
  carry_out(&Stub::RecordConsent, consent);
  patient::v1::RecordAdvanceDirectiveRequest directive;
  directive.mutable_advance_directive()->mutable_type()->set_text("Living will");
  carry_out(&Stub::RecordAdvanceDirective, directive);
  patient::v1::RecordPainHistoryRequest pain;
  auto& location = *pain.mutable_pain_history()->add_locations();
  location.set_region(patient::v1::BODY_REGION_KNEE);
  location.set_laterality(patient::v1::LATERALITY_RIGHT);
  location.set_severity("6.5");
  carry_out(&Stub::RecordPainHistory, pain);
  AwaitShown();
}

void CommandsTest::TearDownTestSuite() {
  cluster_.reset();
  dir_.reset();
}

Outcome CommandsTest::Run(const Arguments& arguments) {
  const std::string file = dir_->path() + "/stdout";
  Arguments shell = {"/bin/sh", "-c", "exec \"$@\" >\"$0\"", file};
  const Arguments command = Command(*cluster_, arguments);
  shell.insert(shell.end(), command.begin(), command.end());
  Child child(shell);
  child.AwaitLine("\n");  // No line contains that: waits for the end of the output.
  const int exit_code = child.Wait();
  std::ostringstream out;
  out << std::ifstream(file).rdbuf();
  return {exit_code, out.str(), child.Output()};
}

std::unique_ptr<Child> CommandsTest::Start(const Arguments& arguments) {
  Arguments shell = {"/bin/sh", "-c", "exec \"$@\" 1>&2", "sh"};
  const Arguments command = Command(*cluster_, arguments);
  shell.insert(shell.end(), command.begin(), command.end());
  return std::make_unique<Child>(shell);
}

void CommandsTest::Import(const std::string& path) {
  const Outcome imported = Run({"import", path, "--json", "--report", dir_->path() + "/report"});
  ASSERT_EQ(imported.exit_code, 0) << imported.out << imported.err;
  AwaitShown();
}

void CommandsTest::AwaitShown() {
  chart::v1::GetDigestRequest request;
  for (const std::string service : {"patient", "encounter", "medication"}) {
    (*request.mutable_options()->mutable_min_positions())[service] = Tail(service);
  }
  grpc::ClientContext context;
  rpc::PrepareContext(context, Cluster::Tester(), kTimeout);
  chart::v1::GetDigestResponse response;
  const grpc::Status shown =
      chart::v1::ChartService::NewStub(cluster_->Channel("readmodel"))->GetDigest(&context, request, &response);
  ASSERT_TRUE(shown.ok()) << shown.error_message();
}

uint64_t CommandsTest::Tail(const std::string& service) {
  grpc::ClientContext context;
  rpc::PrepareContext(context, Cluster::Tester(), kTimeout);
  ops::v1::GetStatusResponse response;
  const grpc::Status status =
      ops::v1::OpsService::NewStub(cluster_->Channel(service))->GetStatus(&context, {}, &response);
  EXPECT_TRUE(status.ok()) << status.error_message();
  return response.tail_position();
}

std::string CommandsTest::Patient(const std::string& mrn, const std::string& family, const std::string& given) {
  return absl::StrReplaceAll(kLonePatient, {
                                               {"$mrn",    mrn   },
                                               {"$family", family},
                                               {"$given",  given }
  });
}

void CommandsTest::ExpectFailure(const Arguments& arguments, int exit_code, const std::string& why) {
  const Outcome failed = Run(arguments);
  EXPECT_EQ(failed.exit_code, exit_code) << arguments[0];
  EXPECT_THAT(failed.err, StartsWith("anamnesis: "));
  EXPECT_THAT(failed.err, HasSubstr(why));
  EXPECT_EQ(failed.err.find('\n'), failed.err.size() - 1) << failed.err;
}

}  // namespace anamnesis::cli
