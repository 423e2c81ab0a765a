// What is kept of the other services' events.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "services/medication/domain/encounter_facts.h"
#include "services/medication/domain/patient_facts.h"
#include "tests/medication/builders.h"

namespace anamnesis::medication {
namespace {

using encounter::v1::EncounterEvent;
using patient::v1::PatientEvent;

patient::v1::Allergy Allergy(patient::v1::ClinicalStatus status) {
  patient::v1::Allergy allergy;
  allergy.set_id(kAllergy);
  *allergy.mutable_substance()->add_codings() = RxNorm(kOxycodone);
  allergy.set_kind(patient::v1::ALLERGY_KIND_ALLERGY);
  allergy.set_clinical_status(status);
  allergy.set_verification(patient::v1::VERIFICATION_CONFIRMED);
  return allergy;
}

PatientEvent AllergyRecorded() {
  PatientEvent event;
  *event.mutable_allergy_recorded()->mutable_allergy() = Allergy(patient::v1::CLINICAL_STATUS_ACTIVE);
  return event;
}

PatientEvent AllergyRevised(patient::v1::ClinicalStatus status) {
  PatientEvent event;
  *event.mutable_allergy_revised()->mutable_allergy() = Allergy(status);
  return event;
}

v1::PatientFacts Following(const std::vector<PatientEvent>& events) {
  v1::PatientFacts facts;
  for (const PatientEvent& event : events) ApplyPatientEvent(facts, event);
  return facts;
}

v1::EncounterFacts Following(const std::vector<EncounterEvent>& events) {
  v1::EncounterFacts facts;
  for (const EncounterEvent& event : events) ApplyEncounterEvent(facts, event);
  return facts;
}

TEST(PatientFactsTest, DeathIsRecordedAndTakenBack) {
  PatientEvent died, retracted;
  died.mutable_death_recorded();
  retracted.mutable_death_retracted();
  EXPECT_TRUE(Following({died}).deceased());
  EXPECT_FALSE(Following({died, retracted}).deceased());
}

TEST(PatientFactsTest, NothingIsKnownOfTheErased) {
  PatientEvent died, erased;
  died.mutable_death_recorded();
  erased.mutable_patient_erased();
  EXPECT_EQ(Following({died, AllergyRecorded(), erased}).ByteSizeLong(), 0U);
  EncounterEvent cancelled, gone;
  cancelled.mutable_encounter_cancelled()->set_encounter_id(kOrder);
  gone.mutable_record_erased();
  EXPECT_EQ(Following({cancelled, gone}).ByteSizeLong(), 0U);
}

TEST(PatientFactsTest, AMergedPersonIsDeadByEitherRecord) {
  PatientEvent died;
  died.mutable_death_recorded();
  v1::MedicationFacts own, merged;
  AddAbsorbed(own, merged);
  EXPECT_FALSE(own.patient().deceased());
  *merged.mutable_patient() = Following({died});
  AddAbsorbed(own, merged);
  EXPECT_TRUE(own.patient().deceased());
}

TEST(PatientFactsTest, AMergedPersonHasTheAllergiesOfBothRecords) {
  PatientEvent absorbs;
  absorbs.mutable_duplicate_absorbed()->set_duplicate_id(kSurvivor);
  v1::MedicationFacts own, merged;
  *own.mutable_patient() = Following({absorbs});
  EXPECT_THAT(own.patient().absorbed_ids(), testing::ElementsAre(kSurvivor));
  *merged.mutable_patient() = Following({AllergyRecorded()});
  merged.mutable_encounters()->add_void_ids(kSurvivor);
  AddAbsorbed(own, merged);
  EXPECT_EQ(own.patient().allergies_size(), 1);
  EXPECT_EQ(own.encounters().void_ids_size(), 1);
}

TEST(PatientFactsTest, TheSurvivorIsKnown) {
  PatientEvent merged;
  merged.mutable_merged_into()->set_survivor_id(kSurvivor);
  EXPECT_EQ(Following({merged}).survivor_id(), kSurvivor);
}

TEST(PatientFactsTest, AnUnmergeIsForgottenOnBothSides) {
  PatientEvent merged, unmerged, absorbs, absorbs_more, releases;
  merged.mutable_merged_into()->set_survivor_id(kSurvivor);
  unmerged.mutable_unmerged_from()->set_survivor_id(kSurvivor);
  EXPECT_EQ(Following({merged, unmerged}).survivor_id(), "");
  EXPECT_EQ(Following({merged, unmerged, merged}).survivor_id(), kSurvivor);
  absorbs.mutable_duplicate_absorbed()->set_duplicate_id(kOrder);
  absorbs_more.mutable_duplicate_absorbed()->set_duplicate_id(kSurvivor);
  releases.mutable_duplicate_released()->set_duplicate_id(kOrder);
  releases.mutable_duplicate_released()->add_absorbed_ids(kSurvivor);
  EXPECT_THAT(Following({absorbs, absorbs}).absorbed_ids(), testing::ElementsAre(kOrder)) << "erased between the two";
  EXPECT_THAT(Following({absorbs, absorbs_more, releases}).absorbed_ids(), testing::ElementsAre(kSurvivor));
  EXPECT_THAT(Following({absorbs, absorbs_more, releases, absorbs}).absorbed_ids(),
              testing::ElementsAre(kSurvivor, kOrder));
}

TEST(PatientFactsTest, AnAllergyIsKnownWithWhatTheRulesNeed) {
  const v1::PatientFacts facts = Following({AllergyRecorded()});
  ASSERT_EQ(facts.allergies_size(), 1);
  EXPECT_EQ(facts.allergies(0).SerializeAsString(), AllergyTo(kOxycodone).SerializeAsString());
}

TEST(PatientFactsTest, ARevisedAllergyReplacesTheOld) {
  const v1::PatientFacts facts = Following({AllergyRecorded(), AllergyRevised(patient::v1::CLINICAL_STATUS_RESOLVED)});
  ASSERT_EQ(facts.allergies_size(), 1);
  EXPECT_EQ(facts.allergies(0).clinical_status(), patient::v1::CLINICAL_STATUS_RESOLVED);
  EXPECT_EQ(facts.allergies(0).codings_size(), 1);
}

TEST(PatientFactsTest, ARetractedAllergyIsForgotten) {
  PatientEvent retracted, unknown;
  retracted.mutable_allergy_retracted()->set_allergy_id(kAllergy);
  unknown.mutable_allergy_retracted()->set_allergy_id(kOrder);
  EXPECT_EQ(Following({AllergyRecorded(), retracted}).allergies_size(), 0);
  EXPECT_EQ(Following({AllergyRecorded(), unknown}).allergies_size(), 1);
}

TEST(PatientFactsTest, OtherEventsChangeNothing) {
  PatientEvent registered;
  registered.mutable_patient_registered()->set_patient_id(kPatient);
  EXPECT_EQ(Following({registered, PatientEvent()}).ByteSizeLong(), 0u);
}

PatientEvent ProblemRecorded(patient::v1::ClinicalStatus status) {
  PatientEvent event;
  patient::v1::Problem& problem = *event.mutable_problem_recorded()->mutable_problem();
  problem.set_id(kProblem);
  *problem.mutable_code()->add_codings() = RxNorm(kOxycodone);
  problem.set_clinical_status(status);
  return event;
}

TEST(PatientFactsTest, AProblemIsActiveUntilItIsSaidToBeOver) {
  using namespace patient::v1;  // NOLINT: the statuses.
  for (const auto status : {CLINICAL_STATUS_UNSPECIFIED, CLINICAL_STATUS_ACTIVE, CLINICAL_STATUS_RECURRENCE}) {
    EXPECT_TRUE(Following({ProblemRecorded(status)}).problems(0).active());
  }
  for (const auto status : {CLINICAL_STATUS_INACTIVE, CLINICAL_STATUS_REMISSION, CLINICAL_STATUS_RESOLVED}) {
    EXPECT_FALSE(Following({ProblemRecorded(status)}).problems(0).active());
  }
  PatientEvent refuted = ProblemRecorded(CLINICAL_STATUS_ACTIVE);
  refuted.mutable_problem_recorded()->mutable_problem()->set_verification(VERIFICATION_REFUTED);
  EXPECT_FALSE(Following({refuted}).problems(0).active());
}

TEST(PatientFactsTest, AProblemIsResolvedRevisedAndRetracted) {
  const PatientEvent recorded = ProblemRecorded(patient::v1::CLINICAL_STATUS_ACTIVE);
  PatientEvent resolved, revised, retracted;
  resolved.mutable_problem_resolved()->set_problem_id(kProblem);
  *revised.mutable_problem_revised()->mutable_problem() = recorded.problem_recorded().problem();
  retracted.mutable_problem_retracted()->set_problem_id(kProblem);
  EXPECT_FALSE(Following({recorded, resolved}).problems(0).active());
  const v1::PatientFacts again = Following({recorded, resolved, revised});
  ASSERT_EQ(again.problems_size(), 1);
  EXPECT_TRUE(again.problems(0).active());
  EXPECT_EQ(again.problems(0).codings(0).code(), kOxycodone);
  EXPECT_EQ(Following({recorded, retracted}).problems_size(), 0);
}

TEST(PatientFactsTest, TheBirthDateIsTheLastThatIsKnown) {
  PatientEvent registered, updated, unknown;
  registered.mutable_patient_registered()->mutable_demographics()->mutable_birth_date()->set_year(1960);
  updated.mutable_demographics_updated()->mutable_demographics()->mutable_birth_date()->set_year(1961);
  unknown.mutable_demographics_updated()->mutable_demographics();
  EXPECT_EQ(Following({registered}).birth_date().year(), 1960U);
  EXPECT_EQ(Following({registered, updated}).birth_date().year(), 1961U);
  EXPECT_FALSE(Following({registered, unknown}).has_birth_date());
}

EncounterEvent Measured(const std::string& unit) {
  EncounterEvent event;
  encounter::v1::Observation& observation = *event.mutable_observation_recorded()->mutable_observation();
  observation.set_id(kRecord);
  observation.set_status(encounter::v1::RESULT_STATUS_FINAL);
  observation.mutable_effective_time()->set_seconds(7);
  observation.mutable_value()->mutable_quantity()->set_value("28");
  observation.mutable_value()->mutable_quantity()->set_code(unit);
  return event;
}

TEST(EncounterFactsTest, ScoresOfTheOpioidRiskToolAreKept) {
  EncounterEvent scored, other, retracted;
  encounter::v1::QuestionnaireResponse& response =
      *scored.mutable_questionnaire_response_recorded()->mutable_questionnaire_response();
  response.set_id(kRecord);
  response.set_tool(encounter::v1::QUESTIONNAIRE_TOOL_OPIOID_RISK);
  response.mutable_score()->mutable_value()->set_numerator(8);
  other = scored;
  other.mutable_questionnaire_response_recorded()->mutable_questionnaire_response()->set_tool(
      encounter::v1::QUESTIONNAIRE_TOOL_PEG);
  retracted.mutable_questionnaire_response_retracted()->set_questionnaire_response_id(kRecord);
  ASSERT_EQ(Following({scored}).opioid_risks_size(), 1);
  EXPECT_EQ(Following({scored}).opioid_risks(0).score(), 8);
  EXPECT_EQ(Following({other}).opioid_risks_size(), 0);
  EXPECT_EQ(Following({scored, retracted}).opioid_risks_size(), 0);
}

TEST(EncounterFactsTest, FiltrationRatesAreKept) {
  const EncounterEvent recorded = Measured("mL/min/{1.73_m2}");
  ASSERT_EQ(Following({recorded}).filtrations_size(), 1);
  EXPECT_EQ(Following({recorded}).filtrations(0).value().value(), "28");
  EXPECT_EQ(Following({recorded}).filtrations(0).time().seconds(), 7);
  EXPECT_EQ(Following({Measured("mg/dL")}).filtrations_size(), 0);

  EncounterEvent amended, cancelled, retracted;
  *amended.mutable_observation_amended()->mutable_observation() = recorded.observation_recorded().observation();
  amended.mutable_observation_amended()->mutable_observation()->mutable_value()->mutable_quantity()->set_value("31");
  ASSERT_EQ(Following({recorded, amended}).filtrations_size(), 1);
  EXPECT_EQ(Following({recorded, amended}).filtrations(0).value().value(), "31");
  cancelled = amended;
  cancelled.mutable_observation_amended()->mutable_observation()->set_status(encounter::v1::RESULT_STATUS_CANCELLED);
  EXPECT_EQ(Following({recorded, cancelled}).filtrations_size(), 0);
  retracted.mutable_observation_retracted()->set_observation_id(kRecord);
  EXPECT_EQ(Following({recorded, retracted}).filtrations_size(), 0);
}

EncounterEvent Recorded(encounter::v1::EncounterStatus status) {
  EncounterEvent event;
  event.mutable_encounter_recorded()->mutable_encounter()->set_id(kEncounter);
  event.mutable_encounter_recorded()->mutable_encounter()->set_status(status);
  return event;
}

TEST(EncounterFactsTest, CancelledAndRetractedEncountersAreVoid) {
  EncounterEvent cancelled, retracted;
  cancelled.mutable_encounter_cancelled()->set_encounter_id(kEncounter);
  retracted.mutable_encounter_retracted()->set_encounter_id(kEncounter);
  const std::string expected = EncounterIsVoid().encounters().SerializeAsString();
  EXPECT_EQ(Following({cancelled}).SerializeAsString(), expected);
  EXPECT_EQ(Following({retracted}).SerializeAsString(), expected);
  EXPECT_EQ(Following({cancelled, retracted}).SerializeAsString(), expected) << "known once";
  EXPECT_EQ(Following({Recorded(encounter::v1::ENCOUNTER_STATUS_CANCELLED)}).SerializeAsString(), expected);
}

TEST(EncounterFactsTest, WhatDoesNotConcernThemChangesNothing) {
  const google::protobuf::Descriptor& type = *EncounterEvent::descriptor();
  const v1::EncounterFacts before =
      Following({Recorded(encounter::v1::ENCOUNTER_STATUS_CANCELLED), Measured("mL/min")});
  for (int i = 0; i < type.field_count(); ++i) {
    EncounterEvent event;
    event.GetReflection()->MutableMessage(&event, type.field(i));
    if (ConcernsFacts(event)) continue;
    v1::EncounterFacts after = before;
    ApplyEncounterEvent(after, event);
    EXPECT_EQ(after.SerializeAsString(), before.SerializeAsString()) << type.field(i)->name();
  }
  EXPECT_TRUE(ConcernsFacts(Measured("mL/min")));
  EXPECT_FALSE(ConcernsFacts(Measured("mg/dL")));
}

TEST(EncounterFactsTest, OtherEncountersAreNot) {
  EXPECT_EQ(Following({Recorded(encounter::v1::ENCOUNTER_STATUS_FINISHED), EncounterEvent()}).void_ids_size(), 0);
}

}  // namespace
}  // namespace anamnesis::medication
