// Every rule that blocks an intervention: it stops, it is overridden with a reason by who may, and by nobody else.
#include <gtest/gtest.h>

#include <functional>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "services/encounter/domain/intervention/time_span.h"
#include "services/encounter/rules/table_file.h"
#include "tests/encounter/clinic.h"

namespace anamnesis::encounter {
namespace {

const int64_t kToday = Time("2026-03-14T10:00:00Z");
const int64_t kDay = 24 * kMicrosPerHour;

constexpr char kEpidural[] =
    "kind: INTERVENTION_KIND_EPIDURAL_STEROID_INJECTION approach: EPIDURAL_APPROACH_TRANSFORAMINAL "
    "region: BODY_REGION_LUMBAR side: LATERALITY_LEFT levels: 'L5' ";
constexpr char kOfOldPain[] = "pain_since { seconds: 1577836800 } ";
constexpr char kCervical[] =
    "kind: INTERVENTION_KIND_EPIDURAL_STEROID_INJECTION approach: EPIDURAL_APPROACH_INTERLAMINAR "
    "region: BODY_REGION_CERVICAL side: LATERALITY_MIDLINE levels: 'C7-T1' ";
constexpr char kBlock[] =
    "kind: INTERVENTION_KIND_MEDIAL_BRANCH_BLOCK region: BODY_REGION_LUMBAR side: LATERALITY_LEFT levels: 'L4-L5' "
    "purpose: INTERVENTION_PURPOSE_DIAGNOSTIC";
constexpr char kAblation[] =
    "kind: INTERVENTION_KIND_RADIOFREQUENCY_ABLATION region: BODY_REGION_LUMBAR side: LATERALITY_LEFT levels: 'L4-L5'";
constexpr char kDiagnostic[] =
    "kind: INTERVENTION_KIND_SACROILIAC_JOINT_INJECTION region: BODY_REGION_SACRAL side: LATERALITY_LEFT "
    "purpose: INTERVENTION_PURPOSE_DIAGNOSTIC";
constexpr char kTherapeutic[] =
    "kind: INTERVENTION_KIND_SACROILIAC_JOINT_INJECTION region: BODY_REGION_SACRAL side: LATERALITY_LEFT "
    "purpose: INTERVENTION_PURPOSE_THERAPEUTIC";
constexpr char kNerveBlock[] =
    "kind: INTERVENTION_KIND_PERIPHERAL_NERVE_BLOCK region: BODY_REGION_LIMB side: LATERALITY_LEFT";
constexpr char kImplanted[] = "region: BODY_REGION_THORACIC side: LATERALITY_MIDLINE ";
constexpr char kScreened[] = "screening { result: 'suitable' } ";

// What is planned today.
v1::EncounterCommand Planned(const Clinic& clinic, const std::string& plan) {
  return clinic.Plan(PlanOf(plan), kToday);
}

// Sessions so many days ago, each with good relief for long.
void Sessions(Clinic& clinic, const std::string& plan, const std::vector<int>& days_ago, int months) {
  for (const int days : days_ago)
    clinic.Had(absl::StrCat("ago-", days), PlanOf(plan), kToday - days * kDay, 60, months);
}

// The time-out of a nerve block with the checks.
v1::EncounterCommand Checked(Clinic& clinic, const std::string& checks, const std::string& more = "") {
  const v1::InterventionPlan plan = PlanOf(std::string(kNerveBlock) + more);
  EXPECT_EQ(clinic.Do(clinic.Plan(plan, kToday)), "InterventionPlanned");
  EXPECT_EQ(clinic.Do(clinic.Consent()), "InterventionConsented");
  return clinic.TimeOut(plan, kToday, checks);
}

constexpr char kNoneTaken[] =
    "anticoagulants { risk: BLEEDING_RISK_HIGH decision: ANTICOAGULANT_DECISION_NONE_TAKEN } ";
constexpr char kNoAllergies[] =
    "contrast_allergy: ALLERGY_CHECK_NONE local_anaesthetic_allergy: ALLERGY_CHECK_NONE latex_allergy: "
    "ALLERGY_CHECK_NONE ";
constexpr char kNoPregnancy[] = "pregnancy: PREGNANCY_STATUS_NOT_APPLICABLE ";

struct Row {
  const char* rule;
  // Brings about what the rule stops, and nothing else; returns the command that it stops.
  std::function<v1::EncounterCommand(Clinic& clinic)> stopped;
};

const std::vector<Row>& Rows() {
  static const auto& rows = *new std::vector<Row>{
      {"epidural-pain-duration",          [](Clinic& clinic) { return Planned(clinic, kEpidural); }                               },
      {"epidural-guidance",
       [](Clinic& clinic) {
         clinic.Prepare(PlanOf(std::string(kEpidural) + kOfOldPain), kToday);
         return clinic.Perform(kToday, "");
       }                                                                                                                          },
      {"epidural-levels",
       [](Clinic& clinic) {
         return Planned(clinic, absl::StrCat(kEpidural, kOfOldPain, "levels: 'L4' levels: 'L3'"));
       }                                                                                                                          },
      {"epidural-one-region",
       [](Clinic& clinic) {
         clinic.Had("neck", PlanOf(kCervical), kToday - kMicrosPerHour);
         return Planned(clinic, std::string(kEpidural) + kOfOldPain);
       }                                                                                                                          },
      {"epidural-sessions",
       [](Clinic& clinic) {
         Sessions(clinic, kEpidural, {330, 260, 190, 100}, 3);
         return Planned(clinic, std::string(kEpidural) + kOfOldPain);
       }                                                                                                                          },
      {"epidural-repeat-relief",
       [](Clinic& clinic) {
         Sessions(clinic, kEpidural, {40}, 1);
         return Planned(clinic, std::string(kEpidural) + kOfOldPain);
       }                                                                                                                          },
      {"facet-two-blocks",                [](Clinic& clinic) { return Planned(clinic, kAblation); }                               },
      {"facet-diagnostic-sessions",
       [](Clinic& clinic) {
         Sessions(clinic, kBlock, {300, 200, 100, 50}, 1);
         return Planned(clinic, kBlock);
       }                                                                                                                          },
      {"ablation-repeat",
       [](Clinic& clinic) {
         Sessions(clinic, kAblation, {60}, 1);
         return Planned(clinic, kAblation);
       }                                                                                                                          },
      {"ablation-sessions",
       [](Clinic& clinic) {
         Sessions(clinic, kAblation, {350, 200}, 6);
         return Planned(clinic, kAblation);
       }                                                                                                                          },
      {"sacroiliac-diagnostic-sessions",
       [](Clinic& clinic) {
         Sessions(clinic, kDiagnostic, {300, 200}, 1);
         return Planned(clinic, kDiagnostic);
       }                                                                                                                          },
      {"sacroiliac-diagnostic-relief",    [](Clinic& clinic) { return Planned(clinic, kTherapeutic); }                            },
      {"sacroiliac-repeat-relief",
       [](Clinic& clinic) {
         clinic.Had("diagnostic", PlanOf(kDiagnostic), kToday - 90 * kDay, 80);
         Sessions(clinic, kTherapeutic, {40}, 1);
         return Planned(clinic, kTherapeutic);
       }                                                                                                                          },
      {"sacroiliac-therapeutic-sessions",
       [](Clinic& clinic) {
         clinic.Had("diagnostic", PlanOf(kDiagnostic), kToday - 400 * kDay, 80);
         Sessions(clinic, kTherapeutic, {330, 260, 190, 100}, 3);
         return Planned(clinic, kTherapeutic);
       }                                                                                                                          },
      {"stimulator-screening",
       [](Clinic& clinic) {
         return Planned(clinic, absl::StrCat("kind: INTERVENTION_KIND_STIMULATOR_TRIAL ", kImplanted));
       }                                                                                                                          },
      {"stimulator-trial",
       [](Clinic& clinic) {
         return Planned(clinic, absl::StrCat("kind: INTERVENTION_KIND_STIMULATOR_IMPLANT ", kImplanted, kScreened));
       }                                                                                                                          },
      {"pump-trial",
       [](Clinic& clinic) {
         return Planned(clinic, absl::StrCat("kind: INTERVENTION_KIND_PUMP_IMPLANT ", kImplanted));
       }                                                                                                                          },
      {"device-serial",
       [](Clinic& clinic) {
         clinic.Had("trial", PlanOf(absl::StrCat("kind: INTERVENTION_KIND_PUMP_TRIAL ", kImplanted)),
                    kToday - 40 * kDay, 60);
         clinic.Prepare(PlanOf(absl::StrCat("kind: INTERVENTION_KIND_PUMP_IMPLANT ", kImplanted)), kToday);
         return clinic.Perform(kToday, "devices { type { text: 'pump' } }");
       }                                                                                                                          },
      {"anticoagulant-hold",              [](Clinic& clinic) { return Checked(clinic, absl::StrCat(kNoAllergies, kNoPregnancy)); }},
      {"allergy-check",                   [](Clinic& clinic) { return Checked(clinic, absl::StrCat(kNoneTaken, kNoPregnancy)); }  },
      {"allergy-present",
       [](Clinic& clinic) {
         return Checked(clinic, absl::StrCat(kNoneTaken, kNoPregnancy,
                                             "contrast_allergy: ALLERGY_CHECK_NONE local_anaesthetic_allergy: "
                                             "ALLERGY_CHECK_NONE latex_allergy: ALLERGY_CHECK_PRESENT"));
       }                                                                                                                          },
      {"pregnancy-status",
       [](Clinic& clinic) {
         return Checked(clinic, absl::StrCat(kNoneTaken, kNoAllergies), " guidance: IMAGE_GUIDANCE_FLUOROSCOPY");
       }                                                                                                                          },
  };
  return rows;
}

TEST(EveryBlock, StopsAndIsOverriddenByWhoMay) {
  for (const Row& row : Rows()) {
    Clinic clinic;
    const v1::EncounterCommand command = row.stopped(clinic);
    EXPECT_EQ(clinic.Do(command), absl::StrCat("SAFETY_OVERRIDE_REQUIRED: ", row.rule));
    EXPECT_EQ(clinic.Do(Overriding("investigational", command)), absl::StrCat("SAFETY_OVERRIDE_REQUIRED: ", row.rule))
        << "the override of another rule";
    clinic.roles = {"registrar"};
    EXPECT_EQ(clinic.Do(Overriding(row.rule, command)), absl::StrCat("OVERRIDE_NOT_PERMITTED: ", row.rule));
    clinic.roles = {"clinician"};
    const std::string told = clinic.Do(Overriding(row.rule, command));
    EXPECT_TRUE(told.ends_with(absl::StrCat(": ", row.rule, "*"))) << told;
  }
}

TEST(EveryBlock, OfTheTableIsTried) {
  std::set<std::string> tried = {"recovery-aldrete"};  // Recovery.IsLeftWithNineOrAnOverride.
  for (const Row& row : Rows()) tried.insert(row.rule);
  std::set<std::string> blocking;
  const auto tables = DefaultTables();
  ASSERT_TRUE(tables.ok()) << tables.status();
  for (const v1::RuleSetting& rule : tables->at(0).interventions().rules()) {
    if (rule.severity() == v1::RULE_SEVERITY_BLOCK) blocking.insert(rule.id());
  }
  EXPECT_EQ(tried, blocking);
}

}  // namespace
}  // namespace anamnesis::encounter
