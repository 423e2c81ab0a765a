// Rule tables come into the record by the command line, and the next decision is made by them.
#include <fstream>
#include <string>
#include <vector>

#include "absl/strings/str_replace.h"
#include "anamnesis/medication/v1/medication_service.grpc.pb.h"
#include "base/refusal.h"
#include "base/uuid.h"
#include "gmock/gmock.h"
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

// Morphine by mouth once a day; what became of it in one line.
std::string PrescribeMorphine(Cluster& cluster, const std::string& patient_id, const std::string& mg) {
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
  grpc::ClientContext context;
  rpc::PrepareContext(context, Cluster::Tester(), kTimeout);
  rpc::v1::CommandOutcome outcome;
  const grpc::Status status = stub->Prescribe(&context, request, &outcome);
  if (!status.ok()) return RefusalInfo(rpc::FromGrpcStatus(status)).reason();
  std::string alerts;
  for (const auto& alert : outcome.alerts()) alerts += alert.rule_id() + " ";
  return alerts;
}

TEST(RulesTest, ATableThatIsLoadedDecidesFromTheAnswerOnAndAfterARestart) {
  testing_support::TempDir dir;
  Cluster cluster(dir.path());
  cluster.StartAll();
  const std::vector<std::string> patients = RegisterPatients(cluster, 3);

  const Answer listed = testing_support::Run(cluster, "rules list");
  EXPECT_EQ(listed.exit_code, 0) << listed.said;
  for (const char* table :
       {"drug-classes", "interventions", "mme-cdc-2016", "mme-cdc-2022", "opioid-safety", "rxnorm-products"}) {
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
                                      {"\"version\": 1", "\"version\": 2"}
  }));
  EXPECT_EQ(testing_support::Run(cluster, "rules check " + file).exit_code, 0);
  EXPECT_EQ(PrescribeMorphine(cluster, patients[0], "90"), "SAFETY_OVERRIDE_REQUIRED") << "checking loads nothing";
  EXPECT_EQ(testing_support::Run(cluster, "rules load " + file + " --reason site").exit_code, 0);
  EXPECT_EQ(PrescribeMorphine(cluster, patients[0], "90"), "mme-50 ");

  // The tables of the program are older than what stands there, and stay out.
  cluster.Stop("medication");
  cluster.Start("medication");
  EXPECT_EQ(PrescribeMorphine(cluster, patients[1], "90"), "mme-50 ");
  EXPECT_EQ(PrescribeMorphine(cluster, patients[2], "120"), "SAFETY_OVERRIDE_REQUIRED");
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
