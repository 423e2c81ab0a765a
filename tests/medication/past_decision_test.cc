// Decisions made again from their events.
#include "services/medication/audit/past_decision.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "base/clock.h"
#include "service/decided_again.h"
#include "tests/medication/builders.h"
#include "tests/medication/dosing.h"
#include "tests/medication/tables.h"

namespace anamnesis::medication {
namespace {

struct Decided {
  v1::MedicationState before;
  eventlog::Record record;
  v1::MedicationEvent event;
};

// What the last of the commands came to, as the log has it.
Decided Decide(std::vector<v1::MedicationCommand> commands, const Known& known) {
  const v1::MedicationCommand last = commands.back();
  commands.pop_back();
  Decided decided{.before = After(commands, ShelfOf(TablesWithOnly({}))), .record = {}, .event = {}};
  const auto decision = DecideOn(decided.before, last, known.others, known.rules);
  EXPECT_TRUE(decision.refusal.ok()) << decision.refusal;
  if (decision.events.empty()) return decided;
  decided.event = decision.events.front().event;
  decided.record.stream = absl::StrCat("medication-", kPatient);
  decided.record.effective_micros = kNow;
  return decided;
}

audit::v1::DecidedAgain Again(const Decided& decided, const Known& known) {
  return Again(decided.before, decided.event, known);
}

const Known& Defaults() {
  static const auto* const known = new Known{.others = {}, .rules = ShelfOf(Tables())};
  return *known;
}

v1::MedicationCommand Overridden() {
  return Overriding("pdmp-initiation", Prescribe());
}

TEST(PastDecisionTest, EveryKindOfDecisionIsMadeAgainToTheSameEvent) {
  const std::vector<std::vector<v1::MedicationCommand>> histories = {
      {Overridden()},
      {Prescribe(Oxycodone(kOtherOrder)), Overridden()},
      {Prescribe(), ChangeDose("two tablets")},
      {Prescribe(), Discontinue()},
      {Prescribe(), Complete()},
      {Prescribe(), Renew()},
      {Prescribe(), TestUrine(kMorphine, v1::ANALYTE_RESULT_POSITIVE)},
  };
  for (const auto& history : histories) {
    const Decided decided = Decide(history, Defaults());
    const audit::v1::DecidedAgain again = Again(decided, Defaults());
    EXPECT_TRUE(again.same()) << decided.event.ShortDebugString() << again.ShortDebugString();
    EXPECT_FALSE(service::Differs(decided.event, again));
  }
}

TEST(PastDecisionTest, AnotherTableMakesAnotherDecision) {
  const Decided decided = Decide({Overridden()}, Defaults());
  const Known silent{.others = {}, .rules = ShelfOf(TablesWithOnly({}))};
  const audit::v1::DecidedAgain again = Again(decided, silent);
  EXPECT_FALSE(again.same());
  EXPECT_EQ(again.alerts_size(), 0);
  EXPECT_TRUE(service::Differs(decided.event, again));

  const Decided by_silent = Decide({Prescribe()}, silent);
  const audit::v1::DecidedAgain refused = Again(by_silent, Defaults());
  EXPECT_EQ(refused.refusal(), "SAFETY_OVERRIDE_REQUIRED");
  EXPECT_THAT(refused.stopped_by(), testing::ElementsAre("pdmp-initiation"));
  EXPECT_TRUE(service::Differs(by_silent.event, refused));
}

TEST(PastDecisionTest, OtherFactsMakeAnotherDecision) {
  const Decided decided = Decide({Overridden()}, Defaults());
  const Known allergic{.others = Knowing({AllergyTo(kOxycodone)}), .rules = Defaults().rules};
  EXPECT_THAT(Again(decided, allergic).stopped_by(), testing::ElementsAre("allergy-ingredient"));
}

TEST(PastDecisionTest, AnotherResultDiffersByItsFields) {
  const v1::Order morphine = OrderFor(kMorphine, By(kOral, Take("10 mg", "QD")));
  const Decided decided = Decide({Overriding("pdmp-initiation", Prescribe(morphine))}, Defaults());
  ASSERT_TRUE(decided.event.order_prescribed().has_daily_mme());
  std::vector<v1::RuleTable> tables = Tables();
  for (v1::RuleTable& table : tables) {
    if (!table.has_mme()) continue;
    for (v1::MmeFactor& factor : *table.mutable_mme()->mutable_factors()) {
      if (!factor.factor().empty()) factor.set_factor("1.6");
    }
  }
  const audit::v1::DecidedAgain again = Again(decided, {.others = {}, .rules = ShelfOf(tables)});
  EXPECT_THAT(again.changed(), testing::Contains("daily_mme.mme_per_day"));
}

TEST(PastDecisionTest, AHoldIsDecidedAgainTheSame) {
  const Known known{.others = {}, .rules = ShelfOf(TablesWithOnly({"abrupt-stop"}))};
  const Decided held = Decide({Prescribe(Daily(kMorphine, "50")), Hold()}, known);
  ASSERT_EQ(held.event.order_held().alerts_size(), 1);
  EXPECT_TRUE(Again(held, known).same());
}

TEST(PastDecisionTest, AResumptionIsDecidedAgainTheSame) {
  const Known allergic{.others = Knowing({AllergyTo(kOxycodone)}), .rules = Defaults().rules};
  const Decided resumed =
      Decide({Overriding("allergy-ingredient", Prescribe()), Hold(), Overriding("allergy-ingredient", Resume())},
             allergic);
  ASSERT_EQ(resumed.event.order_resumed().alerts(0).rule_id(), "allergy-ingredient");
  EXPECT_TRUE(Again(resumed, allergic).same());
}

TEST(PastDecisionTest, AResumptionOfBeforeTheRulesWereAskedIsNone) {
  Decided resumed = Decide({Prescribe(), Hold(), Resume()}, Defaults());
  EXPECT_TRUE(MedicationDecisions::CommandOf(resumed.record, resumed.event).has_value());
  resumed.event.mutable_order_resumed()->clear_resumed();
  EXPECT_FALSE(MedicationDecisions::CommandOf(resumed.record, resumed.event).has_value());
}

TEST(PastDecisionTest, WhatNoRuleWasAskedForIsNoDecision) {
  const Decided retracted = Decide({Prescribe(), Retract()}, Defaults());
  EXPECT_FALSE(MedicationDecisions::CommandOf(retracted.record, retracted.event).has_value());
  EXPECT_FALSE(MedicationDecisions::IsType("anamnesis.medication.v1.OrderRetracted"));
  EXPECT_TRUE(MedicationDecisions::IsType("anamnesis.medication.v1.OrderPrescribed"));
}

}  // namespace
}  // namespace anamnesis::medication
