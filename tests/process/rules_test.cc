// Rule tables come into the record by the command line, and the next decision is made by them.
#include <chrono>
#include <fstream>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "anamnesis/medication/v1/medication_service.grpc.pb.h"
#include "anamnesis/patient/v1/patient_service.grpc.pb.h"
#include "base/refusal.h"
#include "base/uuid.h"
#include "gmock/gmock.h"
#include "nlohmann/json.hpp"
#include "rpc/client.h"
#include "rpc/status.h"
#include "tests/process/writer.h"
#include "tests/support/cluster.h"
#include "tests/support/command.h"

namespace anamnesis {
namespace {

using testing::HasSubstr;
using testing_support::Answer;
using testing_support::Cluster;

constexpr std::chrono::seconds kTimeout{60};
constexpr char kAccepted[] = "pdmp-initiation mme-50 drug-test-missing naloxone-missing ";

// Morphine by mouth once a day, without a look into the monitoring programme; what became of it in one line.
std::string PrescribeMorphine(Cluster& cluster, const std::string& patient_id, const std::string& mg,
                              uint64_t* position = nullptr) {
  const auto stub = medication::v1::MedicationService::NewStub(cluster.Channel("medication"));
  medication::v1::PrescribeRequest request;
  request.set_patient_id(patient_id);
  for (auto* coding : {request.mutable_order()->mutable_medication()->add_codings(),
                       request.mutable_order()->add_ingredients()->mutable_coding()}) {
    coding->set_system("http://www.nlm.nih.gov/research/umls/rxnorm");
    coding->set_code("7052");
  }
  auto& dosage = *request.mutable_order()->add_dosages();
  dosage.mutable_route()->add_codings()->set_code("26643006");
  dosage.mutable_dose()->set_value(mg);
  dosage.mutable_dose()->set_code("mg");
  dosage.mutable_timing()->mutable_code()->add_codings()->set_code("QD");
  rpc::v1::AlertOverride& given = *request.add_overrides();
  given.set_rule_id("pdmp-initiation");
  given.set_reason("the programme cannot be reached");
  grpc::ClientContext context;
  rpc::PrepareContext(context, Cluster::Tester(), kTimeout);
  rpc::v1::CommandOutcome outcome;
  const grpc::Status status = stub->Prescribe(&context, request, &outcome);
  if (!status.ok()) return RefusalInfo(rpc::FromGrpcStatus(status)).reason();
  if (position != nullptr) *position = outcome.position();
  std::string alerts;
  for (const auto& alert : outcome.alerts()) alerts += alert.rule_id() + " ";
  return alerts;
}

void RecordMorphineAllergy(Cluster& cluster, const std::string& patient_id) {
  patient::v1::RecordAllergyRequest request;
  request.set_patient_id(patient_id);
  request.mutable_allergy()->set_clinical_status(patient::v1::CLINICAL_STATUS_ACTIVE);
  auto& substance = *request.mutable_allergy()->mutable_substance()->add_codings();
  substance.set_system("http://www.nlm.nih.gov/research/umls/rxnorm");
  substance.set_code("7052");
  grpc::ClientContext context;
  rpc::PrepareContext(context, Cluster::Tester(), kTimeout);
  rpc::v1::CommandOutcome recorded;
  const auto stub = patient::v1::PatientService::NewStub(cluster.Channel("patient"));
  ASSERT_TRUE(stub->RecordAllergy(&context, request, &recorded).ok());
}

// Waits until the allergy is known where prescriptions are decided.
void AwaitRefusal(Cluster& cluster, const std::string& patient_id) {
  const auto give_up = std::chrono::steady_clock::now() + kTimeout;
  while (PrescribeMorphine(cluster, patient_id, "1") != "SAFETY_OVERRIDE_REQUIRED") {
    ASSERT_LT(std::chrono::steady_clock::now(), give_up) << "the allergy is not known in time";
  }
}

TEST(RulesTest, ATableThatIsLoadedDecidesFromTheAnswerOnAndAfterARestart) {
  testing_support::TempDir dir;
  Cluster cluster(dir.path());
  cluster.StartAll();
  const std::vector<std::string> patients = RegisterPatients(cluster, 3);

  const Answer listed = testing_support::Run(cluster, "rules list");
  EXPECT_EQ(listed.exit_code, 0) << listed.said;
  for (const char* table : {"conditions", "drug-classes", "interventions", "mme-cdc-2016", "mme-cdc-2022",
                            "opioid-safety", "rxnorm-products"}) {
    EXPECT_THAT(listed.text, HasSubstr(table));
  }
  EXPECT_EQ(PrescribeMorphine(cluster, patients[0], "90"), "SAFETY_OVERRIDE_REQUIRED");

  const std::string file = dir.path() + "/ours.json";
  const Answer shown = testing_support::Run(cluster, "rules show opioid-safety");
  ASSERT_EQ(shown.exit_code, 0) << shown.said;
  const auto write = [&file](const std::string& text) { std::ofstream(file) << text; };
  write(shown.text);
  EXPECT_THAT(testing_support::Run(cluster, "rules load " + file + " --reason same").text,
              HasSubstr("nothing changed"));
  const std::string ours = absl::StrReplaceAll(shown.text, {
                                                               {"\"value\": \"90\"", "\"value\": \"120\""}
  });
  ASSERT_NE(ours, shown.text);
  write(ours);
  const Answer too_old = testing_support::Run(cluster, "rules load " + file + " --reason site");
  EXPECT_NE(too_old.exit_code, 0);
  EXPECT_THAT(too_old.said, HasSubstr("higher version"));
  write(absl::StrReplaceAll(ours, {
                                      {"\"version\": 4", "\"version\": 5"}
  }));
  EXPECT_EQ(testing_support::Run(cluster, "rules check " + file).exit_code, 0);
  EXPECT_EQ(PrescribeMorphine(cluster, patients[0], "90"), "SAFETY_OVERRIDE_REQUIRED") << "checking loads nothing";
  EXPECT_EQ(testing_support::Run(cluster, "rules load " + file + " --reason site").exit_code, 0);
  EXPECT_EQ(PrescribeMorphine(cluster, patients[0], "90"), kAccepted);

  // The tables of the program are older than what stands there, and stay out.
  cluster.Stop("medication");
  cluster.Start("medication");
  cluster.AwaitHealthy("medication");  // It has heard of the other services: an alert would say so else.
  EXPECT_EQ(PrescribeMorphine(cluster, patients[1], "90"), kAccepted);
  EXPECT_EQ(PrescribeMorphine(cluster, patients[2], "120"), "SAFETY_OVERRIDE_REQUIRED");
}

// The patient is allergic to morphine, but that is known after it was prescribed only.
TEST(RulesTest, ADecisionIsExplainedByWhatWasKnownThen) {
  testing_support::TempDir dir;
  Cluster cluster(dir.path());
  cluster.StartAll();
  const std::string patient = RegisterPatients(cluster, 1).front();
  uint64_t position = 0;
  ASSERT_EQ(PrescribeMorphine(cluster, patient, "60", &position), kAccepted);
  RecordMorphineAllergy(cluster, patient);
  AwaitRefusal(cluster, patient);

  const Answer explained = testing_support::Run(cluster, absl::StrCat("explain ", position));
  ASSERT_EQ(explained.exit_code, 0) << explained.said;
  for (const char* said : {"OrderPrescribed", "opioid-safety 4", "the same", "mme_per_day 60", "MMWR 2022"}) {
    EXPECT_THAT(explained.text, HasSubstr(said));
  }
  const Answer json = testing_support::Run(cluster, absl::StrCat("explain --json ", position));
  EXPECT_TRUE(nlohmann::json::parse(json.text)["again"]["same"].get<bool>()) << json.text;

  const Answer no_decision = testing_support::Run(cluster, "explain 1");
  EXPECT_NE(no_decision.exit_code, 0);
  EXPECT_THAT(no_decision.said, HasSubstr("not decided by the clinical rules"));
  EXPECT_NE(testing_support::Run(cluster, "explain 99999").exit_code, 0);
}

TEST(RulesTest, OtherTablesAreTriedOnTheHistoryAndNothingIsWritten) {
  testing_support::TempDir dir;
  Cluster cluster(dir.path());
  cluster.StartAll();
  const std::vector<std::string> patients = RegisterPatients(cluster, 3);
  uint64_t last = 0;
  EXPECT_EQ(PrescribeMorphine(cluster, patients[0], "60"), kAccepted);
  EXPECT_EQ(PrescribeMorphine(cluster, patients[1], "80"), kAccepted);
  EXPECT_EQ(PrescribeMorphine(cluster, patients[2], "20", &last), "pdmp-initiation drug-test-missing ");

  const std::string file = dir.path() + "/stricter.json";
  const std::string table = testing_support::Run(cluster, "rules show opioid-safety").text;
  const auto compare = [&](const std::string& from, const std::string& to) {
    std::ofstream(file) << absl::StrReplaceAll(table, {
                                                          {from, to}
    });
    const Answer answer = testing_support::Run(cluster, "whatif --json --rules " + file);
    EXPECT_EQ(answer.exit_code, 0) << answer.said;
    return answer.text.substr(answer.text.rfind('\n', answer.text.size() - 2) + 1);
  };
  EXPECT_EQ(compare("nothing", "else"), "{\"decisions\":3,\"different\":0,\"refused\":0,\"erased\":0}\n");
  EXPECT_EQ(compare("\"value\": \"90\"", "\"value\": \"70\""),
            "{\"decisions\":3,\"different\":1,\"refused\":1,\"erased\":0}\n");
  EXPECT_EQ(compare("\"value\": \"50\"", "\"value\": \"61\""),
            "{\"decisions\":3,\"different\":1,\"refused\":0,\"erased\":0}\n");
  EXPECT_THAT(testing_support::Run(cluster, "whatif --rules " + file).text, HasSubstr("1 would differ"));

  uint64_t position = 0;
  PrescribeMorphine(cluster, patients[2], "1", &position);
  EXPECT_EQ(position, last + 1) << "nothing was written";
}

TEST(RulesTest, AFileThatCannotBeDecidedByIsRefusedByItsEntry) {
  testing_support::TempDir dir;
  Cluster cluster(dir.path());
  cluster.Start("readmodel");
  cluster.Start("patient");
  cluster.Start("encounter");
  cluster.Start("medication");
  const std::string file = dir.path() + "/bad.json";
  std::ofstream(file)
      << R"({"id": "opioid-safety", "version": 2, "effectiveFrom": "2026-01-01", "source": "s",)"
      << R"( "safety": {"rules": [{"id": "mme-90", "severity": "ALERT_SEVERITY_BLOCK", "source": "s"}]}})";
  const Answer checked = testing_support::Run(cluster, "rules check " + file);
  EXPECT_NE(checked.exit_code, 0);
  EXPECT_THAT(checked.said, HasSubstr("rule mme-90: needs the limit `mme_per_day`"));
  std::ofstream(file) << "{\"id\": 7";
  EXPECT_THAT(testing_support::Run(cluster, "rules check " + file).said, HasSubstr(file));
  EXPECT_THAT(testing_support::Run(cluster, "rules check /nowhere.json").said, HasSubstr("cannot read /nowhere.json"));
  EXPECT_THAT(testing_support::Run(cluster, "rules show nothing").said, HasSubstr("rules list"));
}

}  // namespace
}  // namespace anamnesis
