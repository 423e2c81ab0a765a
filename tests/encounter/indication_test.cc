// When an intervention is indicated: every rule below, at and above its threshold, and with what is not known.
// Long because: every rule is asked about the same plans.
#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "services/encounter/domain/intervention/time_span.h"
#include "tests/encounter/clinic.h"

namespace anamnesis::encounter {
namespace {

constexpr char kEpidural[] =
    "kind: INTERVENTION_KIND_EPIDURAL_STEROID_INJECTION approach: EPIDURAL_APPROACH_TRANSFORAMINAL "
    "region: BODY_REGION_LUMBAR side: LATERALITY_LEFT levels: 'L5' pain_since { seconds: 1577836800 }";  // 2020-01-01.
constexpr char kBlock[] =
    "kind: INTERVENTION_KIND_MEDIAL_BRANCH_BLOCK region: BODY_REGION_LUMBAR side: LATERALITY_LEFT "
    "levels: 'L4-L5' levels: 'L5-S1' purpose: INTERVENTION_PURPOSE_DIAGNOSTIC";
constexpr char kAblation[] =
    "kind: INTERVENTION_KIND_RADIOFREQUENCY_ABLATION region: BODY_REGION_LUMBAR side: LATERALITY_LEFT "
    "levels: 'L5-S1' levels: 'L4-L5'";
constexpr char kSacroiliac[] =
    "kind: INTERVENTION_KIND_SACROILIAC_JOINT_INJECTION region: BODY_REGION_SACRAL side: LATERALITY_LEFT "
    "purpose: INTERVENTION_PURPOSE_THERAPEUTIC";
constexpr char kScreened[] = "region: BODY_REGION_THORACIC side: LATERALITY_MIDLINE screening { result: 'suitable' }";

// The plan with what the text says instead, lists replaced.
v1::InterventionPlan But(const char* plan, const std::string& text) {
  const v1::InterventionPlan change = PlanOf(text);
  v1::InterventionPlan changed = PlanOf(plan);
  if (!change.levels().empty()) changed.clear_levels();
  changed.MergeFrom(change);
  return changed;
}
v1::InterventionPlan NotSaying(const char* plan, const char* field) {
  v1::InterventionPlan changed = PlanOf(plan);
  changed.GetReflection()->ClearField(&changed, v1::InterventionPlan::descriptor()->FindFieldByName(field));
  return changed;
}

const int64_t kToday = Time("2026-03-14T10:00:00Z");
const int64_t kDay = 24 * kHour;

TEST(EpiduralRules, PainHasLastedFourWeeks) {
  const auto since = [](int64_t micros) {
    return But(kEpidural, absl::StrCat("pain_since { seconds: ", micros / 1'000'000, " }"));
  };
  EXPECT_EQ(Clinic().Unmet(since(kToday - 28 * kDay), kToday), "-");
  EXPECT_EQ(Clinic().Unmet(since(kToday - 29 * kDay), kToday), "-");
  EXPECT_EQ(Clinic().Unmet(since(kToday - 28 * kDay + 1'000'000), kToday), "epidural-pain-duration");
  EXPECT_EQ(Clinic().Unmet(NotSaying(kEpidural, "pain_since"), kToday), "epidural-pain-duration") << "unknown";
}

TEST(EpiduralRules, LevelsOfASession) {
  EXPECT_EQ(Clinic().Unmet(But(kEpidural, "levels: 'L4' levels: 'L5'"), kToday), "-");
  EXPECT_EQ(Clinic().Unmet(But(kEpidural, "levels: 'L3' levels: 'L4' levels: 'L5'"), kToday), "epidural-levels");
  for (const char* approach : {"approach: EPIDURAL_APPROACH_INTERLAMINAR ", "approach: EPIDURAL_APPROACH_CAUDAL "}) {
    EXPECT_EQ(Clinic().Unmet(But(kEpidural, absl::StrCat(approach, "levels: 'L4-L5'")), kToday), "-");
    EXPECT_EQ(Clinic().Unmet(But(kEpidural, absl::StrCat(approach, "levels: 'L4-L5' levels: 'L5-S1'")), kToday),
              "epidural-levels");
  }
  EXPECT_EQ(Clinic().Unmet(NotSaying(kEpidural, "levels"), kToday), "epidural-levels") << "unknown";
  EXPECT_EQ(Clinic().Unmet(NotSaying(kEpidural, "approach"), kToday), "epidural-levels") << "unknown";
}

TEST(EpiduralRules, WhatWasDoneTheSameDayIsTheSameSession) {
  Clinic clinic;
  clinic.Had("right", But(kEpidural, "side: LATERALITY_RIGHT levels: 'L4'"), kToday - kHour);
  EXPECT_EQ(clinic.Unmet(PlanOf(kEpidural), kToday), "-") << "two levels, and no repeat";
  EXPECT_EQ(clinic.Unmet(But(kEpidural, "levels: 'L3' levels: 'L5'"), kToday), "epidural-levels") << "three";
  EXPECT_EQ(clinic.Unmet(PlanOf(kEpidural), kToday + kDay), "epidural-repeat-relief") << "the next day it is one";
}

TEST(EpiduralRules, OneRegionASession) {
  Clinic clinic;
  clinic.Had("neck", But(kEpidural, "region: BODY_REGION_CERVICAL levels: 'C6'"), kToday - kHour);
  EXPECT_EQ(clinic.Unmet(PlanOf(kEpidural), kToday), "epidural-one-region");
  EXPECT_EQ(clinic.Unmet(PlanOf(kEpidural), kToday + kDay), "-");
}

TEST(EpiduralRules, FourSessionsInARegionWithinTwelveMonthsOfTheCalendar) {
  Clinic clinic;
  const int64_t first = Time("2025-03-14T10:00:00Z");
  const char* const days[] = {"2025-06-20", "2025-09-25", "2025-12-13"};
  clinic.Had("1", PlanOf(kEpidural), first, 60, 3);
  for (const char* day : days) clinic.Had(day, PlanOf(kEpidural), Time(day), 60, 3);
  EXPECT_EQ(clinic.Unmet(PlanOf(kEpidural), kToday - 1'000'000), "epidural-sessions") << "a second less";
  EXPECT_EQ(clinic.Unmet(PlanOf(kEpidural), kToday), "-") << "exactly twelve months: the first is none of them";
  EXPECT_EQ(clinic.Unmet(But(kEpidural, "region: BODY_REGION_CERVICAL levels: 'C6'"), kToday - kHour), "-");
}

TEST(EpiduralRules, ThreeSessionsLeaveRoomForOne) {
  Clinic clinic;
  for (const char* day : {"2025-06-20", "2025-09-25", "2025-12-13"}) {
    clinic.Had(day, PlanOf(kEpidural), Time(day), 60, 3);
  }
  EXPECT_EQ(clinic.Unmet(PlanOf(kEpidural), Time("2026-03-13")), "-");
}

TEST(EpiduralRules, ARepeatNeedsReliefThatHeld) {
  struct Row {
    std::optional<int> percent;
    int months;
    const char* unmet;
  };
  for (const Row& row : {
           Row{50,           3, "-"                     },
           Row{51,           4, "-"                     },
           Row{49,           3, "epidural-repeat-relief"},
           Row{50,           2, "epidural-repeat-relief"},
           Row{std::nullopt, 0, "epidural-repeat-relief"}
  }) {
    Clinic clinic;
    clinic.Had("1", PlanOf(kEpidural), Time("2025-11-01"), row.percent, row.months);
    EXPECT_EQ(clinic.Unmet(PlanOf(kEpidural), kToday), row.unmet) << row.percent.value_or(-1) << " " << row.months;
  }
}

TEST(EpiduralRules, ReliefHeldUntilTheReport) {
  const int64_t done = Time("2025-11-30T09:00:00Z");
  const int64_t three_months = Time("2026-02-28T09:00:00Z");  // There is no 30th of February.
  for (const bool long_enough : {true, false}) {
    Clinic clinic;
    clinic.Had("1", PlanOf(kEpidural), done);
    ASSERT_EQ(clinic.Do(clinic.Report("1", three_months - (long_enough ? 0 : 1), 50)), "OutcomeReported");
    EXPECT_EQ(clinic.Unmet(PlanOf(kEpidural), kToday), long_enough ? "-" : "epidural-repeat-relief");
  }
  Clinic clinic;
  clinic.Had("1", PlanOf(kEpidural), done);
  ASSERT_EQ(clinic.Do(clinic.Report("1", kToday, 90, "relief_duration { count: 2 unit: DURATION_UNIT_WEEK }")),
            "OutcomeReported");
  EXPECT_EQ(clinic.Unmet(PlanOf(kEpidural), kToday), "epidural-repeat-relief") << "it says that it ended";
}

TEST(EpiduralRules, OneOfUnknownTimeCountsAsTheOldest) {
  Clinic clinic;
  clinic.Had("old", PlanOf(kEpidural), std::nullopt);
  EXPECT_EQ(clinic.Unmet(PlanOf(kEpidural), kToday), "epidural-repeat-relief");
  clinic.Had("new", PlanOf(kEpidural), Time("2025-10-01"), 60, 4);
  EXPECT_EQ(clinic.Unmet(PlanOf(kEpidural), kToday), "-");
}

// Two blocks so many microseconds apart, with so much relief, then an ablation.
std::string AfterBlocks(const v1::InterventionPlan& first, const v1::InterventionPlan& second, int64_t apart,
                        std::optional<int> relief) {
  Clinic clinic;
  clinic.Had("1", first, kToday - 60 * kDay, 80);
  clinic.Had("2", second, kToday - 60 * kDay + apart, relief);
  return clinic.Unmet(PlanOf(kAblation), kToday);
}

TEST(FacetRules, TwoBlocksBeforeAnAblation) {
  const v1::InterventionPlan block = PlanOf(kBlock);
  const char* const unmet = "facet-two-blocks";
  EXPECT_EQ(AfterBlocks(block, block, 14 * kDay, 80), "-");
  EXPECT_EQ(AfterBlocks(block, block, 15 * kDay, 100), "-");
  EXPECT_EQ(AfterBlocks(block, block, 14 * kDay - 1, 80), unmet);
  EXPECT_EQ(AfterBlocks(block, block, 14 * kDay, 79), unmet);
  EXPECT_EQ(AfterBlocks(block, block, 14 * kDay, std::nullopt), unmet) << "unknown";
  EXPECT_EQ(AfterBlocks(block, But(kBlock, "side: LATERALITY_RIGHT"), 14 * kDay, 80), unmet);
  EXPECT_EQ(AfterBlocks(block, But(kBlock, "levels: 'L4-L5'"), 14 * kDay, 80), unmet);
  EXPECT_EQ(Clinic().Unmet(PlanOf(kAblation), kToday), unmet);
  EXPECT_EQ(Clinic().Unmet(But(kAblation, "region: BODY_REGION_LIMB"), kToday), "-") << "no facets in a limb";
}

TEST(FacetRules, ABlockEnteredInErrorIsNone) {
  Clinic clinic;
  clinic.Had("1", PlanOf(kBlock), kToday - 60 * kDay, 80);
  clinic.Had("2", PlanOf(kBlock), kToday - 40 * kDay, 80);
  EXPECT_EQ(clinic.Unmet(PlanOf(kAblation), kToday), "-");
  ASSERT_EQ(clinic.Do(clinic.For("retract_intervention", "intervention_id: '2'")), "InterventionRetracted");
  EXPECT_EQ(clinic.Unmet(PlanOf(kAblation), kToday), "facet-two-blocks");
}

TEST(FacetRules, ARepeatedAblation) {
  const int64_t done = Time("2025-08-31T10:00:00Z");
  const int64_t six_months = Time("2026-02-28T10:00:00Z");  // There is no 31st of February.
  struct Row {
    std::optional<int> percent;
    int months;
    int64_t at;
    const char* unmet;
  };
  for (const Row& row : {
           Row{50,           6, six_months,     "-"              },
           Row{50,           6, six_months - 1, "ablation-repeat"},
           Row{49,           6, six_months,     "ablation-repeat"},
           Row{50,           5, six_months,     "ablation-repeat"},
           Row{std::nullopt, 0, six_months,     "ablation-repeat"}
  }) {
    Clinic clinic;
    clinic.Had("1", PlanOf(kAblation), done, row.percent, row.months);
    EXPECT_EQ(clinic.Unmet(PlanOf(kAblation), row.at), row.unmet) << row.percent.value_or(-1) << " " << row.months;
  }
}

TEST(FacetRules, AnAblationOfUnknownTimeMayHaveBeenYesterday) {
  Clinic clinic;
  clinic.Had("1", PlanOf(kAblation), {}, 80, 7);
  EXPECT_EQ(clinic.Unmet(PlanOf(kAblation), kToday), "ablation-repeat");
}

TEST(FacetRules, BothSidesAreEachOfThem) {
  Clinic clinic;
  clinic.Had("1", PlanOf(kAblation), kToday - 40 * kDay, 80, 1);
  EXPECT_EQ(clinic.Unmet(But(kAblation, "side: LATERALITY_BILATERAL"), kToday), "facet-two-blocks ablation-repeat")
      << "the right one was never ablated";
  EXPECT_EQ(clinic.Unmet(But(kAblation, "side: LATERALITY_RIGHT"), kToday), "facet-two-blocks");
  clinic.Had("2", But(kAblation, "side: LATERALITY_RIGHT"), kToday - 40 * kDay, 80, 1);
  EXPECT_EQ(clinic.Unmet(But(kAblation, "side: LATERALITY_BILATERAL"), kToday), "ablation-repeat");
  Clinic blocked;  // Blocks of one side say nothing of the other.
  blocked.Had("1", PlanOf(kBlock), kToday - 40 * kDay, 80);
  blocked.Had("2", PlanOf(kBlock), kToday - 20 * kDay, 80);
  EXPECT_EQ(blocked.Unmet(But(kAblation, "side: LATERALITY_BILATERAL"), kToday), "facet-two-blocks");
}

TEST(FacetRules, TheAlertSaysWhatWasCounted) {
  Clinic clinic;
  clinic.Had("1", PlanOf(kBlock), kToday - 40 * kDay, 80);
  const auto decision = clinic.Try(clinic.Plan(PlanOf(kAblation), kToday));
  ASSERT_EQ(decision.alerts.size(), 1U);
  EXPECT_EQ(decision.alerts[0].rule_id(), "facet-two-blocks");
  ASSERT_EQ(decision.alerts[0].values_size(), 1);
  EXPECT_EQ(decision.alerts[0].values(0).name(), "blocks");
  EXPECT_EQ(decision.alerts[0].values(0).value(), "1");
  ASSERT_EQ(decision.alerts[0].facts_size(), 1);
  EXPECT_EQ(decision.alerts[0].facts(0), "intervention/1");
}

TEST(FacetRules, ALevelThatWasNotAblatedNeedsItsBlocks) {
  Clinic clinic;
  clinic.Had("1", PlanOf(kAblation), Time("2025-08-01"), 60, 7);
  EXPECT_EQ(clinic.Unmet(But(kAblation, "levels: 'L4-L5'"), kToday), "-");
  EXPECT_EQ(clinic.Unmet(But(kAblation, "levels: 'L4-L5' levels: 'L3-L4'"), kToday), "facet-two-blocks");
}

TEST(FacetRules, TwoAblationSessionsInARegionWithinTwelveMonths) {
  const v1::InterventionPlan right = But(kAblation, "side: LATERALITY_RIGHT");
  Clinic clinic;
  clinic.Had("1", PlanOf(kAblation), Time("2025-03-14T10:00:00Z"), 60, 7);
  clinic.Had("2", right, Time("2025-09-01"), 60, 6);
  EXPECT_EQ(clinic.Unmet(right, kToday - 1'000'000), "ablation-sessions");
  EXPECT_EQ(clinic.Unmet(right, kToday), "-") << "exactly twelve months";
}

TEST(FacetRules, FourDiagnosticSessionsInARegionWithinTwelveMonths) {
  Clinic clinic;
  for (const char* day : {"2025-03-14", "2025-06-01", "2025-09-01"}) clinic.Had(day, PlanOf(kBlock), Time(day));
  EXPECT_EQ(clinic.Unmet(PlanOf(kBlock), Time("2026-03-13")), "-") << "the fourth";
  clinic.Had("facet", But(kBlock, "kind: INTERVENTION_KIND_FACET_JOINT_INJECTION"), Time("2025-12-01"));
  EXPECT_EQ(clinic.Unmet(PlanOf(kBlock), Time("2026-03-13")), "facet-diagnostic-sessions");
  EXPECT_EQ(clinic.Unmet(PlanOf(kBlock), Time("2026-03-14")), "-") << "exactly twelve months";
  EXPECT_EQ(clinic.Unmet(But(kBlock,
                             "kind: INTERVENTION_KIND_FACET_JOINT_INJECTION "
                             "purpose: INTERVENTION_PURPOSE_THERAPEUTIC"),
                         Time("2026-03-13")),
            "-")
      << "a therapeutic one is none of them";
}

v1::InterventionPlan DiagnosticSacroiliac(const std::string& text = "") {
  return But(kSacroiliac, "purpose: INTERVENTION_PURPOSE_DIAGNOSTIC " + text);
}

TEST(SacroiliacRules, TwoDiagnosticSessions) {
  Clinic clinic;
  clinic.Had("1", DiagnosticSacroiliac(), Time("2020-01-01"));
  EXPECT_EQ(clinic.Unmet(DiagnosticSacroiliac(), kToday), "-");
  clinic.Had("2", DiagnosticSacroiliac(), Time("2021-01-01"));
  EXPECT_EQ(clinic.Unmet(DiagnosticSacroiliac(), kToday), "sacroiliac-diagnostic-sessions");
}

TEST(SacroiliacRules, TreatmentNeedsADiagnosticRelief) {
  for (const auto& [percent, unmet] : std::vector<std::pair<std::optional<int>, std::string>>{
           {75, "-"                           },
           {76, "-"                           },
           {74, "sacroiliac-diagnostic-relief"},
           {{}, "sacroiliac-diagnostic-relief"}
  }) {
    Clinic clinic;
    clinic.Had("1", DiagnosticSacroiliac(), Time("2026-01-01"), percent);
    EXPECT_EQ(clinic.Unmet(PlanOf(kSacroiliac), kToday), unmet) << percent.value_or(-1);
  }
  Clinic clinic;
  clinic.Had("1", DiagnosticSacroiliac("side: LATERALITY_RIGHT"), Time("2026-01-01"), 90);
  EXPECT_EQ(clinic.Unmet(PlanOf(kSacroiliac), kToday), "sacroiliac-diagnostic-relief") << "of the other side";
  EXPECT_EQ(Clinic().Unmet(NotSaying(kSacroiliac, "purpose"), kToday), "sacroiliac-diagnostic-relief")
      << "a purpose that is not said is taken for therapeutic";
}

TEST(SacroiliacRules, ARepeatNeedsReliefThatHeld) {
  for (const auto& [percent, months, unmet] : std::vector<std::tuple<int, int, std::string>>{
           {50, 3, "-"                       },
           {49, 3, "sacroiliac-repeat-relief"},
           {50, 2, "sacroiliac-repeat-relief"}
  }) {
    Clinic clinic;
    clinic.Had("1", DiagnosticSacroiliac(), Time("2025-01-01"), 80);
    clinic.Had("2", PlanOf(kSacroiliac), Time("2025-11-01"), percent, months);
    EXPECT_EQ(clinic.Unmet(PlanOf(kSacroiliac), kToday), unmet) << percent << " " << months;
  }
}

TEST(SacroiliacRules, FourTherapeuticSessionsWithinTwelveMonths) {
  Clinic clinic;
  clinic.Had("0", DiagnosticSacroiliac(), Time("2025-01-01"), 80);
  for (const char* day : {"2025-03-14", "2025-06-20", "2025-09-25"}) {
    clinic.Had(day, PlanOf(kSacroiliac), Time(day), 60, 3);
  }
  EXPECT_EQ(clinic.Unmet(PlanOf(kSacroiliac), Time("2026-03-13")), "-");
  clinic.Had("4", PlanOf(kSacroiliac), Time("2025-12-12"), 60, 3);
  EXPECT_EQ(clinic.Unmet(PlanOf(kSacroiliac), Time("2026-03-13")), "sacroiliac-therapeutic-sessions");
  EXPECT_EQ(clinic.Unmet(PlanOf(kSacroiliac), Time("2026-03-14")), "-") << "exactly twelve months";
}

struct Implant {
  const char *trial, *implant, *unmet;
};
const Implant kImplants[] = {
    {"INTERVENTION_KIND_STIMULATOR_TRIAL", "INTERVENTION_KIND_STIMULATOR_IMPLANT", "stimulator-trial"},
    {"INTERVENTION_KIND_PUMP_TRIAL",       "INTERVENTION_KIND_PUMP_IMPLANT",       "pump-trial"      },
};

TEST(ImplantRules, ATrialBeforeAnImplant) {
  for (const Implant& row : kImplants) {
    const v1::InterventionPlan implant = But(kScreened, absl::StrCat("kind: ", row.implant));
    EXPECT_EQ(Clinic().Unmet(implant, kToday), row.unmet);
    for (const auto& [percent, unmet] : std::vector<std::pair<std::optional<int>, std::string>>{
             {50, "-"      },
             {51, "-"      },
             {49, row.unmet},
             {{}, row.unmet}
    }) {
      Clinic clinic;
      clinic.Had("1", But(kScreened, absl::StrCat("kind: ", row.trial)), Time("2026-01-01"), percent);
      EXPECT_EQ(clinic.Unmet(implant, kToday), unmet) << row.implant << percent.value_or(-1);
    }
  }
}

TEST(ImplantRules, AStimulatorNeedsAScreeningAndItsBatteryNothing) {
  v1::InterventionPlan trial = But(kScreened, "kind: INTERVENTION_KIND_STIMULATOR_TRIAL");
  EXPECT_EQ(Clinic().Unmet(trial, kToday), "-");
  trial.clear_screening();
  EXPECT_EQ(Clinic().Unmet(trial, kToday), "stimulator-screening");
  Clinic tried;
  tried.Had("1", But(kScreened, "kind: INTERVENTION_KIND_STIMULATOR_TRIAL"), kToday - 30 * kDay, 50);
  v1::InterventionPlan implant = But(kScreened, "kind: INTERVENTION_KIND_STIMULATOR_IMPLANT");
  EXPECT_EQ(tried.Unmet(implant, kToday), "-");
  implant.clear_screening();
  EXPECT_EQ(tried.Unmet(implant, kToday), "stimulator-screening") << "the trial's is not the implant's";
  for (const char* kind : {"STIMULATOR_BATTERY", "STIMULATOR_EXPLANT", "PUMP_TRIAL", "PUMP_REFILL"}) {
    v1::InterventionPlan plan = But(kScreened, absl::StrCat("kind: INTERVENTION_KIND_", kind));
    plan.clear_screening();
    EXPECT_EQ(Clinic().Unmet(plan, kToday), "-") << kind;
  }
}

TEST(InvestigationalRules, ATreatmentIsMarked) {
  for (const char* kind : {"PLATELET_RICH_PLASMA", "OTHER_REGENERATIVE"}) {
    Clinic clinic;
    EXPECT_EQ(clinic.Do(clinic.Plan(But(kScreened, absl::StrCat("kind: INTERVENTION_KIND_", kind)), kToday)),
              "InterventionPlanned: info investigational");
  }
}

TEST(TimeSpan, MonthsAreOfTheCalendar) {
  EXPECT_EQ(AddMonths(Time("2024-01-31"), 1), Time("2024-02-29"));
  EXPECT_EQ(AddMonths(Time("2023-01-31T01:02:03Z"), 1), Time("2023-02-28T01:02:03Z"));
  EXPECT_EQ(AddMonths(Time("2024-02-29"), -12), Time("2023-02-28"));
  EXPECT_EQ(AddMonths(Time("2025-12-15"), 3), Time("2026-03-15"));
  EXPECT_EQ(AddMonths(Time("1969-12-31T23:00:00Z"), 1), Time("1970-01-31T23:00:00Z"));
  EXPECT_EQ(DayOf(Time("1970-01-01") - 1), -1);
}

TEST(FacetRules, LevelsThatAreNotSaidAreNeverTheSame) {
  Clinic clinic;
  clinic.Had("1", NotSaying(kBlock, "levels"), kToday - 40 * kDay, 80);
  clinic.Had("2", NotSaying(kBlock, "levels"), kToday - 20 * kDay, 80);
  EXPECT_EQ(clinic.Unmet(NotSaying(kAblation, "levels"), kToday), "facet-two-blocks");
  EXPECT_EQ(clinic.Unmet(PlanOf(kAblation), kToday), "facet-two-blocks");

  Clinic ablated;
  ablated.Had("1", NotSaying(kAblation, "levels"), kToday - 40 * kDay, 80, 1);
  EXPECT_EQ(ablated.Unmet(PlanOf(kAblation), kToday), "facet-two-blocks ablation-repeat") << "it may have been there";
  EXPECT_EQ(ablated.Unmet(NotSaying(kAblation, "levels"), kToday), "facet-two-blocks ablation-repeat");
}

TEST(SacroiliacRules, DiagnosticSessionsOfUnknownTimeCount) {
  Clinic clinic;
  clinic.Had("1", DiagnosticSacroiliac(), {});
  EXPECT_EQ(clinic.Unmet(DiagnosticSacroiliac(), kToday), "-");
  clinic.Had("2", DiagnosticSacroiliac(), {});
  EXPECT_EQ(clinic.Unmet(DiagnosticSacroiliac(), kToday), "sacroiliac-diagnostic-sessions");
}

TEST(SacroiliacRules, ARepeatAfterUnknownReliefIsNone) {
  Clinic clinic;
  clinic.Had("1", DiagnosticSacroiliac(), Time("2025-01-01"), 80);
  clinic.Had("2", PlanOf(kSacroiliac), Time("2025-11-01"));
  EXPECT_EQ(clinic.Unmet(PlanOf(kSacroiliac), kToday), "sacroiliac-repeat-relief");
}

TEST(FacetRules, AnInjectionOfUnsaidPurposeIsDiagnostic) {
  v1::InterventionPlan injection = NotSaying(kBlock, "purpose");
  injection.set_kind(v1::INTERVENTION_KIND_FACET_JOINT_INJECTION);
  Clinic clinic;
  for (const char* day : {"2025-06-01", "2025-08-01", "2025-10-01", "2025-12-01"}) {
    clinic.Had(day, injection, Time(day));
  }
  EXPECT_EQ(clinic.Unmet(PlanOf(kBlock), kToday), "facet-diagnostic-sessions");
}

}  // namespace
}  // namespace anamnesis::encounter
