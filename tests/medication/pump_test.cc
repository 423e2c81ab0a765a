// Intrathecal pumps: what flows, when it is to be filled again, the limits of each drug, and what is refused.
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "base/clock.h"
#include "base/refusal.h"
#include "gmock/gmock.h"
#include "services/medication/domain/dose/pump_flow.h"
#include "tests/medication/builders.h"
#include "tests/medication/dosing.h"
#include "tests/medication/tables.h"

namespace anamnesis::medication {
namespace {

constexpr char kPump[] = "00000000-0000-4000-8000-0000000000b0";
constexpr char kOtherPump[] = "00000000-0000-4000-8000-0000000000b1";
constexpr char kRefill[] = "00000000-0000-4000-8000-0000000000b2";
constexpr char kBolus[] = "00000000-0000-4000-8000-0000000000b3";
constexpr char kZiconotide[] = "68503", kHydromorphone[] = "3423", kBupivacaine[] = "1815", kFentanyl[] = "4337",
               kClonidine[] = "2599", kDiazepam[] = "3322", kBaclofen[] = "1292";
constexpr char kBlocked[] = "SAFETY_OVERRIDE_REQUIRED";

struct Drug {
  const char* rxnorm;
  std::string concentration;
  std::string daily_dose;
};

v1::PumpProgramme Programme(const std::vector<Drug>& drugs, const std::string& reservoir = "20 mL",
                            const std::string& alarm = "2 mL") {
  v1::PumpProgramme programme;
  programme.set_id(kPump);
  programme.set_order_id(kOrder);
  for (const Drug& drug : drugs) {
    v1::PumpDrug& added = *programme.add_drugs();
    *added.mutable_substance() = RxNorm(drug.rxnorm);
    *added.mutable_concentration() = Of(drug.concentration);
    *added.mutable_daily_dose() = Of(drug.daily_dose);
  }
  if (!reservoir.empty()) *programme.mutable_reservoir_volume() = Of(reservoir);
  if (!alarm.empty()) *programme.mutable_alarm_volume() = Of(alarm);
  return programme;
}

v1::PumpProgramme Morphine(const std::string& daily_dose = "5 mg/d") {
  return Programme({
      {kMorphine, "20 mg/mL", daily_dose}
  });
}

v1::PumpProgramme WithBolus(v1::PumpProgramme programme, const std::string& dose, uint32_t most_per_day) {
  *programme.mutable_patient_bolus()->mutable_dose() = Of(dose);
  programme.mutable_patient_bolus()->set_most_per_day(most_per_day);
  return programme;
}

v1::MedicationCommand Set(v1::PumpProgramme programme, std::string_view id = kPump) {
  v1::MedicationCommand command;
  programme.set_id(std::string(id));
  command.mutable_programme_pump()->set_patient_id(kPatient);
  *command.mutable_programme_pump()->mutable_programme() = std::move(programme);
  return command;
}

v1::MedicationCommand Fill(const std::string& volume = "20 mL", const std::string& residual = "2 mL") {
  v1::MedicationCommand command;
  command.mutable_refill_pump()->set_patient_id(kPatient);
  v1::PumpRefill& refill = *command.mutable_refill_pump()->mutable_refill();
  refill.set_id(kRefill);
  refill.set_programme_id(kPump);
  *refill.mutable_reservoir_volume() = Of(volume);
  *refill.mutable_residual() = Of(residual);
  return command;
}

v1::MedicationCommand Bolus(const std::string& dose = "0.1 mg") {
  v1::MedicationCommand command;
  command.mutable_record_pump_bolus()->set_patient_id(kPatient);
  v1::PumpBolus& bolus = *command.mutable_record_pump_bolus()->mutable_bolus();
  bolus.set_id(kBolus);
  bolus.set_programme_id(kPump);
  *bolus.mutable_dose() = Of(dose);
  return command;
}

v1::MedicationCommand Stop() {
  v1::MedicationCommand command;
  command.mutable_stop_pump()->set_patient_id(kPatient);
  command.mutable_stop_pump()->set_programme_id(kPump);
  command.mutable_stop_pump()->mutable_context()->set_reason("infection of the pocket");
  return command;
}

v1::MedicationCommand RetractRecordOf(std::string_view id) {
  v1::MedicationCommand command;
  command.mutable_retract_pump_record()->set_patient_id(kPatient);
  command.mutable_retract_pump_record()->set_record_id(std::string(id));
  command.mutable_retract_pump_record()->mutable_context()->set_reason("another patient's");
  return command;
}

// An order for what is in the pump.
v1::MedicationCommand ForPump() {
  return Prescribe(OrderOf({kMorphine}));
}

struct Case {
  const char* name;
  std::vector<v1::MedicationCommand> given;
  v1::MedicationCommand when;
  v1::MedicationFacts facts;
  const char* then;
};

class PumpRules : public testing::TestWithParam<Case> {};

TEST_P(PumpRules, Hold) {
  const auto rules = ShelfOf(TablesWithOnly({"opioid-cns-depressant"}));
  const auto silent = ShelfOf(TablesWithOnly({}));
  EXPECT_EQ(Told(DecideOn(After(GetParam().given, silent), GetParam().when, GetParam().facts, rules)), GetParam().then);
}

const Case kCases[] = {
  // clang-format off
    // The limits of each drug: at, above.
    {"ZiconotideAtItsStart",   {ForPump()}, Set(Programme({{kZiconotide, "25 ug/mL", "2.4 ug/d"}})), {}, "PumpProgrammed"},
    {"ZiconotideBelowItsStart", {ForPump()}, Set(Programme({{kZiconotide, "25 ug/mL", "0.1 ug/h"}})), {}, "PumpProgrammed"},
    {"ZiconotideAboveItsStart", {ForPump()}, Set(Programme({{kZiconotide, "25 ug/mL", "2.5 ug/d"}})), {}, kBlocked},
    {"ZiconotideOverridden",   {ForPump()}, Overriding("intrathecal-start", Set(Programme({{kZiconotide, "25 ug/mL", "2.5 ug/d"}}))), {}, "PumpProgrammed: block intrathecal-start (overridden)"},
    {"ZiconotideAStep",        {ForPump(), Set(Programme({{kZiconotide, "25 ug/mL", "2.4 ug/d"}}))}, Set(Programme({{kZiconotide, "25 ug/mL", "4.8 ug/d"}}), kOtherPump), {}, "PumpProgrammed"},
    {"ZiconotideMoreThanAStep", {ForPump(), Set(Programme({{kZiconotide, "25 ug/mL", "2.4 ug/d"}}))}, Set(Programme({{kZiconotide, "25 ug/mL", "4.81 ug/d"}}), kOtherPump), {}, kBlocked},
    {"ZiconotideBeginsAnewAfterAStop", {ForPump(), Set(Programme({{kZiconotide, "25 ug/mL", "2.4 ug/d"}})), Stop()}, Set(Programme({{kZiconotide, "25 ug/mL", "4.8 ug/d"}}), kOtherPump), {}, kBlocked},
    {"ZiconotideAtItsMost",    {ForPump(), Overriding("intrathecal-start", Set(Programme({{kZiconotide, "25 ug/mL", "16.8 ug/d"}})))}, Set(Programme({{kZiconotide, "25 ug/mL", "19.2 ug/d"}}), kOtherPump), {}, "PumpProgrammed"},
    {"ZiconotideAboveItsMost", {ForPump(), Overriding("intrathecal-start", Set(Programme({{kZiconotide, "25 ug/mL", "17 ug/d"}})))}, Set(Programme({{kZiconotide, "25 ug/mL", "19.21 ug/d"}}), kOtherPump), {}, kBlocked},
    {"ZiconotideAStepOverridden", {ForPump(), Set(Programme({{kZiconotide, "25 ug/mL", "2.4 ug/d"}}))}, Overriding("intrathecal-step", Set(Programme({{kZiconotide, "25 ug/mL", "4.81 ug/d"}}), kOtherPump)), {}, "PumpProgrammed: block intrathecal-step (overridden)"},
    {"MorphineOverridden",     {ForPump()}, Overriding("intrathecal-max", Set(Morphine("15.1 mg/d"))), {}, "PumpProgrammed: block intrathecal-max (overridden)"},
    {"DeathBeatsLimits",       {ForPump()}, Set(Morphine("16 mg/d")), Deceased(), "PATIENT_DECEASED"},
    {"FilledOnce",             {ForPump(), Set(Morphine()), Fill()}, Fill(), {}, "PUMP_RECORD_ALREADY_EXISTS"},
    {"StoppedBeatsNoReason",   {ForPump(), Set(Morphine()), Stop()}, WithoutReason(Stop()), {}, "PUMP_NOT_RUNNING"},
    {"NothingToRetract",       {ForPump()}, RetractRecordOf(kPump), {}, "PUMP_RECORD_NOT_FOUND"},
    {"MorphineAtItsMost",      {ForPump()}, Set(Morphine("15 mg/d")), {}, "PumpProgrammed"},
    {"MorphineAboveItsMost",   {ForPump()}, Set(Morphine("15.1 mg/d")), {}, kBlocked},
    {"BolusesCount",           {ForPump()}, Set(WithBolus(Morphine("14 mg/d"), "0.5 mg", 3)), {}, kBlocked},
    {"BolusesUpToTheMost",     {ForPump()}, Set(WithBolus(Morphine("14 mg/d"), "0.5 mg", 2)), {}, "PumpProgrammed"},
    {"HydromorphoneAtItsMost", {ForPump()}, Set(Programme({{kHydromorphone, "10 mg/mL", "10 mg/d"}})), {}, "PumpProgrammed"},
    {"HydromorphoneAboveItsMost", {ForPump()}, Set(Programme({{kHydromorphone, "10 mg/mL", "10.1 mg/d"}})), {}, kBlocked},
    {"BupivacaineAtItsMost",   {ForPump()}, Set(Programme({{kBupivacaine, "20 mg/mL", "20 mg/d"}})), {}, "PumpProgrammed"},
    {"BupivacaineAboveItsMost", {ForPump()}, Set(Programme({{kBupivacaine, "20 mg/mL", "20.1 mg/d"}})), {}, kBlocked},
    {"FentanylAtItsMost",      {ForPump()}, Set(Programme({{kFentanyl, "1 mg/mL", "1000 ug/d"}})), {}, "PumpProgrammed"},
    {"FentanylAboveItsMost",   {ForPump()}, Set(Programme({{kFentanyl, "1 mg/mL", "1001 ug/d"}})), {}, kBlocked},
    {"ClonidineAtItsMost",     {ForPump()}, Set(Programme({{kClonidine, "2 mg/mL", "600 ug/d"}})), {}, "PumpProgrammed"},
    {"ClonidineAboveItsMost",  {ForPump()}, Set(Programme({{kClonidine, "2 mg/mL", "601 ug/d"}})), {}, kBlocked},
    {"WithoutAKnownLimit",     {ForPump()}, Set(Programme({{kBaclofen, "2 mg/mL", "0.1 mg/d"}})), {}, "PumpProgrammed: warn intrathecal-unlisted"},
    {"ASecondDrugCounts",      {ForPump()}, Set(Programme({{kMorphine, "10 mg/mL", "10 mg/d"}, {kBupivacaine, "30 mg/mL", "30 mg/d"}})), {}, kBlocked},
    // It is judged as the order's dose, too.
    {"WithABenzodiazepine",    {ForPump(), Prescribe(OrderOf({kDiazepam}, kOtherOrder))}, Set(Morphine()), {}, kBlocked},
    {"AllergicToTheDrug",      {ForPump()}, Set(Programme({{kClonidine, "2 mg/mL", "100 ug/d"}})), Knowing({AllergyTo(kClonidine)}), kBlocked},
    {"ForTheDead",             {ForPump()}, Set(Morphine()), Deceased(), "PATIENT_DECEASED"},
    // What cannot be computed.
    {"NoConcentration",        {ForPump()}, Set(Programme({{kMorphine, "20 mg", "5 mg/d"}})), {}, "PUMP_QUANTITY_INVALID"},
    {"NoDailyDose",            {ForPump()}, Set(Programme({{kMorphine, "20 mg/mL", "5 mg"}})), {}, "PUMP_QUANTITY_INVALID"},
    {"ADoseOfNothing",         {ForPump()}, Set(Programme({{kMorphine, "20 mg/mL", "0 mg/d"}})), {}, "PUMP_QUANTITY_INVALID"},
    {"ABoundIsNoDose",         {ForPump()}, Set(Programme({{kMorphine, "20 mg/mL", "<5 mg/d"}})), {}, "PUMP_QUANTITY_INVALID"},
    {"AVolumeInMilligrams",    {ForPump()}, Set(Programme({{kMorphine, "20 mg/mL", "5 mg/d"}}, "20 mg")), {}, "PUMP_QUANTITY_INVALID"},
    {"OneFluidFlowsAtOneRate", {ForPump()}, Set(Programme({{kMorphine, "10 mg/mL", "5 mg/d"}, {kBupivacaine, "10 mg/mL", "5.06 mg/d"}})), {}, "PUMP_DOSES_DISAGREE"},
    {"ToAHundredth",           {ForPump()}, Set(Programme({{kMorphine, "10 mg/mL", "5 mg/d"}, {kBupivacaine, "10 mg/mL", "5.05 mg/d"}})), {}, "PumpProgrammed"},
    {"QuantityBeatsDeath",     {ForPump()}, Set(Programme({{kMorphine, "20 mg", "5 mg/d"}})), Deceased(), "PUMP_QUANTITY_INVALID"},
    // Where it stands.
    {"UnderNoOrder",           {}, Set(Morphine()), {}, "ORDER_NOT_FOUND"},
    {"UnderAnOrderOnHold",     {ForPump(), Hold()}, Set(Morphine()), {}, "ORDER_ON_HOLD"},
    {"Once",                   {ForPump(), Set(Morphine())}, Set(Morphine()), {}, "PUMP_RECORD_ALREADY_EXISTS"},
    {"AnewAsSeenBefore",       {ForPump(), Set(Morphine())}, Seen(2, Set(Morphine(), kOtherPump)), {}, "ETAG_MISMATCH"},
    {"Anew",                   {ForPump(), Set(Morphine())}, Seen(1, Set(Morphine(), kOtherPump)), {}, "PumpProgrammed"},
    {"Filled",                 {ForPump(), Set(Morphine())}, Fill(), {}, "PumpRefilled"},
    {"FilledWithNothing",      {ForPump(), Set(Morphine())}, Fill("0 mL"), {}, "PUMP_QUANTITY_INVALID"},
    {"FilledOfNoProgramme",    {ForPump()}, Fill(), {}, "PUMP_RECORD_NOT_FOUND"},
    {"FilledAfterAStop",       {ForPump(), Set(Morphine()), Stop()}, Fill(), {}, "PUMP_NOT_RUNNING"},
    {"FilledAfterAnother",     {ForPump(), Set(Morphine()), Set(Morphine(), kOtherPump)}, Fill(), {}, "PUMP_NOT_RUNNING"},
    {"ABolus",                 {ForPump(), Set(Morphine())}, Bolus(), {}, "PumpBolusRecorded"},
    {"ABolusByVolume",         {ForPump(), Set(Morphine())}, Bolus("1 mL"), {}, "PUMP_QUANTITY_INVALID"},
    {"ABolusOfARefill",        {ForPump(), Set(Morphine()), Fill()}, [] { auto bolus = Bolus(); bolus.mutable_record_pump_bolus()->mutable_bolus()->set_programme_id(kRefill); return bolus; }(), {}, "PUMP_RECORD_NOT_FOUND"},
    {"Stopped",                {ForPump(), Set(Morphine())}, Stop(), {}, "PumpStopped"},
    {"StoppedForAReason",      {ForPump(), Set(Morphine())}, WithoutReason(Stop()), {}, "REASON_REQUIRED"},
    {"StoppedOnce",            {ForPump(), Set(Morphine()), Stop()}, Stop(), {}, "PUMP_NOT_RUNNING"},
    {"RetractedForAReason",    {ForPump(), Set(Morphine())}, WithoutReason(RetractRecordOf(kPump)), {}, "REASON_REQUIRED"},
    {"Retracted",              {ForPump(), Set(Morphine()), Bolus()}, RetractRecordOf(kBolus), {}, "PumpRecordRetracted"},
    {"RetractedOnce",          {ForPump(), Set(Morphine()), RetractRecordOf(kPump)}, RetractRecordOf(kPump), {}, "PUMP_RECORD_RETRACTED"},
    // Which refusal comes first.
    {"FillExistsBeatsNotFound", {ForPump(), Set(Morphine()), Fill()}, [] { auto fill = Fill(); fill.mutable_refill_pump()->mutable_refill()->set_programme_id(kNewId); return fill; }(), {}, "PUMP_RECORD_ALREADY_EXISTS"},
    {"FillEtagBeatsStopped",   {ForPump(), Set(Morphine()), Stop()}, Seen(1, Fill()), {}, "ETAG_MISMATCH"},
    {"FillStoppedBeatsQuantity", {ForPump(), Set(Morphine()), Stop()}, Fill("0 mL"), {}, "PUMP_NOT_RUNNING"},
    {"BolusExistsBeatsStopped", {ForPump(), Set(Morphine()), Bolus(), Stop()}, Bolus(), {}, "PUMP_RECORD_ALREADY_EXISTS"},
    {"BolusEtagBeatsStopped",  {ForPump(), Set(Morphine()), Stop()}, Seen(1, Bolus()), {}, "ETAG_MISMATCH"},
    {"BolusStoppedBeatsQuantity", {ForPump(), Set(Morphine()), Stop()}, Bolus("1 mL"), {}, "PUMP_NOT_RUNNING"},
    {"RetractEtagBeatsRetracted", {ForPump(), Set(Morphine()), RetractRecordOf(kPump)}, Seen(1, RetractRecordOf(kPump)), {}, "ETAG_MISMATCH"},
    {"RetractedBeatsNoReason", {ForPump(), Set(Morphine()), RetractRecordOf(kPump)}, WithoutReason(RetractRecordOf(kPump)), {}, "PUMP_RECORD_RETRACTED"},
    {"FilledAfterARetraction", {ForPump(), Set(Morphine()), RetractRecordOf(kPump)}, Fill(), {}, "PUMP_RECORD_RETRACTED"},
  // clang-format on
};

INSTANTIATE_TEST_SUITE_P(All, PumpRules, testing::ValuesIn(kCases), [](const auto& info) { return info.param.name; });

// How many days after kNow, to the hundredth.
std::string Days(const google::protobuf::Timestamp& time) {
  return DecimalText(Exact(ToMicros(time) - kNow) / Exact(kMicrosOfDay), 2);
}

v1::RefillDue DueOf(const v1::PumpProgramme& programme) {
  const auto flow = FlowOf(programme);
  EXPECT_TRUE(flow.ok()) << flow.status();
  return RefillDueOf(*flow, flow->reservoir_ml, kNow).value_or(v1::RefillDue());
}

TEST(RefillDue, IsWhenTheAlarmVolumeIsReached) {
  // (20 − 2) ÷ (5 ÷ 20) = 72 days.
  EXPECT_EQ(Days(DueOf(Morphine()).due()), "72");
  EXPECT_EQ(DueOf(Morphine()).ml_per_day(), "0.25");
  EXPECT_FALSE(DueOf(Morphine()).has_earliest());
  // 2.4 ug/d of 25 ug/mL: 18 ÷ 0.096 = 187.5 days.
  EXPECT_EQ(Days(DueOf(Programme({
                           {kZiconotide, "25 ug/mL", "2.4 ug/d"}
  }))
                     .due()),
            "187.5");
  EXPECT_EQ(Days(DueOf(Programme(
                           {
                               {kMorphine, "20 mg/mL", "5 mg/d"}
  },
                           "2 mL", "2 mL"))
                     .due()),
            "0");
  EXPECT_EQ(Days(DueOf(Programme(
                           {
                               {kMorphine, "20 mg/mL", "5 mg/d"}
  },
                           "1 mL", "2 mL"))
                     .due()),
            "0");
}

TEST(RefillDue, IsNeverLaterThanCanBeWritten) {
  // 18 mL at 1 ng a day of 20 mg/mL would last for a million years.
  const v1::RefillDue due = DueOf(Programme({
      {kMorphine, "20 mg/mL", "0.001 ug/d"}
  }));
  EXPECT_EQ(Days(due.due()), "36525");
}

TEST(RefillDue, WithAllBolusesIsEarlier) {
  // 5 mg + 10 × 0.1 mg = 6 mg a day: 18 ÷ (6 ÷ 20) = 60 days.
  const v1::RefillDue due = DueOf(WithBolus(Morphine(), "0.1 mg", 10));
  EXPECT_EQ(Days(due.due()), "72");
  EXPECT_EQ(Days(due.earliest()), "60");
}

TEST(RefillDue, IsUnknownWhereAVolumeIs) {
  EXPECT_FALSE(DueOf(Programme(
                         {
                             {kMorphine, "20 mg/mL", "5 mg/d"}
  },
                         "", "2 mL"))
                   .has_due());
  EXPECT_FALSE(DueOf(Programme(
                         {
                             {kMorphine, "20 mg/mL", "5 mg/d"}
  },
                         "20 mL", ""))
                   .has_due());
}

TEST(Pump, ARefillSaysWhatShouldHaveBeenLeftAndWhenItIsDueAgain) {
  const auto silent = ShelfOf(TablesWithOnly({}));
  const v1::MedicationState state = After({ForPump(), On(0, Set(Morphine()))}, silent);
  const auto decision = DecideOn(state, On(70, Fill("20 mL", "3 mL")), {}, silent);
  const v1::PumpRefilled& refilled = decision.events.at(0).event.pump_refilled();
  EXPECT_EQ(refilled.expected_residual(), "2.5") << "20 − 70 × 0.25";
  EXPECT_EQ(Days(refilled.refill_due().due()), "142");
}

TEST(Pump, ARetractedRefillLeavesTheDueDateOfTheOneBefore) {
  const auto silent = ShelfOf(TablesWithOnly({}));
  const v1::MedicationState state = After({ForPump(), On(0, Set(Morphine())), On(70, Fill())}, silent);
  const auto decision = DecideOn(state, RetractRecordOf(kRefill), {}, silent);
  EXPECT_EQ(Days(decision.events.at(0).event.pump_record_retracted().refill_due().due()), "72");
}

TEST(Pump, WhatTheRulesRefuseIsRecordedAndRefusedAgain) {
  const Known known{.others = {}, .rules = ShelfOf(TablesWithOnly({}))};
  const v1::MedicationState before = After({ForPump()}, known.rules);
  const auto decision = DecideOn(before, Set(Morphine("16 mg/d")), {}, known.rules);
  ASSERT_EQ(decision.events.size(), 1u) << decision.refusal;
  const v1::MedicationEvent& recorded = decision.events[0].event;
  EXPECT_EQ(recorded.prescription_refused().programme().id(), kPump);
  const audit::v1::DecidedAgain again = Again(before, recorded, known);
  EXPECT_TRUE(again.same());
  EXPECT_THAT(again.stopped_by(), testing::ElementsAre("intrathecal-max"));
}

TEST(Pump, AProgrammeTakesThePlaceOfTheOneThatRan) {
  const auto silent = ShelfOf(TablesWithOnly({}));
  const v1::MedicationState state = After({ForPump(), Set(Morphine())}, silent);
  const auto decision = DecideOn(state, Set(Morphine("6 mg/d"), kOtherPump), {}, silent);
  EXPECT_EQ(decision.events.at(0).event.pump_programmed().replaces_id(), kPump);
}

}  // namespace
}  // namespace anamnesis::medication
