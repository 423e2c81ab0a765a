// Renewals and tapers: what becomes of the order, what the day's opioids come to from step to step, and what is
// refused.
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "gmock/gmock.h"
#include "services/medication/domain/safety/opioid_therapy.h"
#include "tests/medication/builders.h"
#include "tests/medication/dosing.h"
#include "tests/medication/tables.h"

namespace anamnesis::medication {
namespace {

using testing::ElementsAre;

constexpr char kTaper[] = "00000000-0000-4000-8000-0000000000f7";
constexpr char kBlocked[] = "SAFETY_OVERRIDE_REQUIRED";

v1::Dosage Of(const std::string& mg) {
  return By(kOral, Take(mg + " mg", "QD"));
}

v1::Order Morphine(const std::string& mg, std::string_view id = kOrder) {
  v1::Order order = OrderFor(kMorphine, Of(mg));
  order.set_id(std::string(id));
  return order;
}

v1::Order Another(const std::string& ingredient, const std::string& mg) {
  v1::Order order = OrderFor(ingredient, Of(mg));
  order.set_id(kOtherOrder);
  return order;
}

struct Step {
  int64_t day;
  std::string mg;
};

template <class Plan>
void SetSteps(const std::vector<Step>& steps, std::optional<int64_t> end_day, Plan& plan) {
  for (const Step& step : steps) {
    v1::TaperStep& added = *plan.add_steps();
    *added.mutable_starts() = ToTimestamp(kNow + step.day * kMicrosOfDay);
    *added.add_dosages() = Of(step.mg);
  }
  if (end_day) *plan.mutable_ends() = ToTimestamp(kNow + *end_day * kMicrosOfDay);
}

v1::MedicationCommand Taper(const std::vector<Step>& steps, std::optional<int64_t> end_day = std::nullopt,
                            std::string_view order_id = kOrder) {
  v1::MedicationCommand command;
  v1::PlanTaperRequest& request = *command.mutable_plan_taper();
  request.set_patient_id(kPatient);
  request.mutable_taper()->set_id(kTaper);
  request.mutable_taper()->set_order_id(std::string(order_id));
  request.mutable_taper()->set_goal("fewer side effects");
  SetSteps(steps, end_day, *request.mutable_taper());
  return command;
}

v1::MedicationCommand Revise(const std::vector<Step>& steps, std::optional<int64_t> end_day = std::nullopt) {
  v1::MedicationCommand command;
  command.mutable_revise_taper()->set_patient_id(kPatient);
  command.mutable_revise_taper()->set_taper_id(kTaper);
  SetSteps(steps, end_day, *command.mutable_revise_taper());
  return command;
}

v1::MedicationCommand Stop() {
  v1::MedicationCommand command;
  command.mutable_stop_taper()->set_patient_id(kPatient);
  command.mutable_stop_taper()->set_taper_id(kTaper);
  command.mutable_stop_taper()->mutable_context()->set_reason("pain is back");
  return command;
}

v1::MedicationCommand To(const std::string& mg) {
  v1::MedicationCommand command = ChangeDose();
  command.mutable_change_dose()->clear_dosages();
  *command.mutable_change_dose()->add_dosages() = Of(mg);
  return command;
}

// A renewal with another dose.
v1::MedicationCommand RenewTo(const std::string& mg) {
  v1::MedicationCommand command = Renew();
  *command.mutable_renew_order()->add_dosages() = Of(mg);
  return command;
}

struct Case {
  const char* name;
  std::set<std::string> rules;
  std::vector<v1::MedicationCommand> given;
  v1::MedicationCommand when;
  v1::MedicationFacts facts;
  const char* then;
};

class TaperRules : public testing::TestWithParam<Case> {};

TEST_P(TaperRules, Hold) {
  const auto rules = ShelfOf(TablesWithOnly(GetParam().rules));
  const auto silent = ShelfOf(TablesWithOnly({}));  // The history was not stopped by what is asked now.
  EXPECT_EQ(Told(DecideOn(After(GetParam().given, silent), GetParam().when, GetParam().facts, rules)), GetParam().then);
}

const Case kCases[] = {
  // clang-format off
    // Renewal.
    {"Renewed",               {}, {Prescribe()}, Renew(), {}, "OrderPrescribed + OrderRenewed"},
    {"RenewedUnderItsOwnId",  {}, {Prescribe()}, Renew(kOrder), {}, "ORDER_ALREADY_EXISTS"},
    {"RenewedOnHold",         {}, {Prescribe(), Hold()}, Renew(), {}, "ORDER_ON_HOLD"},
    {"RenewedTwice",          {}, {Prescribe(), Renew()}, Renew(kNewId), {}, "ORDER_ENDED"},
    {"RenewedAsSeenBefore",   {}, {Prescribe(), Hold(), Resume()}, Seen(1, Renew()), {}, "ETAG_MISMATCH"},
    {"RenewedForTheDead",     {}, {Prescribe()}, Renew(), Deceased(), "PATIENT_DECEASED"},
    {"NoDuplicateOfItself",   {}, {Prescribe(), Prescribe(Oxycodone(kNewId))}, Renew(), {}, "OrderPrescribed + OrderRenewed: warn duplicate-order"},
    {"ItsDoseIsNotCountedTwice", {"mme-90"}, {Prescribe(Morphine("60"))}, Renew(), {}, "OrderPrescribed + OrderRenewed"},
    {"ARenewalThatRisesToNinety", {"mme-90"}, {Prescribe(Morphine("60"))}, RenewTo("90"), {}, kBlocked},
    {"AHigherDoseOverridden", {"mme-90"}, {Prescribe(Morphine("60"))}, Overriding("mme-90", RenewTo("90")), {}, "OrderPrescribed + OrderRenewed: block mme-90 (overridden)"},
    {"ItIsARenewalForTheProgramme", {"pdmp-initiation", "pdmp-renewal"}, {On(-30, Prescribe(Morphine("60")))}, On(0, Renew()), {}, "OrderPrescribed + OrderRenewed: warn pdmp-renewal"},
    {"RenewedOfNothing",      {}, {}, Renew(), {}, "ORDER_NOT_FOUND"},
    {"RenewedAfterARetraction", {}, {Prescribe(), Retract()}, Renew(), {}, "ORDER_RETRACTED"},
    {"RenewedADraft",         {}, {RecordOrder(In(v1::ORDER_STATUS_DRAFT))}, Renew(), {}, "ORDER_NOT_ACTIVE"},
    {"RenewedForTheMergedAway", {}, {Prescribe()}, Renew(), MergedAway(), "PATIENT_MERGED_AWAY"},
    {"RenewalExistsBeatsNotFound", {}, {Prescribe(Oxycodone(kOtherOrder))}, Renew(), {}, "ORDER_ALREADY_EXISTS"},
    {"RenewalEtagBeatsEnded", {}, {Prescribe(), Discontinue()}, Seen(1, Renew()), {}, "ETAG_MISMATCH"},
    {"RenewalEndedBeatsDeath", {}, {Prescribe(), Discontinue()}, Renew(), Deceased(), "ORDER_ENDED"},
    {"RenewalDeathBeatsSafety", {"mme-90"}, {Prescribe(Morphine("60"))}, RenewTo("90"), Deceased(), "PATIENT_DECEASED"},
    {"NinetyInCancer",        {"mme-50", "mme-90"}, {}, Prescribe(Morphine("90")), Having("C50"), "OrderPrescribed: info mme-90, info mme-50"},
    // Completion.
    {"CompletedNothing",      {}, {}, Complete(), {}, "ORDER_NOT_FOUND"},
    {"CompletedAfterARetraction", {}, {Prescribe(), Retract()}, Complete(), {}, "ORDER_RETRACTED"},
    {"CompletedADraft",       {}, {RecordOrder(In(v1::ORDER_STATUS_DRAFT))}, Complete(), {}, "ORDER_NOT_ACTIVE"},
    {"CompletionEtagBeatsEnded", {}, {Prescribe(), Discontinue()}, Seen(1, Complete()), {}, "ETAG_MISMATCH"},
    {"Completed",             {}, {Prescribe()}, Complete(), {}, "OrderCompleted"},
    {"CompletedOnHold",       {}, {Prescribe(), Hold()}, Complete(), {}, "ORDER_ON_HOLD"},
    {"CompletedOnce",         {}, {Prescribe(), Complete()}, Complete(), {}, "ORDER_ENDED"},
    {"CompletedAtFifty",      {"abrupt-stop"}, {Prescribe(Morphine("50"))}, Complete(), {}, "OrderCompleted: warn abrupt-stop"},
    {"CompletedBelowFifty",   {"abrupt-stop"}, {Prescribe(Morphine("49"))}, Complete(), {}, "OrderCompleted"},
    // A plan.
    {"Planned",               {}, {Prescribe(Morphine("60"))}, Taper({{0, "50"}, {30, "40"}}, 60), {}, "TaperPlanned"},
    {"PlannedOnce",           {}, {Prescribe(Morphine("60")), Taper({{0, "50"}, {30, "40"}})}, Taper({{0, "50"}}), {}, "TAPER_ALREADY_EXISTS"},
    {"PlannedAsSeenBefore",   {}, {Prescribe(Morphine("60")), Hold(), Resume()}, Seen(1, Taper({{0, "50"}})), {}, "ETAG_MISMATCH"},
    {"ATaperBeatsDeath",      {}, {Prescribe(Morphine("60")), Taper({{1, "50"}})}, To("70"), Deceased(), "TAPER_UNDER_WAY"},
    {"APlanForTheDead",       {"mme-90"}, {Prescribe(Morphine("100"))}, Taper({{0, "95"}}), Deceased(), "PATIENT_DECEASED"},
    {"StoppedNothing",        {}, {}, Stop(), {}, "TAPER_NOT_FOUND"},
    {"StoppedAsSeenBefore",   {}, {Prescribe(Morphine("60")), Taper({{1, "50"}})}, Seen(2, Stop()), {}, "ETAG_MISMATCH"},
    {"PlannedForNoOrder",     {}, {}, Taper({{0, "50"}}), {}, "ORDER_NOT_FOUND"},
    {"PlannedOnHold",         {}, {Prescribe(Morphine("60")), Hold()}, Taper({{0, "50"}}), {}, "ORDER_ON_HOLD"},
    {"BeforeNow",             {}, {Prescribe(Morphine("60"))}, Taper({{-1, "50"}}), {}, "TAPER_STEPS_NOT_IN_ORDER"},
    {"TwoAtOnce",             {}, {Prescribe(Morphine("60"))}, Taper({{1, "50"}, {1, "40"}}), {}, "TAPER_STEPS_NOT_IN_ORDER"},
    {"EndsWithTheLastStep",   {}, {Prescribe(Morphine("60"))}, Taper({{1, "50"}}, 1), {}, "TAPER_STEPS_NOT_IN_ORDER"},
    {"Rises",                 {}, {Prescribe(Morphine("60"))}, Taper({{0, "50"}, {30, "50.1"}}), {}, "TAPER_DOSE_RISES"},
    {"RisesAtOnce",           {}, {Prescribe(Morphine("60"))}, Taper({{0, "61"}}), {}, "TAPER_DOSE_RISES"},
    {"StaysForAWhile",        {}, {Prescribe(Morphine("60"))}, Taper({{0, "60"}, {30, "50"}}), {}, "TaperPlanned"},
    {"OrderBeatsDose",        {}, {Prescribe(Morphine("60"))}, Taper({{1, "70"}, {1, "60"}}), {}, "TAPER_STEPS_NOT_IN_ORDER"},
    {"FromAnUnknownDose",     {}, {Prescribe(OrderOf({kMorphine}))}, Taper({{0, "60"}}), {}, "TaperPlanned"},
    {"DoseBeatsDeath",        {}, {Prescribe(Morphine("60"))}, Taper({{0, "70"}}), Deceased(), "TAPER_DOSE_RISES"},
    {"ForTheDead",            {}, {Prescribe(Morphine("60"))}, Taper({{0, "50"}}), Deceased(), "PATIENT_DECEASED"},
    // The rules look at each step.
    {"ATenthAMonth",          {"taper-fast"}, {On(-400, Prescribe(Morphine("100")))}, On(0, Taper({{0, "90"}, {30, "81"}})), {}, "TaperPlanned"},
    {"MoreThanATenthLater",   {"taper-fast"}, {On(-400, Prescribe(Morphine("100")))}, On(0, Taper({{0, "90"}, {30, "80.9"}})), {}, "TaperPlanned: warn taper-fast"},
    {"TwoStepsInAMonth",      {"taper-fast"}, {On(-400, Prescribe(Morphine("100")))}, On(0, Taper({{0, "95"}, {29, "89"}})), {}, "TaperPlanned: warn taper-fast"},
    {"AfterShortUse",         {"taper-fast"}, {On(-100, Prescribe(Morphine("100")))}, On(0, Taper({{0, "50"}})), {}, "TaperPlanned"},
    {"InPalliativeCare",      {"taper-fast"}, {On(-400, Prescribe(Morphine("100")))}, On(0, Taper({{0, "50"}})), Having("Z51.5"), "TaperPlanned: info taper-fast"},
    {"EndsAtFifty",           {"abrupt-stop"}, {Prescribe(Morphine("60"))}, Taper({{0, "50"}}, 30), {}, "TaperPlanned: warn abrupt-stop"},
    {"EndsBelowFifty",        {"abrupt-stop"}, {Prescribe(Morphine("60"))}, Taper({{0, "49.9"}}, 30), {}, "TaperPlanned"},
    {"EndsWithSomeLeft",      {"abrupt-stop"}, {Prescribe(Morphine("60")), Prescribe(Another(kOxycodone, "5"))}, Taper({{0, "50"}}, 30), {}, "TaperPlanned"},
    {"ADoseThatEndsIsNoTaper", {"abrupt-stop"}, {}, Prescribe(OrderFor(kMorphine, Between(0, 30'000, Of("60")))), {}, "OrderPrescribed"},
    // While it is under way.
    {"NoOtherTaper",          {}, {Prescribe(Morphine("60")), Taper({{1, "50"}})}, [] { auto other = Taper({{1, "40"}}); other.mutable_plan_taper()->mutable_taper()->set_id(kNewId); return other; }(), {}, "TAPER_UNDER_WAY"},
    {"NoOtherDose",           {}, {Prescribe(Morphine("60")), Taper({{1, "50"}})}, To("70"), {}, "TAPER_UNDER_WAY"},
    {"NoRenewalToAnotherDose", {}, {Prescribe(Morphine("60")), Taper({{1, "50"}})}, RenewTo("60"), {}, "TAPER_UNDER_WAY"},
    {"ARenewalToTheSameDosages", {}, {Prescribe(Morphine("60")), Taper({{1, "50"}}, 9)}, [] { auto renewal = Renew(); *renewal.mutable_renew_order()->mutable_dosages() = After({Prescribe(Morphine("60")), Taper({{1, "50"}}, 9)}).in_force().at(kOrder).therapy().dosages(); return renewal; }(), {}, "OrderPrescribed + OrderRenewed"},
    {"ARenewalOfTheSame",     {}, {Prescribe(Morphine("60")), Taper({{1, "50"}})}, Renew(), {}, "OrderPrescribed + OrderRenewed"},
    {"AnotherDoseAfterwards", {}, {Prescribe(Morphine("60")), Taper({{1, "50"}})}, On(1, To("45")), {}, "DoseChanged"},
    {"Revised",               {}, {Prescribe(Morphine("60")), Taper({{1, "50"}, {30, "40"}})}, On(2, Revise({{40, "45"}})), {}, "TaperRevised"},
    {"RevisedUpwards",        {}, {Prescribe(Morphine("60")), Taper({{1, "50"}, {30, "40"}})}, On(2, Revise({{40, "55"}})), {}, "TAPER_DOSE_RISES"},
    {"RevisedAfterItsEnd",    {}, {Prescribe(Morphine("60")), Taper({{1, "50"}, {30, "40"}})}, On(30, Revise({{40, "30"}})), {}, "TAPER_ENDED"},
    {"RevisedAfterTheOrder",  {}, {Prescribe(Morphine("60")), Taper({{1, "50"}}), Discontinue()}, Revise({{40, "30"}}), {}, "TAPER_ENDED"},
    {"RevisedOnHold",         {}, {Prescribe(Morphine("60")), Taper({{1, "50"}}), Hold()}, Revise({{40, "30"}}), {}, "ORDER_ON_HOLD"},
    {"RevisedWithTheRenewal", {}, {Prescribe(Morphine("60")), Taper({{1, "50"}}), Renew()}, Revise({{40, "30"}}), {}, "TaperRevised"},
    {"RevisedAsSeenBefore",   {}, {Prescribe(Morphine("60")), Taper({{1, "50"}})}, Seen(2, Revise({{40, "30"}})), {}, "ETAG_MISMATCH"},
    {"RevisedEtagBeatsHold",  {}, {Prescribe(Morphine("60")), Taper({{1, "50"}}), Hold()}, Seen(2, Revise({{40, "30"}})), {}, "ETAG_MISMATCH"},
    {"RevisedHoldBeatsEnded", {}, {Prescribe(Morphine("60")), Taper({{1, "50"}}), Stop(), Hold()}, Revise({{40, "30"}}), {}, "ORDER_ON_HOLD"},
    {"RevisedEndedBeatsOrder", {}, {Prescribe(Morphine("60")), Taper({{1, "50"}}), Stop()}, Revise({{40, "30"}, {40, "20"}}), {}, "TAPER_ENDED"},
    {"RevisedOrderBeatsDose", {}, {Prescribe(Morphine("60")), Taper({{1, "50"}, {30, "40"}})}, On(2, Revise({{40, "55"}, {40, "50"}})), {}, "TAPER_STEPS_NOT_IN_ORDER"},
    {"RevisedDoseBeatsDeath", {}, {Prescribe(Morphine("60")), Taper({{1, "50"}, {30, "40"}})}, On(2, Revise({{40, "55"}})), Deceased(), "TAPER_DOSE_RISES"},
    {"RevisedForTheDead",     {}, {Prescribe(Morphine("60")), Taper({{1, "50"}, {30, "40"}})}, On(2, Revise({{40, "30"}})), Deceased(), "PATIENT_DECEASED"},
    {"StopEtagBeatsEnded",    {}, {Prescribe(Morphine("60")), Taper({{1, "50"}}), Stop()}, Seen(1, Stop()), {}, "ETAG_MISMATCH"},
    {"StopEndedBeatsNoReason", {}, {Prescribe(Morphine("60")), Taper({{1, "50"}}), Stop()}, WithoutReason(Stop()), {}, "TAPER_ENDED"},
    {"NoTaper",               {}, {Prescribe(Morphine("60"))}, Revise({{40, "30"}}), {}, "TAPER_NOT_FOUND"},
    {"Stopped",               {}, {Prescribe(Morphine("60")), Taper({{1, "50"}})}, Stop(), {}, "TaperStopped"},
    {"StoppedForAReason",     {}, {Prescribe(Morphine("60")), Taper({{1, "50"}})}, WithoutReason(Stop()), {}, "REASON_REQUIRED"},
    {"StoppedOnce",           {}, {Prescribe(Morphine("60")), Taper({{1, "50"}}), Stop()}, Stop(), {}, "TAPER_ENDED"},
    {"AnotherDoseAfterStopping", {}, {Prescribe(Morphine("60")), Taper({{1, "50"}}), Stop()}, To("70"), {}, "DoseChanged"},
  // clang-format on
};

INSTANTIATE_TEST_SUITE_P(All, TaperRules, testing::ValuesIn(kCases), [](const auto& info) { return info.param.name; });

// What the day comes to on a day, as recorded.
std::string TotalOn(const v1::MedicationState& state, int64_t day, int64_t micros = 0) {
  const auto total = DailyMmeAt(state, kNow + day * kMicrosOfDay + micros);
  return total ? DecimalText(*total, 2) : "unknown";
}

TEST(Taper, TheDaysOpioidsFollowThePlan) {
  const auto rules = ShelfOf(TablesWithOnly({}));
  const v1::MedicationState state = After(
      {
          On(-9, Prescribe(Morphine("60"))), On(0, Taper({{1, "50"}, {30, "40"}},
             60))
  },
      rules);
  EXPECT_EQ(TotalOn(state, 0), "60");
  EXPECT_EQ(TotalOn(state, 1, -1), "60");
  EXPECT_EQ(TotalOn(state, 1), "50");
  EXPECT_EQ(TotalOn(state, 30, -1), "50");
  EXPECT_EQ(TotalOn(state, 30), "40");
  EXPECT_EQ(TotalOn(state, 60, -1), "40");
  EXPECT_EQ(TotalOn(state, 60), "0");
}

TEST(Taper, WhatIsRecordedLaterTakesThePlaceOfWhatWasToCome) {
  const auto rules = ShelfOf(TablesWithOnly({}));
  const v1::MedicationState revised = After(
      {
          On(-9, Prescribe(Morphine("60"))), On(0, Taper({{1, "50"}, {30, "40"}}
             )), On(10, Revise({{20, "30"}        }
             ))
  },
      rules);
  EXPECT_EQ(TotalOn(revised, 5), "50");
  EXPECT_EQ(TotalOn(revised, 15), "50");
  EXPECT_EQ(TotalOn(revised, 20), "30");
  EXPECT_EQ(TotalOn(revised, 40), "30");
  const v1::MedicationState stopped = After(
      {
          On(-9, Prescribe(Morphine("60"))), On(0, Taper({{1, "50"}, {30, "40"}}
             )), On(10, Stop())
  },
      rules);
  EXPECT_EQ(TotalOn(stopped, 40), "50");
  const v1::MedicationState renewed = After(
      {
          On(-9, Prescribe(Morphine("60"))), On(0, Taper({{1, "50"}, {30, "40"}}
             )), On(10, Renew()),
          On(20, Prescribe(Morphine("5", kNewId)))
  },
      rules);
  EXPECT_EQ(TotalOn(renewed, 15), "50");
  EXPECT_EQ(TotalOn(renewed, 25), "55");
  EXPECT_EQ(TotalOn(renewed, 35), "45");
}

TEST(Renewal, TheNewOrderHasWhatTheOldOneHadAndNamesIt) {
  const v1::MedicationState before = After({Prescribe(Morphine("60"))}, ShelfOf(TablesWithOnly({})));
  v1::MedicationCommand command = Renew();
  command.mutable_renew_order()->set_days_supply(30);
  const auto decision = DecideOn(before, command, {}, ShelfOf(TablesWithOnly({})));
  ASSERT_EQ(decision.events.size(), 2u);
  const v1::OrderPrescribed& prescribed = decision.events[0].event.order_prescribed();
  EXPECT_TRUE(prescribed.renewal());
  EXPECT_EQ(prescribed.order().prior_order_id(), kOrder);
  EXPECT_EQ(prescribed.order().days_supply(), 30u);
  EXPECT_EQ(prescribed.daily_mme().mme_per_day(), "60");
  ASSERT_EQ(prescribed.doses_size(), 1);
  EXPECT_EQ(prescribed.doses(0).name(), "morphine");
  EXPECT_EQ(prescribed.doses(0).mg_per_day(), "60");
  EXPECT_EQ(prescribed.doses(0).mme_per_day(), "60");
  EXPECT_THAT(prescribed.doses(0).classes(), ElementsAre(v1::DRUG_CLASS_OPIOID_FULL));
  EXPECT_EQ(decision.events[1].event.order_renewed().renewed_by(), kOtherOrder);
  EXPECT_EQ(decision.resource_id, kOtherOrder);
}

TEST(Renewal, ALaterDoseThatRisesIsJudgedWhereItIsHighest) {
  const auto rules = ShelfOf(TablesWithOnly({"mme-90"}));
  v1::Order order = OrderFor(kMorphine, Between(0, 20'000, Of("60")));
  *order.add_dosages() = Between(20'001, 30'000, Of("90"));
  EXPECT_EQ(Told(DecideOn({}, Prescribe(order), {}, rules)), kBlocked);
}

TEST(Taper, IsDecidedAgainToTheSame) {
  const Known known{.others = {}, .rules = ShelfOf(TablesWithOnly({"taper-fast"}))};
  for (const auto& [given, when] : std::vector<std::pair<std::vector<v1::MedicationCommand>, v1::MedicationCommand>>{
           {{On(-400, Prescribe(Morphine("60")))}, Taper({{1, "50"}, {30, "40"}},             60)},
           {{On(-400, Prescribe(Morphine("60"))), On(-2, Taper({{-1, "50"}, {30, "40"}}))},                                     Revise({{40, "30"}})}
  }) {
    const v1::MedicationState before = After(given, ShelfOf(TablesWithOnly({})));
    const v1::MedicationEvent recorded = DecideOn(before, when, {}, known.rules).events.at(0).event;
    const audit::v1::DecidedAgain again = Again(before, recorded, known);
    EXPECT_TRUE(again.same()) << recorded.ShortDebugString() << again.ShortDebugString();
    EXPECT_EQ(again.alerts_size(), 1);
  }
}

TEST(Taper, WhatTheRulesRefuseIsRecordedAndRefusedAgain) {
  const Known known{.others = Knowing({AllergyTo(kMorphine)}), .rules = ShelfOf(TablesWithOnly({}))};
  const std::vector<v1::MedicationCommand> planned = {
      Prescribe(Morphine("60")), Taper({{1, "50"}, {30, "40"}}
       )
  };
  for (const auto& [given, when] : std::vector<std::pair<std::vector<v1::MedicationCommand>, v1::MedicationCommand>>{
           {{planned[0]},         planned[1]},
           { planned, Revise({{40, "30"}},        90)}
  }) {
    const v1::MedicationState before = After(given, known.rules);
    const auto decision = DecideOn(before, when, known.others, known.rules);
    ASSERT_EQ(decision.events.size(), 1u) << decision.refusal;
    const v1::MedicationEvent& recorded = decision.events[0].event;
    EXPECT_EQ(recorded.prescription_refused().refusal(), kBlocked);
    EXPECT_EQ(recorded.prescription_refused().taper().id(), kTaper);
    EXPECT_EQ(recorded.prescription_refused().replaces(), when.has_revise_taper());
    EXPECT_TRUE(Again(before, recorded, known).same());
  }
}

TEST(OverrideRoles, OnlyWhoMayOverrides) {
  auto tables = TablesWithOnly({"mme-90"});
  for (v1::RuleTable& table : tables) {
    if (table.has_safety()) table.mutable_safety()->add_override_roles("chief");
  }
  const v1::MedicationState empty;
  const v1::MedicationState* const states[] = {&empty};
  const auto told = [&](const v1::MedicationCommand& command, const std::string& role) {
    return Told(MedicationDecider::Decide(states, command, {.received_micros = kNow, .new_id = kNewId, .roles = {role}},
                                          {.others = {}, .rules = ShelfOf(tables)}));
  };
  const v1::MedicationCommand much = Prescribe(Morphine("90"));
  EXPECT_EQ(told(much, "chief"), kBlocked);
  EXPECT_EQ(told(Overriding("mme-90", much), "clinician"), "OVERRIDE_NOT_PERMITTED");
  EXPECT_EQ(told(Overriding("mme-90", much), "chief"), "OrderPrescribed: block mme-90 (overridden)");
  tables = TablesWithOnly({"mme-90", "pdmp-initiation"});
  for (v1::RuleTable& table : tables) {
    if (table.has_safety()) table.mutable_safety()->add_override_roles("chief");
  }
  EXPECT_EQ(told(Overriding("mme-90", much), "clinician"), kBlocked) << "what nobody overrode comes first";
}

}  // namespace
}  // namespace anamnesis::medication
