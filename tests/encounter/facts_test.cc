// What is kept of what the patient service tells.
#include <gtest/gtest.h>

#include "services/encounter/domain/patient_facts.h"
#include "tests/encounter/builders.h"

namespace anamnesis::encounter {
namespace {

using patient::v1::PatientEvent;

PatientEvent Died() {
  PatientEvent event;
  event.mutable_death_recorded();
  return event;
}
PatientEvent DeathTakenBack() {
  PatientEvent event;
  event.mutable_death_retracted();
  return event;
}
PatientEvent Merged() {
  PatientEvent event;
  event.mutable_merged_into()->set_survivor_id(kSurvivor);
  return event;
}
PatientEvent Unmerged() {
  PatientEvent event;
  event.mutable_unmerged_from()->set_survivor_id(kSurvivor);
  return event;
}
PatientEvent Absorbed() {
  PatientEvent event;
  event.mutable_duplicate_absorbed()->set_duplicate_id(kNewId);
  return event;
}
PatientEvent Registered() {
  PatientEvent event;
  event.mutable_patient_registered()->set_patient_id(kPatient);
  return event;
}

v1::PatientFacts FactsAfter(const std::vector<PatientEvent>& events) {
  v1::PatientFacts facts;
  for (const PatientEvent& event : events) ApplyPatientEvent(facts, event);
  return facts;
}

TEST(FactsTest, ADeathIsKnownUntilItIsTakenBack) {
  EXPECT_FALSE(FactsAfter({Registered()}).deceased());
  EXPECT_TRUE(FactsAfter({Registered(), Died()}).deceased());
  EXPECT_FALSE(FactsAfter({Registered(), Died(), DeathTakenBack()}).deceased());
}

TEST(FactsTest, AMergedRecordNamesItsSurvivor) {
  EXPECT_EQ(FactsAfter({Registered()}).survivor_id(), "");
  EXPECT_EQ(FactsAfter({Registered(), Merged()}).survivor_id(), kSurvivor);
}

TEST(FactsTest, ARecordThatIsAbsorbedAgainIsAbsorbedOnce) {
  EXPECT_EQ(FactsAfter({Registered(), Absorbed(), Absorbed()}).absorbed_ids_size(), 1);
}

TEST(FactsTest, AnUnmergedRecordIsInUseAgain) {
  EXPECT_EQ(FactsAfter({Registered(), Merged(), Unmerged()}).survivor_id(), "");
  EXPECT_EQ(FactsAfter({Registered(), Merged(), Unmerged(), Merged()}).survivor_id(), kSurvivor);
}

TEST(FactsTest, ASurvivorStaysInUse) {
  EXPECT_EQ(FactsAfter({Registered(), Absorbed()}).survivor_id(), "");
}

TEST(FactsTest, AnEventOfANewerReleaseChangesNothing) {
  PatientEvent newer;
  ASSERT_TRUE(newer.ParseFromString(std::string("\xfa\x3f\x00", 3)));  // Field 1023, which no release has.
  EXPECT_TRUE(FactsAfter({Died(), newer}).deceased());
}

}  // namespace
}  // namespace anamnesis::encounter
