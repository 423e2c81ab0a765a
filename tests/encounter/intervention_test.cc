// The life of an intervention: what is taken and what is refused, what stops it, who may override.
#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "base/clock.h"
#include "tests/encounter/clinic.h"

namespace anamnesis::encounter {
namespace {

constexpr char kPlan[] =
    "kind: INTERVENTION_KIND_PERIPHERAL_NERVE_BLOCK region: BODY_REGION_LIMB side: LATERALITY_LEFT "
    "levels: 'a' levels: 'b'";
constexpr char kEpidural[] =
    "kind: INTERVENTION_KIND_EPIDURAL_STEROID_INJECTION approach: EPIDURAL_APPROACH_INTERLAMINAR "
    "region: BODY_REGION_LUMBAR side: LATERALITY_MIDLINE levels: 'L4-L5' pain_since { seconds: 1577836800 }";

const int64_t kToday = Time("2026-03-14T10:00:00Z");

v1::EncounterCommand Abort(const Clinic& clinic) {
  return clinic.For("abort_intervention", "intervention_id: 'x'");
}
v1::EncounterCommand RetractIt(const Clinic& clinic) {
  return clinic.For("retract_intervention", "intervention_id: 'x'");
}
v1::EncounterCommand Revise(const Clinic& clinic, const std::string& plan) {
  return At(kToday, clinic.For("revise_intervention_plan", absl::StrCat("intervention_id: 'x' plan { ", plan, " }")));
}
v1::EncounterCommand Complicate(const Clinic& clinic) {
  return clinic.For("report_complication", "intervention_id: 'x' complication { code { text: 'haematoma' } }");
}

// How far the intervention has got.
enum Step { kNothing, kPlanned, kConsented, kTimeOut, kPerformed, kAborted, kRetracted };

Clinic Reached(Step step) {
  Clinic clinic;
  const v1::InterventionPlan plan = PlanOf(kPlan);
  const auto take = [&](bool when, const v1::EncounterCommand& command, const char* then) {
    if (when) {
      EXPECT_EQ(clinic.Do(command), then);
    }
  };
  take(step >= kPlanned, clinic.Plan(plan, kToday), "InterventionPlanned");
  take(step == kAborted, Abort(clinic), "InterventionAborted");
  take(step == kRetracted, RetractIt(clinic), "InterventionRetracted");
  if (step > kPerformed) return clinic;
  take(step >= kConsented, clinic.Consent(), "InterventionConsented");
  take(step >= kTimeOut, clinic.TimeOut(plan, kToday), "TimeOutDone");
  take(step >= kPerformed, clinic.Perform(kToday), "InterventionPerformed");
  return clinic;
}

TEST(InterventionLife, EveryCommandInEveryState) {
  struct Row {
    Step step;
    const char *revise, *consent, *time_out, *perform, *abort, *complicate, *report;
  };
  const Row rows[] = {
  // clang-format off
      {kNothing,   "RESOURCE_NOT_FOUND", "RESOURCE_NOT_FOUND", "RESOURCE_NOT_FOUND", "RESOURCE_NOT_FOUND", "RESOURCE_NOT_FOUND", "RESOURCE_NOT_FOUND", "RESOURCE_NOT_FOUND"},
      {kPlanned,   "InterventionPlanRevised", "InterventionConsented", "CONSENT_MISSING", "CONSENT_MISSING", "InterventionAborted", "INTERVENTION_NOT_PERFORMED", "INTERVENTION_NOT_PERFORMED"},
      {kConsented, "InterventionPlanRevised", "InterventionConsented", "TimeOutDone", "TIME_OUT_MISSING", "InterventionAborted", "INTERVENTION_NOT_PERFORMED", "INTERVENTION_NOT_PERFORMED"},
      {kTimeOut,   "InterventionPlanRevised", "InterventionConsented", "TimeOutDone", "InterventionPerformed", "InterventionAborted", "INTERVENTION_NOT_PERFORMED", "INTERVENTION_NOT_PERFORMED"},
      {kPerformed, "INTERVENTION_ENDED", "INTERVENTION_ENDED", "INTERVENTION_ENDED", "INTERVENTION_ENDED", "INTERVENTION_ENDED", "ComplicationReported", "OutcomeReported"},
      {kAborted,   "INTERVENTION_ENDED", "INTERVENTION_ENDED", "INTERVENTION_ENDED", "INTERVENTION_ENDED", "INTERVENTION_ENDED", "ComplicationReported", "INTERVENTION_NOT_PERFORMED"},
      {kRetracted, "RESOURCE_RETRACTED", "RESOURCE_RETRACTED", "RESOURCE_RETRACTED", "RESOURCE_RETRACTED", "RESOURCE_RETRACTED", "RESOURCE_RETRACTED", "RESOURCE_RETRACTED"},
  // clang-format on
  };
  for (const Row& row : rows) {
    const auto comes_to = [&](const auto& command, const char* then) {
      Clinic clinic = Reached(row.step);
      EXPECT_EQ(clinic.Do(command(clinic)), then) << row.step;
    };
    comes_to([](const Clinic& clinic) { return Revise(clinic, kPlan); }, row.revise);
    comes_to([](const Clinic& clinic) { return clinic.Consent(); }, row.consent);
    comes_to([](const Clinic& clinic) { return clinic.TimeOut(PlanOf(kPlan), kToday); }, row.time_out);
    comes_to([](const Clinic& clinic) { return clinic.Perform(kToday); }, row.perform);
    comes_to(Abort, row.abort);
    comes_to(Complicate, row.complicate);
    comes_to([](const Clinic& clinic) { return clinic.Report("x", kToday, 50); }, row.report);
  }
}

TEST(InterventionLife, AnIdIsTakenOnce) {
  Clinic clinic = Reached(kPlanned);
  EXPECT_EQ(clinic.Do(clinic.Plan(PlanOf(kPlan), kToday)), "RESOURCE_ALREADY_EXISTS");
  EXPECT_EQ(clinic.Do(clinic.For("record_intervention", absl::StrCat("intervention { id: 'x' plan { ", kPlan, " } }"))),
            "RESOURCE_ALREADY_EXISTS");
}

TEST(InterventionLife, ItsEtagIsItsOwn) {
  Clinic clinic = Reached(kConsented);
  EXPECT_EQ(clinic.Do(Seen(1, clinic.TimeOut(PlanOf(kPlan), kToday))), "ETAG_MISMATCH");
  EXPECT_EQ(clinic.Do(Seen(2, clinic.TimeOut(PlanOf(kPlan), kToday))), "TimeOutDone");
}

TEST(InterventionLife, WhatEndsItSaysWhy) {
  Clinic clinic = Reached(kPlanned);
  EXPECT_EQ(clinic.Do(WithoutReason(Abort(clinic))), "REASON_REQUIRED");
  EXPECT_EQ(clinic.Do(WithoutReason(RetractIt(clinic))), "REASON_REQUIRED");
  EXPECT_EQ(Reached(kPerformed).Do(WithoutReason(Abort(clinic))), "REASON_REQUIRED") << "before INTERVENTION_ENDED";
}

TEST(InterventionLife, NobodyTreatsTheDeadOrUnderAnotherRecord) {
  for (const Step step : {kNothing, kConsented, kTimeOut}) {
    Clinic clinic = Reached(step);
    const v1::EncounterCommand command = step == kNothing     ? clinic.Plan(PlanOf(kPlan), kToday)
                                         : step == kConsented ? clinic.TimeOut(PlanOf(kPlan), kToday)
                                                              : clinic.Perform(kToday);
    clinic.facts = Deceased();
    EXPECT_EQ(clinic.Do(command), "PATIENT_DECEASED") << step;
    clinic.facts = MergedAwayAndDeceased();
    EXPECT_EQ(clinic.Do(command), "PATIENT_MERGED_AWAY") << step;
  }
}

TEST(InterventionLife, HistoryIsTakenAsSaid) {
  Clinic clinic;
  clinic.facts = MergedAwayAndDeceased();
  EXPECT_EQ(clinic.Do(clinic.For("record_intervention",
                                 "intervention { id: 'x' status: INTERVENTION_STATUS_PERFORMED plan { kind: "
                                 "INTERVENTION_KIND_STIMULATOR_IMPLANT region: BODY_REGION_LIMB } }")),
            "InterventionRecorded")
      << "without consent, trial, screening, side or time";
}

TEST(TimeOut, ASideOrLevelThatIsNotThePlansStopsIt) {
  const auto said = [](const std::string& text) { return PlanOf(absl::StrCat("region: BODY_REGION_LIMB ", text)); };
  struct Row {
    const char *said, *then;
  };
  const Row rows[] = {
      {"side: LATERALITY_LEFT levels: 'a' levels: 'b'",      "TimeOutDone"            },
      {"side: LATERALITY_LEFT levels: 'b' levels: 'a'",      "TimeOutDone"            },
      {"side: LATERALITY_RIGHT levels: 'a' levels: 'b'",     "TIME_OUT_SIDE_MISMATCH" },
      {"side: LATERALITY_BILATERAL levels: 'a' levels: 'b'", "TIME_OUT_SIDE_MISMATCH" },
      {"side: LATERALITY_LEFT levels: 'a'",                  "TIME_OUT_LEVEL_MISMATCH"},
      {"side: LATERALITY_LEFT levels: 'a' levels: 'c'",      "TIME_OUT_LEVEL_MISMATCH"},
      {"side: LATERALITY_LEFT",                              "TIME_OUT_LEVEL_MISMATCH"},
      {"side: LATERALITY_RIGHT levels: 'c'",                 "TIME_OUT_SIDE_MISMATCH" },
  };
  for (const Row& row : rows) {
    Clinic clinic = Reached(kConsented);
    EXPECT_EQ(clinic.Do(clinic.TimeOut(said(row.said), kToday)), row.then) << row.said;
    EXPECT_EQ(clinic.Do(clinic.Perform(kToday)),
              row.then == std::string("TimeOutDone") ? "InterventionPerformed" : "TIME_OUT_MISSING");
  }
}

TEST(TimeOut, AMismatchCannotBeOverridden) {
  Clinic clinic = Reached(kConsented);
  v1::InterventionPlan said = PlanOf(kPlan);
  said.set_side(v1::LATERALITY_RIGHT);
  EXPECT_EQ(clinic.Do(Overriding("TIME_OUT_SIDE_MISMATCH", clinic.TimeOut(said, kToday))), "TIME_OUT_SIDE_MISMATCH");
}

TEST(TimeOut, ACorrectedPlanNeedsConsentAndTimeOutAgain) {
  Clinic clinic = Reached(kTimeOut);
  v1::InterventionPlan corrected = PlanOf(kPlan);
  EXPECT_EQ(clinic.Do(Revise(clinic, absl::StrCat(kPlan, " location: 'Room 2'"))), "InterventionPlanRevised");
  EXPECT_EQ(clinic.Do(Revise(clinic,
                             "kind: INTERVENTION_KIND_PERIPHERAL_NERVE_BLOCK region: BODY_REGION_LIMB "
                             "side: LATERALITY_RIGHT levels: 'a' levels: 'b'")),
            "InterventionPlanRevised");
  EXPECT_EQ(clinic.Do(clinic.Perform(kToday)), "CONSENT_MISSING");
  ASSERT_EQ(clinic.Do(clinic.Consent()), "InterventionConsented");
  EXPECT_EQ(clinic.Do(clinic.TimeOut(corrected, kToday)), "TIME_OUT_SIDE_MISMATCH");
  corrected.set_side(v1::LATERALITY_RIGHT);
  EXPECT_EQ(clinic.Do(clinic.TimeOut(corrected, kToday)), "TimeOutDone");
  EXPECT_EQ(clinic.Do(clinic.Perform(kToday)), "InterventionPerformed");
}

TEST(TimeOut, AnotherPlaceOfTheBodyNeedsConsentAndTimeOutAgain) {
  const std::string knee = absl::StrCat(kPlan, " body_site { text: 'knee' }");
  Clinic clinic;
  clinic.Prepare(PlanOf(knee), kToday);
  ASSERT_EQ(clinic.Do(Revise(clinic, knee)), "InterventionPlanRevised");
  ASSERT_EQ(clinic.Do(Revise(clinic, absl::StrCat(kPlan, " body_site { text: 'shoulder' }"))),
            "InterventionPlanRevised");
  EXPECT_EQ(clinic.Do(clinic.Perform(kToday)), "CONSENT_MISSING");
}

TEST(TimeOut, ComesAfterConsentAndBeforeTheProcedure) {
  Clinic clinic;
  ASSERT_EQ(clinic.Do(clinic.Plan(PlanOf(kPlan), kToday)), "InterventionPlanned");
  ASSERT_EQ(clinic.Do(At(kToday, clinic.Consent())), "InterventionConsented");
  EXPECT_EQ(clinic.Do(clinic.TimeOut(PlanOf(kPlan), kToday - 1)), "CONSENT_MISSING");
  ASSERT_EQ(clinic.Do(clinic.TimeOut(PlanOf(kPlan), kToday)), "TimeOutDone");
  EXPECT_EQ(clinic.Do(clinic.Perform(kToday - 1)), "TIME_OUT_MISSING");
  EXPECT_EQ(clinic.Do(clinic.Perform(kToday)), "InterventionPerformed");
}

TEST(TimeOut, IsWrittenDownToTheMinute) {
  const int64_t half_past = kToday + 30'000'000;
  Clinic clinic;
  ASSERT_EQ(clinic.Do(clinic.Plan(PlanOf(kPlan), kToday)), "InterventionPlanned");
  ASSERT_EQ(clinic.Do(At(half_past, clinic.Consent())), "InterventionConsented");
  EXPECT_EQ(clinic.Do(clinic.TimeOut(PlanOf(kPlan), kToday)), "TimeOutDone");
  ASSERT_EQ(clinic.Do(clinic.TimeOut(PlanOf(kPlan), half_past)), "TimeOutDone");
  EXPECT_EQ(clinic.Do(clinic.Perform(kToday)), "InterventionPerformed");
}

// What is asked at each time-out is not answered by what was overridden at the one before.
TEST(Override, OfATimeOutHoldsForThatOneOnly) {
  constexpr char kXRay[] = " guidance: IMAGE_GUIDANCE_FLUOROSCOPY";
  const v1::InterventionPlan plan = PlanOf(absl::StrCat(kPlan, kXRay));
  const auto time_out = [&](const Clinic& clinic, const char* pregnancy) {
    return clinic.TimeOut(plan, kToday, absl::StrCat(kGoodChecks, " pregnancy: ", pregnancy));
  };
  const auto with_override = [&](const Clinic& clinic) {
    return Overriding("pregnancy-status", time_out(clinic, "PREGNANCY_STATUS_UNSPECIFIED"));
  };
  constexpr char kStopped[] = "SAFETY_OVERRIDE_REQUIRED: pregnancy-status";
  Clinic clinic;
  ASSERT_EQ(clinic.Do(clinic.Plan(plan, kToday)), "InterventionPlanned");
  ASSERT_EQ(clinic.Do(clinic.Consent()), "InterventionConsented");
  ASSERT_EQ(clinic.Do(with_override(clinic)), "TimeOutDone: pregnancy-status*");
  EXPECT_EQ(clinic.Do(time_out(clinic, "PREGNANCY_STATUS_PREGNANT")), kStopped);
  ASSERT_EQ(clinic.Do(clinic.Consent()), "InterventionConsented");
  EXPECT_EQ(clinic.Do(time_out(clinic, "PREGNANCY_STATUS_PREGNANT")), kStopped);
  ASSERT_EQ(clinic.Do(with_override(clinic)), "TimeOutDone: pregnancy-status*");
  EXPECT_EQ(clinic.Do(clinic.Perform(kToday)), "InterventionPerformed: pregnancy-status*") << "of this one";
}

TEST(TimeOut, AChangeOfNeitherSideNorLevelKeepsIt) {
  Clinic clinic = Reached(kTimeOut);
  ASSERT_EQ(clinic.Do(Revise(clinic, absl::StrCat(kPlan, " location: 'Room 2'"))), "InterventionPlanRevised");
  EXPECT_EQ(clinic.Do(clinic.Perform(kToday)), "InterventionPerformed");
}

TEST(Override, OfABlockIsRecordedWithItsReason) {
  Clinic clinic;
  const v1::EncounterCommand plan = clinic.Plan(
      PlanOf("kind: INTERVENTION_KIND_PUMP_IMPLANT region: BODY_REGION_LUMBAR side: LATERALITY_MIDLINE"), kToday);
  EXPECT_EQ(clinic.Do(plan), "SAFETY_OVERRIDE_REQUIRED: pump-trial");
  EXPECT_EQ(clinic.Do(Overriding("stimulator-trial", plan)), "SAFETY_OVERRIDE_REQUIRED: pump-trial");
  const auto decision = clinic.Try(Overriding("pump-trial", plan));
  ASSERT_EQ(decision.events.size(), 1U) << decision.refusal;
  const v1::InterventionPlanned& planned = decision.events[0].event.intervention_planned();
  ASSERT_EQ(planned.alerts_size(), 1);
  const rpc::v1::Alert& alert = planned.alerts(0);
  EXPECT_EQ(alert.rule_id(), "pump-trial");
  EXPECT_EQ(alert.override_reason(), "discussed with the patient");
  EXPECT_EQ(alert.table_id(), "interventions");
  EXPECT_EQ(alert.table_version(), Rules()->At(kToday).version());
  EXPECT_FALSE(alert.source().empty());
  EXPECT_EQ(planned.table_version(), Rules()->At(kToday).version());
}

TEST(Override, NeedsARoleThatMay) {
  Clinic clinic;
  const v1::EncounterCommand plan = clinic.Plan(
      PlanOf("kind: INTERVENTION_KIND_PUMP_IMPLANT region: BODY_REGION_LUMBAR side: LATERALITY_MIDLINE"), kToday);
  clinic.roles = {"importer"};
  EXPECT_EQ(clinic.Do(Overriding("pump-trial", plan)), "OVERRIDE_NOT_PERMITTED: pump-trial");
  EXPECT_EQ(clinic.Do(plan), "SAFETY_OVERRIDE_REQUIRED: pump-trial");
  clinic.rules = Rules([](v1::RuleTable& table) { table.mutable_interventions()->clear_override_roles(); });
  EXPECT_EQ(clinic.Do(Overriding("pump-trial", plan)), "InterventionPlanned: pump-trial*");
}

TEST(Override, OfThePlanHoldsUntilItChanges) {
  const v1::InterventionPlan pump =
      PlanOf("kind: INTERVENTION_KIND_PUMP_IMPLANT region: BODY_REGION_LUMBAR side: LATERALITY_MIDLINE");
  Clinic clinic;
  ASSERT_EQ(clinic.Do(Overriding("pump-trial", clinic.Plan(pump, kToday))), "InterventionPlanned: pump-trial*");
  EXPECT_EQ(clinic.Do(Revise(clinic,
                             "kind: INTERVENTION_KIND_PUMP_IMPLANT region: BODY_REGION_LUMBAR "
                             "side: LATERALITY_LEFT")),
            "SAFETY_OVERRIDE_REQUIRED: pump-trial");
  ASSERT_EQ(clinic.Do(clinic.Consent()), "InterventionConsented");
  ASSERT_EQ(clinic.Do(clinic.TimeOut(pump, kToday)), "TimeOutDone");
  EXPECT_EQ(clinic.Do(clinic.Perform(kToday)), "InterventionPerformed: pump-trial*");
}

TEST(Precedence, WhatCannotBeOverriddenComesFirst) {
  Clinic clinic;
  clinic.Prepare(PlanOf(kEpidural), kToday);
  clinic.doctor.clear_privileges();
  clinic.roles = {"importer"};
  const std::string unguided = "guidance: IMAGE_GUIDANCE_NONE";
  EXPECT_EQ(clinic.Do(Overriding("epidural-guidance", clinic.Perform(kToday, unguided))),
            "INTERVENTION_RULE_NOT_MET: performer-privilege");
  clinic.doctor = Clinic().doctor;
  EXPECT_EQ(clinic.Do(Overriding("epidural-guidance", clinic.Perform(kToday, unguided))),
            "OVERRIDE_NOT_PERMITTED: epidural-guidance");
  EXPECT_EQ(clinic.Do(clinic.Perform(kToday, unguided)), "SAFETY_OVERRIDE_REQUIRED: epidural-guidance");
  EXPECT_EQ(clinic.Do(clinic.Perform(kToday, unguided + " end { seconds: 1 }")), "END_BEFORE_START");
  EXPECT_EQ(Reached(kPlanned).Do(clinic.Perform(kToday, "end { seconds: 1 }")), "END_BEFORE_START")
      << "before CONSENT_MISSING";
}

TEST(EpiduralGuidance, IsRecordedWithContrast) {
  const std::string contrast = " agents { role: AGENT_ROLE_CONTRAST agent { text: 'c' } }";
  const std::pair<std::string, const char*> rows[] = {
      {"guidance: IMAGE_GUIDANCE_FLUOROSCOPY" + contrast, "InterventionPerformed"                      },
      {"guidance: IMAGE_GUIDANCE_CT" + contrast,          "InterventionPerformed"                      },
      {"guidance: IMAGE_GUIDANCE_FLUOROSCOPY",            "SAFETY_OVERRIDE_REQUIRED: epidural-guidance"},
      {"guidance: IMAGE_GUIDANCE_NONE" + contrast,        "SAFETY_OVERRIDE_REQUIRED: epidural-guidance"},
      {contrast,                                          "SAFETY_OVERRIDE_REQUIRED: epidural-guidance"},
  };
  for (const auto& [performance, then] : rows) {
    Clinic clinic;
    clinic.Prepare(PlanOf(kEpidural), kToday);
    EXPECT_EQ(clinic.Do(clinic.Perform(kToday, performance)), then) << performance;
  }
}

TEST(DeviceSerial, IsRecordedOfWhatStays) {
  for (const char* kind : {"STIMULATOR_BATTERY", "STIMULATOR_IMPLANT", "PUMP_IMPLANT", "PUMP_REFILL"}) {
    const bool stays = kind != std::string("PUMP_REFILL");
    const auto plan_of = [](const std::string& of) {
      return PlanOf(
          absl::StrCat("region: BODY_REGION_LUMBAR side: LATERALITY_LEFT screening { result: 'suitable' } kind: ",
                       "INTERVENTION_KIND_", of));
    };
    const v1::InterventionPlan plan = plan_of(kind);
    // An implant follows a trial.
    const auto prepare = [&](Clinic& clinic) {
      clinic.Had("s", plan_of("STIMULATOR_TRIAL"), kToday - 1, 60);
      clinic.Had("p", plan_of("PUMP_TRIAL"), kToday - 1, 60);
      clinic.Prepare(plan, kToday);
    };
    for (const std::string device : {"", "devices { type { text: 'd' } }"}) {
      Clinic clinic;
      prepare(clinic);
      EXPECT_EQ(clinic.Do(clinic.Perform(kToday, device)),
                stays ? "SAFETY_OVERRIDE_REQUIRED: device-serial" : "InterventionPerformed");
    }
    Clinic clinic;
    prepare(clinic);
    EXPECT_EQ(clinic.Do(clinic.Perform(kToday)), "InterventionPerformed");
  }
}

}  // namespace
}  // namespace anamnesis::encounter
