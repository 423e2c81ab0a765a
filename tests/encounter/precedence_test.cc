// Which refusal is told where several apply: that which comes first in errors.proto, and what cannot be overridden
// first.
#include <gtest/gtest.h>

#include <string>

#include "absl/strings/str_cat.h"
#include "tests/encounter/clinic.h"

namespace anamnesis::encounter {
namespace {

const int64_t kToday = Time("2026-03-14T10:00:00Z");

constexpr char kNerveBlock[] =
    "kind: INTERVENTION_KIND_PERIPHERAL_NERVE_BLOCK region: BODY_REGION_LIMB side: LATERALITY_LEFT";
constexpr char kEndsFirst[] = "end { seconds: 1 }";

Clinic Planned() {
  Clinic clinic;
  EXPECT_EQ(clinic.Do(clinic.Plan(PlanOf(kNerveBlock), kToday)), "InterventionPlanned");
  return clinic;
}
Clinic Consented() {
  Clinic clinic = Planned();
  EXPECT_EQ(clinic.Do(clinic.Consent()), "InterventionConsented");
  return clinic;
}
Clinic Performed() {
  Clinic clinic;
  clinic.Prepare(PlanOf(kNerveBlock), kToday);
  EXPECT_EQ(clinic.Do(clinic.Perform(kToday)), "InterventionPerformed");
  return clinic;
}
Clinic Of(Clinic clinic, const v1::PatientFacts& facts) {
  clinic.facts = facts;
  return clinic;
}

TEST(InterventionPrecedence, OfAPlan) {
  const auto plan = Clinic().Plan(PlanOf(kNerveBlock), kToday);
  EXPECT_EQ(Of(Planned(), MergedAwayAndDeceased()).Do(plan), "PATIENT_MERGED_AWAY");
  EXPECT_EQ(Of(Planned(), Deceased()).Do(plan), "RESOURCE_ALREADY_EXISTS");
  EXPECT_EQ(Of(Clinic(), Deceased()).Do(plan), "PATIENT_DECEASED");
}

TEST(InterventionPrecedence, OfARevision) {
  const auto revised = At(kToday, Clinic().For("revise_intervention_plan",
                                               absl::StrCat("intervention_id: 'x' plan { ", kNerveBlock, " }")));
  EXPECT_EQ(Of(Planned(), MergedAwayAndDeceased()).Do(revised), "PATIENT_MERGED_AWAY");
  EXPECT_EQ(Of(Clinic(), Deceased()).Do(revised), "RESOURCE_NOT_FOUND");
  EXPECT_EQ(Of(Performed(), Deceased()).Do(revised), "PATIENT_DECEASED");
  EXPECT_EQ(Performed().Do(revised), "INTERVENTION_ENDED");
}

TEST(InterventionPrecedence, OfAConsent) {
  EXPECT_EQ(Of(Planned(), MergedAway()).Do(Clinic().Consent()), "PATIENT_MERGED_AWAY");
  EXPECT_EQ(Of(Planned(), Deceased()).Do(Clinic().Consent()), "InterventionConsented") << "it may be entered late";
}

TEST(InterventionPrecedence, OfATimeOut) {
  v1::InterventionPlan other_side = PlanOf(kNerveBlock);
  other_side.set_side(v1::LATERALITY_RIGHT);
  const auto unchecked = Clinic().TimeOut(other_side, kToday, "");
  EXPECT_EQ(Of(Planned(), Deceased()).Do(unchecked), "PATIENT_DECEASED");
  EXPECT_EQ(Performed().Do(unchecked), "INTERVENTION_ENDED");
  EXPECT_EQ(Planned().Do(unchecked), "CONSENT_MISSING");
  EXPECT_EQ(Consented().Do(unchecked), "TIME_OUT_SIDE_MISMATCH") << "before what may be overridden";
}

TEST(InterventionPrecedence, OfAPerformance) {
  const auto backwards = Clinic().Perform(kToday, kEndsFirst);
  EXPECT_EQ(Of(Performed(), Deceased()).Do(backwards), "PATIENT_DECEASED");
  EXPECT_EQ(Performed().Do(backwards), "END_BEFORE_START");
  EXPECT_EQ(Performed().Do(Clinic().Perform(kToday)), "INTERVENTION_ENDED");
  EXPECT_EQ(Planned().Do(Clinic().Perform(kToday)), "CONSENT_MISSING");
  EXPECT_EQ(Consented().Do(Clinic().Perform(kToday)), "TIME_OUT_MISSING");
}

v1::EncounterCommand OfRecord(const std::string& name, int64_t at, const std::string& fields = "") {
  return At(at, Clinic().For(name, absl::StrCat("anaesthesia_id: 'a' ", fields)));
}
v1::EncounterCommand Score(int64_t at, int each) {
  return OfRecord("score_aldrete", at,
                  absl::StrCat("items { activity: ", each, " respiration: ", each, " circulation: ", each,
                               " consciousness: ", each, " spo2: ", each, " }"));
}

// Under anaesthesia since kToday; with `ended`, until five minutes later.
Clinic Anaesthetised(bool ended) {
  Clinic clinic;
  EXPECT_EQ(clinic.Do(At(kToday, clinic.For("start_anaesthesia",
                                            "record { id: 'a' technique: ANAESTHESIA_TECHNIQUE_GENERAL }"))),
            "AnaesthesiaStarted");
  if (ended) {
    EXPECT_EQ(clinic.Do(OfRecord("end_anaesthesia", kToday + 5 * kHour / 60)), "AnaesthesiaEnded");
  }
  return clinic;
}

TEST(AnaesthesiaPrecedence, OfItsEnd) {
  EXPECT_EQ(Anaesthetised(true).Do(OfRecord("end_anaesthesia", kToday - kHour)), "END_BEFORE_START");
  EXPECT_EQ(Anaesthetised(true).Do(OfRecord("end_anaesthesia", kToday + kHour)), "ANAESTHESIA_ENDED");
}

TEST(AnaesthesiaPrecedence, OfAScore) {
  EXPECT_EQ(Anaesthetised(false).Do(OfRecord("score_aldrete", kToday, "items { activity: 2 }")),
            "ANAESTHESIA_NOT_ENDED");
  EXPECT_EQ(Anaesthetised(true).Do(OfRecord("score_aldrete", kToday, "items { activity: 2 }")), "END_BEFORE_START");
  EXPECT_EQ(Anaesthetised(true).Do(OfRecord("score_aldrete", kToday + kHour, "items { activity: 2 }")),
            "ALDRETE_ITEM_MISSING");
}

TEST(AnaesthesiaPrecedence, OfLeavingRecovery) {
  Clinic clinic = Anaesthetised(true);
  ASSERT_EQ(clinic.Do(Score(kToday + kHour, 1)), "AldreteScored");
  const auto leave = OfRecord("leave_recovery", kToday + 2 * kHour);
  clinic.roles = {"registrar"};
  EXPECT_EQ(clinic.Do(leave), "SAFETY_OVERRIDE_REQUIRED: recovery-aldrete");
  EXPECT_EQ(clinic.Do(Overriding("recovery-aldrete", leave)), "OVERRIDE_NOT_PERMITTED: recovery-aldrete");
  clinic.roles = {"clinician"};
  EXPECT_EQ(clinic.Do(OfRecord("leave_recovery", kToday)), "END_BEFORE_START");
  EXPECT_EQ(clinic.Do(Overriding("recovery-aldrete", leave)), "RecoveryLeft: recovery-aldrete*");
  EXPECT_EQ(clinic.Do(OfRecord("leave_recovery", kToday)), "END_BEFORE_START") << "before RECOVERY_ALREADY_LEFT";
  EXPECT_EQ(clinic.Do(leave), "RECOVERY_ALREADY_LEFT");
}

}  // namespace
}  // namespace anamnesis::encounter
