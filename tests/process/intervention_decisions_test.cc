// Decisions about interventions are explained, and tried under another table, by the command line.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <fstream>
#include <string>
#include <type_traits>

#include "absl/strings/str_cat.h"
#include "anamnesis/encounter/v1/encounter_service.grpc.pb.h"
#include "anamnesis/patient/v1/patient_service.grpc.pb.h"
#include "base/refusal.h"
#include "google/protobuf/text_format.h"
#include "nlohmann/json.hpp"
#include "rpc/client.h"
#include "rpc/status.h"
#include "tests/process/writer.h"
#include "tests/support/cluster.h"
#include "tests/support/command.h"

namespace anamnesis {
namespace {

using encounter::v1::EncounterService;
using patient::v1::PatientService;
using testing::HasSubstr;
using testing_support::Answer;
using testing_support::Cluster;

constexpr std::chrono::seconds kTimeout{60};
constexpr char kDoctor[] = "00000000-0000-4000-8000-0000000000d0";
constexpr char kBlock[] = "00000000-0000-4000-8000-00000000000b";
constexpr char kPump[] = "00000000-0000-4000-8000-00000000000c";
constexpr char kLidocaine[] =
    "allergy { substance { codings { system: 'http://www.nlm.nih.gov/research/umls/rxnorm' code: '6387' } } }";

class InterventionDecisionsTest : public testing::Test {
 protected:
  void SetUp() override {
    cluster_.StartAll();
    patient_ = RegisterPatients(cluster_, 1).front();
    Do(&EncounterService::Stub::RegisterPractitioner,
       absl::StrCat("practitioner { id: '", kDoctor, "' names { family: 'Ng' } }"));
    Do(&EncounterService::Stub::GrantPrivilege,
       absl::StrCat("practitioner_id: '", kDoctor, "' privilege { id: '", kDoctor,
                    "' kind: INTERVENTION_KIND_PERIPHERAL_NERVE_BLOCK valid_from { seconds: 946684800 } }"));
  }

  // Sends a command to the service of the stub, in protobuf's text form; the name of the refusal, empty where accepted.
  template <class Stub, class Request>
  std::string Do(grpc::Status (Stub::*method)(grpc::ClientContext*, const Request&, rpc::v1::CommandOutcome*),
                 const std::string& text) {
    Request request;
    EXPECT_TRUE(google::protobuf::TextFormat::ParseFromString(text, &request)) << text;
    constexpr bool kOfPatient = std::is_same_v<Stub, PatientService::Stub>;
    Stub stub(cluster_.Channel(kOfPatient ? "patient" : "encounter"));
    grpc::ClientContext context;
    rpc::PrepareContext(context,
                        {
                            .actor = "user:ada", .roles = {"clinician", "medical-staff"}
    },
                        kTimeout);
    const grpc::Status status = (stub.*method)(&context, request, &outcome_);
    return status.ok() ? "" : RefusalInfo(rpc::FromGrpcStatus(status)).reason();
  }

  std::string About(const std::string& intervention) const {
    return absl::StrCat("patient_id: '", patient_, "' intervention_id: '", intervention, "' ");
  }
  std::string Plan(const std::string& id, const std::string& plan, const std::string& more = "") {
    return Do(&EncounterService::Stub::PlanIntervention,
              absl::StrCat("patient_id: '", patient_, "' intervention { id: '", id, "' plan { ", plan, " } } ", more));
  }
  std::string PlanBlock(const std::string& id) {
    return Plan(id, "kind: INTERVENTION_KIND_PERIPHERAL_NERVE_BLOCK region: BODY_REGION_LIMB side: LATERALITY_LEFT");
  }
  std::string PlanPump(const std::string& id) {
    return Plan(id, "kind: INTERVENTION_KIND_PUMP_IMPLANT region: BODY_REGION_LUMBAR side: LATERALITY_MIDLINE",
                "overrides { rule_id: 'pump-trial' reason: 'tried elsewhere' }");
  }
  std::string Consent(const std::string& id) {
    return Do(&EncounterService::Stub::RecordInterventionConsent,
              absl::StrCat(About(id), "consent { obtained_by_id: '", kDoctor, "' }"));
  }
  std::string TimeOut(const std::string& id) {
    return Do(&EncounterService::Stub::RecordTimeOut,
              absl::StrCat(About(id), "time_out { participant_ids: '", kDoctor,
                           "' side: LATERALITY_LEFT checks { anticoagulants { risk: BLEEDING_RISK_LOW decision: "
                           "ANTICOAGULANT_DECISION_NONE_TAKEN } contrast_allergy: ALLERGY_CHECK_NONE "
                           "local_anaesthetic_allergy: ALLERGY_CHECK_NONE latex_allergy: ALLERGY_CHECK_NONE } }"));
  }
  std::string Perform(const std::string& id) {
    return Do(
        &EncounterService::Stub::PerformIntervention,
        absl::StrCat(About(id), "performer_id: '", kDoctor, "' performance { guidance: IMAGE_GUIDANCE_ULTRASOUND }"));
  }

  // Where the last command's event is.
  uint64_t Position() const { return outcome_.position(); }
  Answer Explain(uint64_t position, const std::string& flags = "") {
    return testing_support::Run(cluster_, absl::StrCat("explain --service encounter ", flags, " ", position));
  }

  testing_support::TempDir dir_;
  Cluster cluster_{dir_.path()};
  std::string patient_;
  rpc::v1::CommandOutcome outcome_;
};

TEST_F(InterventionDecisionsTest, AreExplainedByWhatWasKnownThen) {
  ASSERT_EQ(PlanBlock(kBlock), "");
  const uint64_t planned = Position();
  ASSERT_EQ(Consent(kBlock), "");
  const uint64_t consented = Position();
  ASSERT_EQ(TimeOut(kBlock), "");
  const uint64_t timed_out = Position();
  ASSERT_EQ(Perform(kBlock), "");
  const uint64_t performed = Position();

  // What is known only afterwards.
  ASSERT_EQ(Do(&EncounterService::Stub::RevokePrivilege,
               absl::StrCat("context { reason: 'left' effective_time { seconds: 946684801 } } practitioner_id: '",
                            kDoctor, "' privilege_id: '", kDoctor, "'")),
            "");
  ASSERT_EQ(Do(&PatientService::Stub::RecordAllergy, absl::StrCat("patient_id: '", patient_, "' ", kLidocaine)), "");
  ASSERT_EQ(PlanBlock(kPump), "");
  ASSERT_EQ(Consent(kPump), "");
  const auto give_up = std::chrono::steady_clock::now() + kTimeout;
  while (TimeOut(kPump) != "SAFETY_OVERRIDE_REQUIRED") {
    ASSERT_LT(std::chrono::steady_clock::now(), give_up) << "the allergy is not known in time";
  }

  const std::string replayed = testing_support::Run(cluster_, "replay --service encounter --json").text;
  const auto last = nlohmann::json::parse(replayed.substr(replayed.rfind('\n', replayed.size() - 2) + 1));
  EXPECT_EQ(last["type"], "anamnesis.encounter.v1.InterventionRefused");
  const Answer refused = Explain(last["position"].get<uint64_t>());
  for (const char* said : {"refused (SAFETY_OVERRIDE_REQUIRED): block allergy-present", "the same", "user:ada"}) {
    EXPECT_THAT(refused.text, HasSubstr(said));
  }

  for (const uint64_t position : {planned, timed_out, performed}) {
    const Answer explained = Explain(position);
    ASSERT_EQ(explained.exit_code, 0) << explained.said;
    for (const char* said : {"interventions 2", "the same", "patient "}) EXPECT_THAT(explained.text, HasSubstr(said));
  }
  EXPECT_THAT(Explain(performed).text, HasSubstr("privileges of the performer"));
  const auto json = nlohmann::json::parse(Explain(performed, "--json").text);
  EXPECT_TRUE(json["again"]["same"].get<bool>()) << json;
  EXPECT_FALSE(json["performer_state"]["privileges"].empty()) << json;
  EXPECT_THAT(Explain(consented).said, HasSubstr("not decided by the clinical rules"));
}

TEST_F(InterventionDecisionsTest, AreTriedUnderAnotherTableAndNothingIsWritten) {
  ASSERT_EQ(PlanPump(kPump), "");
  const uint64_t planned = Position();
  EXPECT_THAT(Explain(planned).text, HasSubstr("overridden: tried elsewhere"));

  const std::string file = dir_.path() + "/ours.json";
  const auto table = nlohmann::json::parse(testing_support::Run(cluster_, "rules show interventions").text);
  const auto compare = [&](const std::string& severity) {
    auto ours = table;
    for (auto& rule : ours["interventions"]["rules"]) {
      if (rule["id"] == "pump-trial") rule["severity"] = severity;
    }
    std::ofstream(file) << ours;
    const Answer answer = testing_support::Run(cluster_, "whatif --json --rules " + file);
    EXPECT_EQ(answer.exit_code, 0) << answer.said;
    return answer.text.substr(answer.text.rfind('\n', answer.text.size() - 2) + 1);
  };
  EXPECT_EQ(compare("RULE_SEVERITY_WARN"), "{\"decisions\":1,\"different\":1,\"refused\":0,\"erased\":0}\n");
  EXPECT_EQ(compare("RULE_SEVERITY_BLOCK"), "{\"decisions\":1,\"different\":0,\"refused\":0,\"erased\":0}\n");
  EXPECT_EQ(compare("RULE_SEVERITY_REFUSE"), "{\"decisions\":1,\"different\":1,\"refused\":1,\"erased\":0}\n");
  EXPECT_THAT(testing_support::Run(cluster_, "whatif --rules " + file).text,
              HasSubstr("refused by pump-trial (INTERVENTION_RULE_NOT_MET)"));

  ASSERT_EQ(PlanPump(kBlock), "");
  EXPECT_EQ(Position(), planned + 1) << "nothing was written";
}

}  // namespace
}  // namespace anamnesis
