// What is checked before any intervention, and who may do it.
#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "base/clock.h"
#include "services/encounter/domain/patient_facts.h"
#include "tests/encounter/clinic.h"

namespace anamnesis::encounter {
namespace {

constexpr char kNerveBlock[] =
    "kind: INTERVENTION_KIND_PERIPHERAL_NERVE_BLOCK region: BODY_REGION_LIMB side: LATERALITY_LEFT";
constexpr char kStimulator[] =
    "kind: INTERVENTION_KIND_STIMULATOR_BATTERY region: BODY_REGION_LUMBAR side: LATERALITY_LEFT";
constexpr char kAllergies[] =
    " contrast_allergy: ALLERGY_CHECK_NONE local_anaesthetic_allergy: ALLERGY_CHECK_NONE latex_allergy: "
    "ALLERGY_CHECK_NONE pregnancy: PREGNANCY_STATUS_NOT_PREGNANT";
constexpr char kNoneTaken[] = "anticoagulants { risk: BLEEDING_RISK_LOW decision: ANTICOAGULANT_DECISION_NONE_TAKEN } ";

const int64_t kToday = Time("2026-03-14T10:00:00Z");

// What a time-out with these checks comes to.
std::string TimeOutWith(const std::string& checks, const char* plan = kNerveBlock, const v1::PatientFacts& facts = {}) {
  Clinic clinic;
  clinic.facts = facts;
  EXPECT_EQ(clinic.Do(clinic.Plan(PlanOf(plan), kToday)), "InterventionPlanned");
  EXPECT_EQ(clinic.Do(clinic.Consent()), "InterventionConsented");
  const std::string told = clinic.Do(clinic.TimeOut(PlanOf(plan), kToday, checks));
  constexpr std::string_view kStopped = "SAFETY_OVERRIDE_REQUIRED: ";
  return told.starts_with(kStopped) ? told.substr(kStopped.size()) : told;
}

std::string WithAnticoagulants(const std::string& review, const char* plan = kNerveBlock) {
  return TimeOutWith(absl::StrCat("anticoagulants { ", review, " }", kAllergies), plan);
}

TEST(AnticoagulantHold, IsDocumentedByRisk) {
  constexpr char kHeld[] = " decision: ANTICOAGULANT_DECISION_HELD held { medicine { text: 'm' } last_taken {} }";
  constexpr char kContinued[] = " decision: ANTICOAGULANT_DECISION_CONTINUED";
  struct Row {
    std::string review;
    const char *of_low_risk, *of_higher_risk;
  };
  const char* const unmet = "anticoagulant-hold";
  const Row rows[] = {
      {"",                                                                    unmet,          unmet                                      },
      {"risk: BLEEDING_RISK_LOW",                                             unmet,          unmet                                      },
      {"decision: ANTICOAGULANT_DECISION_NONE_TAKEN",                         unmet,          unmet                                      },
      {"risk: BLEEDING_RISK_LOW decision: ANTICOAGULANT_DECISION_NONE_TAKEN", "TimeOutDone",  "TimeOutDone"                              },
      {absl::StrCat("risk: BLEEDING_RISK_LOW",                                kContinued),    "TimeOutDone",                               unmet},
      {absl::StrCat("risk: BLEEDING_RISK_INTERMEDIATE",                                                                     kContinued),                                     unmet, unmet},
      {absl::StrCat("risk: BLEEDING_RISK_HIGH",                                                                kContinued),                                                                              unmet,                                                                                   unmet},
      {absl::StrCat("risk: BLEEDING_RISK_LOW",                                                                kHeld),"TimeOutDone","TimeOutDone"},
      {absl::StrCat("risk: BLEEDING_RISK_HIGH",kHeld),      "TimeOutDone",                                                                                "TimeOutDone"},
      {absl::StrCat("risk: BLEEDING_RISK_HIGH",                               kHeld,                                        " held { medicine { text: 'n' } }"),                                                                 unmet, unmet},
      {"risk: BLEEDING_RISK_HIGH decision: ANTICOAGULANT_DECISION_HELD",                                                                     unmet,                                             unmet                                                    },
  };
  for (const Row& row : rows) {
    EXPECT_EQ(WithAnticoagulants(row.review, kNerveBlock), row.of_low_risk) << row.review;
    EXPECT_EQ(WithAnticoagulants(row.review, kStimulator), row.of_higher_risk) << row.review;
  }
}

TEST(AnticoagulantHold, TheRiskOfEveryKindIsInTheTable) {
  const auto shelf = Rules();
  const RuleBook& rules = shelf->At(kToday);
  for (int kind = v1::InterventionKind_MIN + 1; kind <= v1::InterventionKind_MAX; ++kind) {
    EXPECT_NE(rules.RiskOf(static_cast<v1::InterventionKind>(kind)), v1::BLEEDING_RISK_UNSPECIFIED)
        << v1::InterventionKind_Name(static_cast<v1::InterventionKind>(kind));
  }
}

TEST(AnticoagulantHold, WhatIsHeldIsNotTakenAfterwards) {
  const auto last_taken = [](int64_t micros) {
    return WithAnticoagulants(absl::StrCat("risk: BLEEDING_RISK_HIGH decision: ANTICOAGULANT_DECISION_HELD held { "
                                           "medicine { text: 'warfarin' } last_taken { seconds: ",
                                           micros / 1'000'000, " } }"),
                              kNerveBlock);
  };
  EXPECT_EQ(last_taken(kToday), "TimeOutDone");
  EXPECT_EQ(last_taken(kToday + 1'000'000), "anticoagulant-hold");
}

TEST(AllergyCheck, AllThreeAreAsked) {
  EXPECT_EQ(TimeOutWith(absl::StrCat(kNoneTaken, kAllergies)), "TimeOutDone");
  for (const char* one : {"contrast_allergy", "local_anaesthetic_allergy", "latex_allergy"}) {
    EXPECT_EQ(TimeOutWith(absl::StrCat(kNoneTaken, kAllergies, " ", one, ": ALLERGY_CHECK_UNSPECIFIED")),
              "allergy-check")
        << one;
  }
}

v1::PatientFacts AllergicTo(const std::string& system, const std::string& code,
                            patient::v1::ClinicalStatus status = patient::v1::CLINICAL_STATUS_ACTIVE) {
  patient::v1::PatientEvent event;
  patient::v1::Allergy& allergy = *event.mutable_allergy_recorded()->mutable_allergy();
  allergy.set_id("a");
  allergy.set_clinical_status(status);
  clinical::v1::Coding& coding = *allergy.mutable_substance()->add_codings();
  coding.set_system(system);
  coding.set_code(code);
  v1::PatientFacts facts;
  ApplyPatientEvent(facts, event);
  return facts;
}

constexpr char kRxNorm[] = "http://www.nlm.nih.gov/research/umls/rxnorm";
constexpr char kSnomed[] = "http://snomed.info/sct";

TEST(AllergyPresent, AsCheckedOrAsRecorded) {
  const std::string good = absl::StrCat(kNoneTaken, kAllergies);
  EXPECT_EQ(TimeOutWith(good + " latex_allergy: ALLERGY_CHECK_PRESENT"), "allergy-present");
  EXPECT_EQ(TimeOutWith(good + " local_anaesthetic_allergy: ALLERGY_CHECK_PRESENT"), "allergy-present");
  EXPECT_EQ(TimeOutWith(good + " contrast_allergy: ALLERGY_CHECK_PRESENT"), "TimeOutDone")
      << "none is meant to be used";
  EXPECT_EQ(TimeOutWith(good + " contrast_allergy: ALLERGY_CHECK_PRESENT",
                        "kind: INTERVENTION_KIND_PERIPHERAL_NERVE_BLOCK region: BODY_REGION_LIMB "
                        "side: LATERALITY_LEFT guidance: IMAGE_GUIDANCE_FLUOROSCOPY"),
            "allergy-present");
  EXPECT_EQ(TimeOutWith(good, kNerveBlock, AllergicTo(kSnomed, "111088007")), "allergy-present") << "latex";
  EXPECT_EQ(TimeOutWith(good, kNerveBlock, AllergicTo(kRxNorm, "6387")), "allergy-present") << "local anaesthetic";
  EXPECT_EQ(TimeOutWith(good, kNerveBlock, AllergicTo(kSnomed, "6387")), "TimeOutDone") << "of another system";
  EXPECT_EQ(TimeOutWith(good, kNerveBlock, AllergicTo(kRxNorm, "7804")), "TimeOutDone") << "of something else";
  EXPECT_EQ(TimeOutWith(good, kNerveBlock, AllergicTo(kRxNorm, "6387", patient::v1::CLINICAL_STATUS_RESOLVED)),
            "TimeOutDone");
}

TEST(AllergyPresent, WhatWasGivenCountsWhenItWasDone) {
  for (const auto& [performance, then] : std::vector<std::pair<std::string, std::string>>{
           {"",                                                         "InterventionPerformed"                    },
           {"agents { role: AGENT_ROLE_CONTRAST agent { text: 'c' } }", "SAFETY_OVERRIDE_REQUIRED: allergy-present"}
  }) {
    Clinic clinic;
    clinic.Prepare(PlanOf(kNerveBlock), kToday);
    clinic.facts = AllergicTo(kSnomed, "385420005");
    EXPECT_EQ(clinic.Do(clinic.Perform(kToday, performance)), then);
  }
}

TEST(PatientFacts, AMergedPersonIsDeadByEitherRecord) {
  v1::PatientFacts facts;
  AddAbsorbed(facts, v1::PatientFacts());
  EXPECT_FALSE(facts.deceased());
  AddAbsorbed(facts, Deceased());
  EXPECT_TRUE(facts.deceased());
}

TEST(AllergyPresent, OfAMergedRecordCounts) {
  v1::PatientFacts facts;
  AddAbsorbed(facts, AllergicTo(kRxNorm, "6387"));
  EXPECT_EQ(TimeOutWith(absl::StrCat(kNoneTaken, kAllergies), kNerveBlock, facts), "allergy-present");
}

TEST(AllergyFacts, FollowTheRecord) {
  v1::PatientFacts facts = AllergicTo(kRxNorm, "6387");
  ASSERT_EQ(facts.allergies_size(), 1);
  EXPECT_TRUE(facts.allergies(0).holds());
  patient::v1::PatientEvent revised;
  revised.mutable_allergy_revised()->mutable_allergy()->set_id("a");
  revised.mutable_allergy_revised()->mutable_allergy()->set_verification(patient::v1::VERIFICATION_REFUTED);
  ApplyPatientEvent(facts, revised);
  ASSERT_EQ(facts.allergies_size(), 1);
  EXPECT_FALSE(facts.allergies(0).holds());
  patient::v1::PatientEvent retracted;
  retracted.mutable_allergy_retracted()->set_allergy_id("a");
  ApplyPatientEvent(facts, retracted);
  EXPECT_EQ(facts.allergies_size(), 0);
}

TEST(PregnancyStatus, IsKnownWhereFluoroscopyIsUsed) {
  struct Row {
    const char *status, *then;
  };
  const Row rows[] = {
      {"NOT_PREGNANT",   "InterventionPerformed"                     },
      {"NOT_APPLICABLE", "InterventionPerformed"                     },
      {"PREGNANT",       "SAFETY_OVERRIDE_REQUIRED: pregnancy-status"},
      {"UNSPECIFIED",    "SAFETY_OVERRIDE_REQUIRED: pregnancy-status"},
  };
  for (const Row& row : rows) {
    for (const char* guidance : {"FLUOROSCOPY", "ULTRASOUND"}) {
      Clinic clinic;
      ASSERT_EQ(clinic.Do(clinic.Plan(PlanOf(kNerveBlock), kToday)), "InterventionPlanned");
      ASSERT_EQ(clinic.Do(clinic.Consent()), "InterventionConsented");
      ASSERT_EQ(
          clinic.Do(clinic.TimeOut(PlanOf(kNerveBlock), kToday,
                                   absl::StrCat(kNoneTaken, kAllergies, " pregnancy: PREGNANCY_STATUS_", row.status))),
          "TimeOutDone");
      const std::string performance = absl::StrCat("guidance: IMAGE_GUIDANCE_", guidance);
      EXPECT_EQ(clinic.Do(clinic.Perform(kToday, performance)),
                guidance == std::string("FLUOROSCOPY") ? row.then : "InterventionPerformed")
          << row.status;
    }
  }
}

TEST(PregnancyStatus, CanBeOverridden) {
  Clinic clinic;
  const v1::InterventionPlan plan = PlanOf(absl::StrCat(kNerveBlock, " guidance: IMAGE_GUIDANCE_FLUOROSCOPY"));
  ASSERT_EQ(clinic.Do(clinic.Plan(plan, kToday)), "InterventionPlanned");
  ASSERT_EQ(clinic.Do(clinic.Consent()), "InterventionConsented");
  const v1::EncounterCommand time_out =
      clinic.TimeOut(plan, kToday, absl::StrCat(kNoneTaken, kAllergies, " pregnancy: PREGNANCY_STATUS_PREGNANT"));
  EXPECT_EQ(clinic.Do(time_out), "SAFETY_OVERRIDE_REQUIRED: pregnancy-status");
  EXPECT_EQ(clinic.Do(Overriding("pregnancy-status", time_out)), "TimeOutDone: pregnancy-status*");
  EXPECT_EQ(clinic.Do(clinic.Perform(kToday)), "InterventionPerformed: pregnancy-status*") << "holds until it is done";
}

// A performance by a doctor with this privilege, at an organization and location.
std::string PerformedWith(const std::string& privilege, int64_t at = kToday) {
  Clinic clinic;
  clinic.doctor.clear_privileges();
  clinic.doctor.set_directory_revision(1);
  EXPECT_EQ(clinic.Do(Command(absl::StrCat("grant_privilege { practitioner_id: '", kDoctor, "' privilege { id: 'p' ",
                                           privilege, " } }"))),
            "PrivilegeGranted");
  clinic.Prepare(PlanOf(absl::StrCat(kNerveBlock, " organization_id: 'here' location: 'Room 2'")), at);
  return clinic.Do(clinic.Perform(at));
}

TEST(PerformerPrivilege, IsForTheKindThereAndThen) {
  const std::string from = absl::StrCat(" valid_from { ", ToTimestamp(kToday).ShortDebugString(), " } ");
  const std::string until = absl::StrCat(" valid_to { ", ToTimestamp(kToday).ShortDebugString(), " } ");
  const std::string block = "kind: INTERVENTION_KIND_PERIPHERAL_NERVE_BLOCK valid_from { seconds: 1 } ";
  const char* const unmet = "INTERVENTION_RULE_NOT_MET: performer-privilege";
  EXPECT_EQ(PerformedWith(block), "InterventionPerformed");
  EXPECT_EQ(PerformedWith("kind: INTERVENTION_KIND_SYMPATHETIC_BLOCK valid_from { seconds: 1 }"), unmet);
  EXPECT_EQ(PerformedWith(block + "organization_id: 'here' location: 'Room 2'"), "InterventionPerformed");
  EXPECT_EQ(PerformedWith(block + "organization_id: 'elsewhere'"), unmet);
  EXPECT_EQ(PerformedWith(block + "location: 'Room 1'"), unmet);
  EXPECT_EQ(PerformedWith(block + from, kToday), "InterventionPerformed") << "the first moment";
  EXPECT_EQ(PerformedWith(block + from, kToday - 1), unmet);
  EXPECT_EQ(PerformedWith(block + until, kToday), "InterventionPerformed") << "the last moment";
  EXPECT_EQ(PerformedWith(block + until, kToday + 1), unmet);
}

TEST(PerformerPrivilege, ARevokedOneHoldsNoMore) {
  const v1::EncounterCommand revoke =
      Command(absl::StrCat("revoke_privilege { context { reason: 'left' } practitioner_id: '", kDoctor,
                           "' privilege_id: 'p5' }"));  // INTERVENTION_KIND_PERIPHERAL_NERVE_BLOCK.
  Clinic clinic;
  clinic.Prepare(PlanOf(kNerveBlock), kToday - 1);
  EXPECT_EQ(clinic.Do(WithoutReason(At(kToday, revoke))), "REASON_REQUIRED");
  EXPECT_EQ(clinic.Do(At(kToday, revoke)), "PrivilegeRevoked");
  EXPECT_EQ(clinic.Do(At(kToday, revoke)), "PRIVILEGE_ALREADY_REVOKED");
  EXPECT_EQ(clinic.Do(clinic.Perform(kToday)), "INTERVENTION_RULE_NOT_MET: performer-privilege");
  EXPECT_EQ(clinic.Do(Overriding("performer-privilege", clinic.Perform(kToday))),
            "INTERVENTION_RULE_NOT_MET: performer-privilege");
  EXPECT_EQ(clinic.Do(clinic.Perform(kToday - 1)), "InterventionPerformed") << "what was done before it";
}

TEST(Privilege, IsGrantedToWhoIsThere) {
  const std::string grant = "privilege { id: 'p' kind: INTERVENTION_KIND_SYMPATHETIC_BLOCK valid_from { seconds: 9 } ";
  const auto command = [&](const std::string& more) {
    return Command(absl::StrCat("grant_privilege { practitioner_id: '", kDoctor, "' ", grant, more, " } }"));
  };
  Clinic clinic;
  EXPECT_EQ(clinic.Do(command("valid_to { seconds: 8 }")), "END_BEFORE_START");
  EXPECT_EQ(clinic.Do(command("valid_to { seconds: 9 }")), "PrivilegeGranted");
  EXPECT_EQ(clinic.Do(command("valid_to { seconds: 8 }")), "RESOURCE_ALREADY_EXISTS");
  clinic.doctor.Clear();
  EXPECT_EQ(clinic.Do(command("valid_to { seconds: 8 }")), "RESOURCE_NOT_FOUND") << "an unregistered practitioner";
  EXPECT_EQ(clinic.Do(Command(absl::StrCat("revoke_privilege { practitioner_id: '", kDoctor, "' privilege_id: 'q' }"))),
            "RESOURCE_NOT_FOUND");
}

TEST(Privilege, IsDecidedOnItsPractitionersStream) {
  const Clinic clinic;
  EXPECT_EQ(EncounterDecider::Streams(clinic.Perform(kToday), Input()),
            (std::vector<std::string>{absl::StrCat("encounter-", kPatient), absl::StrCat("practitioner-", kDoctor)}));
  EXPECT_EQ(
      EncounterDecider::Streams(Command(absl::StrCat("grant_privilege { practitioner_id: '", kDoctor, "' }")), Input()),
      std::vector<std::string>{absl::StrCat("practitioner-", kDoctor)});
}

}  // namespace
}  // namespace anamnesis::encounter
