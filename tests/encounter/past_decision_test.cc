// Decisions about interventions and recovery, made again from their events.
#include "services/encounter/audit/past_decision.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "decider/command.h"
#include "service/decided_again.h"
#include "services/encounter/domain/intervention/time_span.h"
#include "tests/encounter/clinic.h"

namespace anamnesis::encounter {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

const int64_t kToday = Time("2026-03-14T10:00:00Z");

constexpr char kPump[] =
    "kind: INTERVENTION_KIND_PUMP_IMPLANT region: BODY_REGION_LUMBAR side: LATERALITY_MIDLINE levels: 'L4'";
constexpr char kBlock[] =
    "kind: INTERVENTION_KIND_MEDIAL_BRANCH_BLOCK region: BODY_REGION_LUMBAR side: LATERALITY_LEFT levels: 'L4-L5'";

struct Decided {
  v1::EncounterState before;
  eventlog::Record record;
  v1::EncounterEvent event;
};

// Takes the step, which must be accepted; what came of it, as the log has it.
Decided Take(Clinic& clinic, const v1::EncounterCommand& command) {
  Decided decided{.before = clinic.patient, .record = {}, .event = {}};
  const auto decision = clinic.Try(command);
  EXPECT_EQ(decision.events.size(), 1U) << decision.refusal;
  if (decision.events.size() != 1) return decided;
  decided.event = decision.events.front().event;
  decided.record.stream = absl::StrCat("encounter-", kPatient);
  decided.record.type = decider::EventType(decided.event);
  decided.record.effective_micros = decider::EffectiveMicros(decider::ContextOf(command), Input());
  EXPECT_TRUE(EncounterDecider::Evolve(clinic.patient, decided.event).ok());
  return decided;
}

audit::v1::DecidedAgain Again(const Clinic& clinic, const Decided& decided) {
  const v1::EncounterCommand command = *EncounterDecisions::CommandOf(decided.record, decided.event);
  const Known known{.patient = clinic.facts, .rules = clinic.rules};
  std::vector<const v1::EncounterState*> states = {&decided.before};
  if (command.has_perform_intervention()) states.push_back(&clinic.doctor);
  return service::DecideAgain<EncounterDecider>(
      states, command, EncounterDecisions::InputOf(decided.event, command, known), known, decided.event);
}

v1::EncounterCommand Revise(const Clinic& clinic, const std::string& plan) {
  return At(kToday, clinic.For("revise_intervention_plan", absl::StrCat("intervention_id: 'x' plan { ", plan, " }")));
}

v1::EncounterCommand OfAnaesthesia(const Clinic& clinic, const std::string& name, int minutes,
                                   const std::string& fields = "") {
  return At(kToday + minutes * kMicrosPerMinute, clinic.For(name, absl::StrCat("anaesthesia_id: 'a' ", fields)));
}

// Every kind of decision, each with what is between them.
std::vector<Decided> Course(Clinic& clinic) {
  const v1::InterventionPlan pump = PlanOf(kPump);
  const v1::EncounterCommand report = clinic.Report("x", kToday + kHour, 60);
  std::vector<v1::EncounterCommand> commands = {
      Overriding("pump-trial", clinic.Plan(pump, kToday)),
      Overriding("pump-trial", Revise(clinic, absl::StrCat(kPump, " levels: 'L5'"))),
      clinic.Consent(),
      clinic.TimeOut(PlanOf(absl::StrCat(kPump, " levels: 'L5'")), kToday),
      clinic.Perform(kToday),
      report,
      clinic.For("retract_outcome",
                 absl::StrCat("intervention_id: 'x' outcome_id: '", report.report_outcome().report().id(), "'")),
      At(kToday, clinic.For("start_anaesthesia", "record { id: 'a' technique: ANAESTHESIA_TECHNIQUE_GENERAL }")),
      OfAnaesthesia(clinic, "end_anaesthesia", 9),
      Overriding("recovery-aldrete", OfAnaesthesia(clinic, "leave_recovery", 30)),
  };
  std::vector<Decided> decisions;
  for (const v1::EncounterCommand& command : commands) {
    Decided decided = Take(clinic, command);
    if (EncounterDecisions::IsType(decided.record.type)) decisions.push_back(std::move(decided));
  }
  return decisions;
}

TEST(PastInterventionDecision, EveryKindIsMadeAgainToTheSameEvent) {
  Clinic clinic;
  const std::vector<Decided> course = Course(clinic);
  ASSERT_EQ(course.size(), 8U);
  for (const Decided& decided : course) {
    const audit::v1::DecidedAgain again = Again(clinic, decided);
    EXPECT_TRUE(again.same()) << decided.event.ShortDebugString() << again.ShortDebugString();
    EXPECT_FALSE(service::Differs(decided.event, again)) << decided.record.type;
  }
}

TEST(PastInterventionDecision, OverridesCountAsGivenByWhoMay) {
  Clinic clinic;
  clinic.rules = Rules([](v1::RuleTable& table) { table.mutable_interventions()->set_override_roles(0, "chief"); });
  clinic.roles = {"chief"};
  const Decided decided = Take(clinic, Overriding("pump-trial", clinic.Plan(PlanOf(kPump), kToday)));
  EXPECT_TRUE(Again(clinic, decided).same());
  clinic.rules = Rules();
  EXPECT_FALSE(service::Differs(decided.event, Again(clinic, decided))) << "others may now, and so they might have";
}

TEST(PastInterventionDecision, AnotherTableMakesAnotherDecision) {
  Clinic clinic;
  const Decided overridden = Take(clinic, Overriding("pump-trial", clinic.Plan(PlanOf(kPump), kToday)));
  clinic.rules = Rules([](v1::RuleTable& table) { table.mutable_interventions()->clear_rules(); });
  const audit::v1::DecidedAgain silent = Again(clinic, overridden);
  EXPECT_THAT(silent.alerts(), IsEmpty());
  EXPECT_TRUE(service::Differs(overridden.event, silent));

  const Decided unasked = Take(clinic, clinic.Plan(PlanOf(kPump), kToday, "y"));
  clinic.rules = Rules();
  const audit::v1::DecidedAgain refused = Again(clinic, unasked);
  EXPECT_EQ(refused.refusal(), "SAFETY_OVERRIDE_REQUIRED");
  EXPECT_THAT(refused.stopped_by(), ElementsAre("pump-trial"));
  EXPECT_TRUE(service::Differs(unasked.event, refused));
  EXPECT_FALSE(refused.same());
}

TEST(PastInterventionDecision, AnotherResultDiffersByItsFields) {
  Clinic clinic;
  clinic.Had("1", PlanOf(kBlock), kToday - 20 * 24 * kHour, 90);
  clinic.Had("2", PlanOf(kBlock), kToday);
  const Decided reported = Take(clinic, clinic.Report("2", kToday + kHour, 85));
  EXPECT_THAT(Again(clinic, reported).changed(), IsEmpty());
  clinic.rules = Rules([](v1::RuleTable& table) {
    for (v1::RuleSetting& rule : *table.mutable_interventions()->mutable_rules()) {
      if (rule.id() == "facet-two-blocks") rule.mutable_limits(0)->set_value("90");
    }
  });
  const audit::v1::DecidedAgain again = Again(clinic, reported);
  EXPECT_THAT(again.changed(), ElementsAre("standing.eligible", "standing.unmet_rules"));
  EXPECT_TRUE(service::Differs(reported.event, again));
}

TEST(PastInterventionDecision, ARevokedPrivilegeMakesAnotherDecision) {
  Clinic clinic;
  const std::vector<Decided> course = Course(clinic);
  ASSERT_EQ(course.size(), 8U);
  clinic.doctor.clear_privileges();
  const audit::v1::DecidedAgain again = Again(clinic, course[3]);
  EXPECT_EQ(again.refusal(), "INTERVENTION_RULE_NOT_MET");
  EXPECT_THAT(again.stopped_by(), ElementsAre("performer-privilege"));
}

TEST(PastInterventionDecision, WhatNoRuleWasAskedForIsNone) {
  Clinic clinic;
  Take(clinic, Overriding("pump-trial", clinic.Plan(PlanOf(kPump), kToday)));
  const Decided consented = Take(clinic, clinic.Consent());
  EXPECT_FALSE(EncounterDecisions::IsType(consented.record.type));
  EXPECT_FALSE(EncounterDecisions::CommandOf(consented.record, consented.event).has_value());
}

TEST(PastInterventionDecision, TheTableIsThatOfTheTimeThatWasDecidedAbout) {
  Clinic clinic;
  v1::InterventionPlan plan = PlanOf(kBlock);
  plan.mutable_planned_time()->set_seconds(Time("2015-12-31") / 1'000'000);  // Before the table is in force.
  const Decided early = Take(clinic, clinic.Plan(plan, kToday));
  const Decided today = Take(clinic, clinic.Plan(PlanOf(kBlock), kToday, "y"));
  const auto tables = [&](const Decided& decided) {
    v1::ExplainDecisionResponse explained;
    const v1::EncounterState* const states[] = {&decided.before};
    EncounterDecisions::Fill(*EncounterDecisions::CommandOf(decided.record, decided.event), {.rules = clinic.rules},
                             states, explained);
    return explained.tables_size();
  };
  EXPECT_EQ(tables(early), 0);
  EXPECT_EQ(tables(today), 1);
}

}  // namespace
}  // namespace anamnesis::encounter
