// What came of an intervention, what the rules say is next, and when to ask again.
#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "base/clock.h"
#include "tests/encounter/clinic.h"

namespace anamnesis::encounter {
namespace {

constexpr char kBlock[] =
    "kind: INTERVENTION_KIND_MEDIAL_BRANCH_BLOCK region: BODY_REGION_LUMBAR side: LATERALITY_LEFT levels: 'L4-L5'";
constexpr char kAblation[] =
    "kind: INTERVENTION_KIND_RADIOFREQUENCY_ABLATION region: BODY_REGION_LUMBAR side: LATERALITY_LEFT levels: 'L4-L5'";
constexpr char kTriggerPoint[] =
    "kind: INTERVENTION_KIND_TRIGGER_POINT_INJECTION region: BODY_REGION_LUMBAR side: LATERALITY_LEFT";

const int64_t kDone = Time("2026-01-10T10:00:00Z");
const int64_t kDay = 24 * kHour;

v1::OutcomeReported Reported(const Clinic& clinic, const v1::EncounterCommand& command) {
  const auto decision = clinic.Try(command);
  EXPECT_EQ(decision.events.size(), 1U) << decision.refusal;
  return decision.events.empty() ? v1::OutcomeReported() : decision.events[0].event.outcome_reported();
}

// `RADIOFREQUENCY_ABLATION eligible`, or what is not met.
std::string Told(const v1::CourseStanding& standing) {
  const std::string kind = v1::InterventionKind_Name(standing.next()).substr(sizeof("INTERVENTION_KIND_") - 1);
  return absl::StrCat(kind, " ", standing.eligible() ? "eligible" : absl::StrJoin(standing.unmet_rules(), " "));
}

TEST(OutcomeReport, IsOfWhatWasPerformedAndNotBeforeIt) {
  Clinic clinic;
  clinic.Had("x", PlanOf(kTriggerPoint), kDone);
  EXPECT_EQ(clinic.Do(clinic.Report("x", kDone - 1, 50)), "END_BEFORE_START");
  EXPECT_EQ(clinic.Do(clinic.Report("x", kDone, 50)), "OutcomeReported");
  EXPECT_EQ(clinic.Do(clinic.Report("x", kDone, 50)), "RESOURCE_ALREADY_EXISTS");
  EXPECT_EQ(clinic.Do(clinic.Report("y", kDone, 50)), "RESOURCE_NOT_FOUND");
}

TEST(OutcomeReport, OfZeroIsNotUnknown) {
  Clinic clinic;
  clinic.Had("x", PlanOf(kTriggerPoint), kDone);
  ASSERT_EQ(clinic.Do(clinic.Report("x", kDone, 0)), "OutcomeReported");
  ASSERT_EQ(clinic.Do(clinic.Report("x", kDone + 1, std::nullopt)), "OutcomeReported");
  const auto& outcomes = clinic.patient.interventions().at("x").outcomes();
  ASSERT_EQ(outcomes.size(), 2);
  EXPECT_TRUE(outcomes[0].has_relief_basis_points());
  EXPECT_FALSE(outcomes[1].has_relief_basis_points());
}

TEST(OutcomeReport, EnteredInErrorCountsForNothing) {
  Clinic clinic;
  clinic.Had("1", PlanOf(kBlock), kDone - 20 * kDay, 90);
  clinic.Had("2", PlanOf(kBlock), kDone);
  const v1::EncounterCommand report = clinic.Report("2", kDone, 90);
  ASSERT_EQ(clinic.Do(report), "OutcomeReported");
  EXPECT_EQ(clinic.Unmet(PlanOf(kAblation), kDone + kDay), "-");
  const v1::EncounterCommand retract =
      clinic.For("retract_outcome",
                 absl::StrCat("intervention_id: '2' outcome_id: '", report.report_outcome().report().id(), "'"));
  EXPECT_EQ(clinic.Do(WithoutReason(retract)), "REASON_REQUIRED");
  const auto decision = clinic.Try(retract);
  ASSERT_EQ(decision.events.size(), 1U) << decision.refusal;
  EXPECT_EQ(Told(decision.events[0].event.outcome_retracted().standing()), "RADIOFREQUENCY_ABLATION facet-two-blocks");
  EXPECT_EQ(clinic.Do(retract), "OutcomeRetracted");
  EXPECT_EQ(clinic.Unmet(PlanOf(kAblation), kDone + kDay), "facet-two-blocks");
  EXPECT_EQ(clinic.Do(retract), "RESOURCE_RETRACTED");
  EXPECT_EQ(clinic.Do(report), "RESOURCE_ALREADY_EXISTS") << "its id is not taken again";
  EXPECT_EQ(clinic.Do(clinic.For("retract_outcome", "intervention_id: '2' outcome_id: 'z'")), "RESOURCE_NOT_FOUND");
}

TEST(CourseStanding, AfterTwoGoodBlocksAnAblationIsNext) {
  Clinic clinic;
  clinic.Had("1", PlanOf(kBlock), kDone - 14 * kDay);
  EXPECT_EQ(Told(Reported(clinic, clinic.Report("1", kDone - 13 * kDay, 80)).standing()),
            "RADIOFREQUENCY_ABLATION facet-two-blocks");
  ASSERT_EQ(clinic.Do(clinic.Report("1", kDone - 13 * kDay, 80)), "OutcomeReported");
  clinic.Had("2", PlanOf(kBlock), kDone);
  EXPECT_EQ(Told(Reported(clinic, clinic.Report("2", kDone + kDay, 79)).standing()),
            "RADIOFREQUENCY_ABLATION facet-two-blocks");
  const v1::CourseStanding standing = Reported(clinic, clinic.Report("2", kDone + kDay, 80)).standing();
  EXPECT_EQ(Told(standing), "RADIOFREQUENCY_ABLATION eligible");
  EXPECT_EQ(ToMicros(standing.time()), kDone + kDay);
  EXPECT_EQ(standing.table_version(), Rules()->At(kDone).version());
}

TEST(CourseStanding, AnAblationIsRepeatedAfterSixGoodMonths) {
  Clinic clinic;
  clinic.Had("x", PlanOf(kAblation), kDone);
  EXPECT_EQ(Told(Reported(clinic, clinic.Report("x", Time("2026-07-10T09:59:59Z"), 60)).standing()),
            "RADIOFREQUENCY_ABLATION ablation-repeat");
  EXPECT_EQ(Told(Reported(clinic, clinic.Report("x", Time("2026-07-10T10:00:00Z"), 60)).standing()),
            "RADIOFREQUENCY_ABLATION eligible");
  EXPECT_EQ(Told(Reported(clinic, clinic.Report("x", Time("2026-07-10T10:00:00Z"), 49)).standing()),
            "RADIOFREQUENCY_ABLATION ablation-repeat");
}

TEST(CourseStanding, TheNextOneIsAnotherSession) {
  Clinic clinic;
  clinic.Had("x", PlanOf(kAblation), kDone);
  EXPECT_EQ(Told(Reported(clinic, clinic.Report("x", kDone + kHour, 100)).standing()),
            "RADIOFREQUENCY_ABLATION ablation-repeat");
}

TEST(CourseStanding, NothingFollowsWhereNoRuleSaysSo) {
  Clinic clinic;
  clinic.Had("x", PlanOf(kTriggerPoint), kDone);
  EXPECT_FALSE(Reported(clinic, clinic.Report("x", kDone, 60)).has_standing());
  clinic.Had("y", PlanOf(kAblation), kDone);
  clinic.rules = nullptr;
  EXPECT_FALSE(Reported(clinic, clinic.Report("y", kDone, 60)).has_standing());
}

TEST(OutcomeDue, FirstAfterItWasDoneThenEveryThreeMonthsForAYear) {
  Clinic clinic;
  clinic.Prepare(PlanOf(kTriggerPoint), kDone);
  const auto performed = clinic.Try(clinic.Perform(kDone));
  ASSERT_EQ(performed.events.size(), 1U) << performed.refusal;
  EXPECT_EQ(ToMicros(performed.events[0].event.intervention_performed().outcome_due()), kDone + 14 * kDay);
  ASSERT_EQ(clinic.Do(clinic.Perform(kDone)), "InterventionPerformed");
  const auto due = [&](int64_t reported) {
    const v1::OutcomeReported report = Reported(clinic, clinic.Report("x", reported, 60));
    return report.has_outcome_due() ? ToMicros(report.outcome_due()) : 0;
  };
  EXPECT_EQ(due(kDone + 14 * kDay), Time("2026-04-10T10:00:00Z"));
  EXPECT_EQ(due(Time("2026-04-10T09:59:59Z")), Time("2026-04-10T10:00:00Z"));
  EXPECT_EQ(due(Time("2026-04-10T10:00:00Z")), Time("2026-07-10T10:00:00Z"));
  EXPECT_EQ(due(Time("2027-01-10T10:00:00Z")), 0) << "after a year nobody asks";
}

TEST(OutcomeDue, ByTheNewestReportThatStands) {
  Clinic clinic;
  clinic.Prepare(PlanOf(kTriggerPoint), kDone);
  ASSERT_EQ(clinic.Do(clinic.Perform(kDone)), "InterventionPerformed");
  const v1::EncounterCommand newest = clinic.Report("x", Time("2026-05-10T10:00:00Z"), 60);
  ASSERT_EQ(clinic.Do(newest), "OutcomeReported");
  EXPECT_EQ(ToMicros(Reported(clinic, clinic.Report("x", Time("2026-02-10T10:00:00Z"), 60)).outcome_due()),
            Time("2026-07-10T10:00:00Z"))
      << "an older one that is recorded later changes nothing";
  const auto due_without = [&](const v1::EncounterCommand& report) {
    const auto decision =
        clinic.Try(clinic.For("retract_outcome", absl::StrCat("intervention_id: 'x' outcome_id: '",
                                                              report.report_outcome().report().id(), "'")));
    EXPECT_EQ(decision.events.size(), 1U) << decision.refusal;
    return ToMicros(decision.events.at(0).event.outcome_retracted().outcome_due());
  };
  EXPECT_EQ(due_without(newest), kDone + 14 * kDay) << "the first is asked for again";
  ASSERT_EQ(clinic.Do(clinic.Report("x", Time("2026-02-10T10:00:00Z"), 60)), "OutcomeReported");
  EXPECT_EQ(due_without(newest), Time("2026-04-10T10:00:00Z"));
}

TEST(OutcomeDue, ABlockIsAskedAboutOnce) {
  Clinic clinic;
  clinic.Prepare(PlanOf(kBlock), kDone);
  const auto performed = clinic.Try(clinic.Perform(kDone));
  EXPECT_EQ(ToMicros(performed.events.at(0).event.intervention_performed().outcome_due()), kDone + kDay);
  ASSERT_EQ(clinic.Do(clinic.Perform(kDone)), "InterventionPerformed");
  EXPECT_FALSE(Reported(clinic, clinic.Report("x", kDone + kDay, 60)).has_outcome_due());
}

TEST(InterventionPerformed, NamesThePrivilegeAndIsOfThePerformer) {
  Clinic clinic;
  clinic.Prepare(PlanOf(kTriggerPoint), kDone);
  const auto decision = clinic.Try(clinic.Perform(kDone));
  ASSERT_EQ(decision.events.size(), 1U) << decision.refusal;
  const v1::InterventionPerformed& performed = decision.events[0].event.intervention_performed();
  EXPECT_EQ(performed.privilege_id(),
            absl::StrCat("p", static_cast<int>(v1::INTERVENTION_KIND_TRIGGER_POINT_INJECTION)));
  EXPECT_EQ(performed.performance().performer_id(), kDoctor);
  EXPECT_EQ(ToMicros(performed.performance().start()), kDone);
}

TEST(DeviceProgramme, IsTakenWithItsTime) {
  Clinic clinic;
  const v1::EncounterCommand record =
      At(kDone, clinic.For("record_device_programme",
                           "device_programme { id: 'd' device { type { text: 'stimulator' } serial_number: 'S' } "
                           "parameters { name: 'amplitude' value { value: '3.5' unit: 'mA' } } }"));
  const auto decision = clinic.Try(record);
  ASSERT_EQ(decision.events.size(), 1U) << decision.refusal;
  EXPECT_EQ(ToMicros(decision.events[0].event.device_programme_recorded().device_programme().time()), kDone);
  EXPECT_EQ(clinic.Do(record), "DeviceProgrammeRecorded");
  EXPECT_EQ(clinic.Do(record), "RESOURCE_ALREADY_EXISTS");
  const v1::EncounterCommand retract = clinic.For("retract_device_programme", "device_programme_id: 'd'");
  EXPECT_EQ(clinic.Do(WithoutReason(retract)), "REASON_REQUIRED");
  EXPECT_EQ(clinic.Do(retract), "DeviceProgrammeRetracted");
  EXPECT_EQ(clinic.Do(retract), "RESOURCE_RETRACTED");
}

TEST(InterventionRules, AreThoseOfTheClinicalTime) {
  Clinic clinic;
  clinic.rules = Rules([](v1::RuleTable& table) { table.set_effective_from("2026-03-01"); });
  const v1::InterventionPlan pump =
      PlanOf("kind: INTERVENTION_KIND_PUMP_IMPLANT region: BODY_REGION_LUMBAR side: LATERALITY_MIDLINE");
  EXPECT_EQ(clinic.Unmet(pump, Time("2026-02-28T23:59:59Z")), "-") << "no table was in force";
  EXPECT_EQ(clinic.Unmet(pump, Time("2026-03-01")), "pump-trial");
}

TEST(InterventionRules, ASiteMaySetAnother) {
  Clinic clinic;
  clinic.rules = Rules([](v1::RuleTable& table) {
    for (v1::RuleSetting& rule : *table.mutable_interventions()->mutable_rules()) {
      if (rule.id() == "pump-trial") rule.set_severity(v1::RULE_SEVERITY_WARN);
      if (rule.id() == "stimulator-trial") rule.set_severity(v1::RULE_SEVERITY_REFUSE);
    }
  });
  const v1::EncounterCommand pump = clinic.Plan(
      PlanOf("kind: INTERVENTION_KIND_PUMP_IMPLANT region: BODY_REGION_LUMBAR side: LATERALITY_MIDLINE"), kDone);
  EXPECT_EQ(clinic.Do(pump), "InterventionPlanned: warn pump-trial");
  const v1::EncounterCommand stimulator =
      clinic.Plan(PlanOf("kind: INTERVENTION_KIND_STIMULATOR_IMPLANT region: BODY_REGION_LUMBAR "
                         "side: LATERALITY_MIDLINE screening { result: 'suitable' }"),
                  kDone, "y");
  EXPECT_EQ(clinic.Do(Overriding("stimulator-trial", stimulator)), "INTERVENTION_RULE_NOT_MET: stimulator-trial");
}

TEST(InterventionRules, ATableThatCannotBeDecidedByIsRefused) {
  const auto load = [](void (*change)(v1::RuleTable&)) {
    Clinic clinic;
    v1::EncounterCommand command;
    v1::RuleTable& table = *command.mutable_load_rule_table()->mutable_table();
    EXPECT_TRUE(table.ParseFromString(
        Command("load_rule_table { table { id: 'interventions' version: 2 effective_from: '2026-01-01' source: 's' "
                "interventions { rules { id: 'epidural-sessions' severity: RULE_SEVERITY_BLOCK source: 's' "
                "limits { name: 'sessions' value: '4' } limits { name: 'months' value: '12' } } } } }")
            .load_rule_table()
            .table()
            .SerializeAsString()));
    change(table);
    return clinic.Do(command);
  };
  EXPECT_EQ(load([](v1::RuleTable&) {}), "RuleTableLoaded");
  const char* const wrong = "RULE_TABLE_INVALID";
  EXPECT_EQ(load([](v1::RuleTable& table) { table.set_effective_from("2026-02-30"); }), wrong);
  EXPECT_EQ(load([](v1::RuleTable& table) { table.set_version(0); }), wrong);
  EXPECT_EQ(load([](v1::RuleTable& table) { table.clear_interventions(); }), wrong);
  EXPECT_EQ(load([](v1::RuleTable& table) { table.mutable_interventions()->mutable_rules(0)->clear_severity(); }),
            wrong);
  EXPECT_EQ(load([](v1::RuleTable& table) { table.mutable_interventions()->mutable_rules(0)->clear_source(); }), wrong);
  EXPECT_EQ(load([](v1::RuleTable& table) {
              table.mutable_interventions()->mutable_rules(0)->mutable_limits()->RemoveLast();
            }),
            wrong)
      << "a limit is missing";
  for (const char* value : {"0", "-4", "4.5", "four", "10001", ""}) {
    Clinic clinic;
    v1::EncounterCommand command = Command(absl::StrCat(
        "load_rule_table { table { id: 'interventions' version: 2 effective_from: '2026-01-01' source: 's' "
        "interventions { rules { id: 'recovery-aldrete' severity: RULE_SEVERITY_BLOCK source: 's' "
        "limits { name: 'score' value: '",
        value, "' } } } } }"));
    EXPECT_EQ(clinic.Do(command), wrong) << value;
  }
}

TEST(InterventionRules, AVersionComesOnce) {
  const auto load = [](int version, const char* source) {
    return Command(absl::StrCat("load_rule_table { table { id: 'interventions' version: ", version,
                                " effective_from: '2026-01-01' source: '", source, "' interventions {} } }"));
  };
  Clinic clinic;
  EXPECT_EQ(EncounterDecider::Streams(load(2, "s"), Input()), std::vector<std::string>{kRulesStream});
  EXPECT_EQ(clinic.Do(load(2, "s")), "RuleTableLoaded");
  EXPECT_EQ(clinic.Do(load(2, "s")), "0 events") << "it is there";
  EXPECT_EQ(clinic.Do(load(2, "t")), "RULE_TABLE_NOT_NEWER");
  EXPECT_EQ(clinic.Do(load(1, "s")), "RULE_TABLE_NOT_NEWER");
  EXPECT_EQ(clinic.Do(load(3, "t")), "RuleTableLoaded");
  EXPECT_EQ(clinic.patient.rule_tables().size(), 2U);
}

}  // namespace
}  // namespace anamnesis::encounter
