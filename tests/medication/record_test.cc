// Fills and doses under an order.
#include <gtest/gtest.h>

#include "base/clock.h"
#include "tests/medication/builders.h"

namespace anamnesis::medication {
namespace {

struct Case {
  const char* name;
  std::vector<v1::MedicationCommand> given;
  v1::MedicationCommand when;
  v1::MedicationFacts facts;
  const char* then;
};

class RecordRules : public testing::TestWithParam<Case> {};

TEST_P(RecordRules, Hold) {
  const v1::MedicationState state = After(GetParam().given);
  EXPECT_EQ(Told(DecideOn(state, GetParam().when, GetParam().facts)), GetParam().then);
  EXPECT_EQ(Told(DecideOn(state, GetParam().when, GetParam().facts)), GetParam().then) << "asked twice";
}

const Case kCases[] = {
  // clang-format off
    {"AFillOfAnActiveOrder",              {Prescribe()}, Dispense(), {}, "DispenseRecorded"},
    {"ADoseOfAnActiveOrder",              {Prescribe()}, Administer(), {}, "AdministrationRecorded"},
    {"AnotherFill",                       {Prescribe(), Dispense()}, Dispense(kNewId), {}, "DispenseRecorded"},
    {"AnotherDose",                       {Prescribe(), Administer()}, Administer(kNewId), {}, "AdministrationRecorded"},
    {"AFillIsRecordedOnce",               {Prescribe(), Dispense()}, Dispense(), {}, "DISPENSE_ALREADY_EXISTS"},
    {"ADoseIsRecordedOnce",               {Prescribe(), Administer()}, Administer(), {}, "ADMINISTRATION_ALREADY_EXISTS"},
    {"ExistsBeatsEnded",                  {Prescribe(), Administer(), Discontinue()}, Administer(), {}, "ADMINISTRATION_ALREADY_EXISTS"},
    {"ADoseAndAFillMayShareAnId",         {Prescribe(), Dispense(kDose)}, Administer(kDose), {}, "AdministrationRecorded"},
    {"ADoseOfTheOrderAsSeen",             {Prescribe(), ChangeDose()}, Seen(2, Administer()), {}, "AdministrationRecorded"},
    {"NoDoseOfAnOrderThatChangedSince",   {Prescribe(), ChangeDose()}, Seen(1, Administer()), {}, "ETAG_MISMATCH"},
    {"NoFillOfAnOrderThatChangedSince",   {Prescribe(), ChangeDose()}, Seen(1, Dispense()), {}, "ETAG_MISMATCH"},
    {"EtagBeatsOnHold",                   {Prescribe(), Hold()}, Seen(1, Administer()), {}, "ETAG_MISMATCH"},
    {"TheLastDosesOfTheDead",             {Prescribe()}, Administer(), Deceased(), "AdministrationRecorded"},
    {"TheFillsOfTheMergedAway",           {Prescribe()}, Dispense(), MergedAway(), "DispenseRecorded"},
    // What another system reports.
    {"AFillReportedAfterTheEnd",          {Prescribe(), Discontinue()}, Reported(Dispense()), {}, "DispenseRecorded"},
    {"ADoseReportedAfterTheEnd",          {Prescribe(), Discontinue()}, Reported(Administer()), {}, "AdministrationRecorded"},
    {"ADoseReportedWhileOnHold",          {Prescribe(), Hold()}, Reported(Administer()), {}, "AdministrationRecorded"},
    {"ADoseReportedOfAnUnknownStatus",    {RecordOrder(In(v1::ORDER_STATUS_UNKNOWN))}, Reported(Administer()), {}, "AdministrationRecorded"},
    {"NoDoseReportedOfARetractedOrder",   {Prescribe(), Retract()}, Reported(Administer()), {}, "ORDER_RETRACTED"},
    {"NoFillReportedOfARetractedOrder",   {Prescribe(), Retract()}, Reported(Dispense()), {}, "ORDER_RETRACTED"},
    {"NoDoseReportedOfNoOrder",           {}, Reported(Administer()), {}, "ORDER_NOT_FOUND"},
    // Entered in error.
    {"ADoseIsRetracted",                  {Prescribe(), Administer()}, RetractDose(), {}, "AdministrationRetracted"},
    {"ADoseIsRetractedAfterTheEnd",       {Prescribe(), Administer(), Discontinue()}, RetractDose(), {}, "AdministrationRetracted"},
    {"ADoseIsRetractedWhileOnHold",       {Prescribe(), Administer(), Hold()}, RetractDose(), {}, "AdministrationRetracted"},
    {"ADoseOfTheDeadIsRetracted",         {Prescribe(), Administer()}, RetractDose(), Deceased(), "AdministrationRetracted"},
    {"ADoseIsRetractedOnce",              {Prescribe(), Administer(), RetractDose()}, RetractDose(), {}, "ADMINISTRATION_RETRACTED"},
    {"ARetractedDoseKeepsItsId",          {Prescribe(), Administer(), RetractDose()}, Administer(), {}, "ADMINISTRATION_ALREADY_EXISTS"},
    {"NoDoseIsRetractedThatIsNotThere",   {Prescribe()}, RetractDose(), {}, "ADMINISTRATION_NOT_FOUND"},
    {"ARetractedOrderTakesItsDosesAlong", {Prescribe(), Administer(), Retract()}, RetractDose(), {}, "ORDER_RETRACTED"},
    {"OrderRetractedBeatsDoseRetracted",  {Prescribe(), Administer(), RetractDose(), Retract()}, RetractDose(), {}, "ORDER_RETRACTED"},
    {"ARetractionSaysWhy",                {Prescribe(), Administer()}, WithoutReason(RetractDose()), {}, "REASON_REQUIRED"},
    {"RetractedBeatsReason",              {Prescribe(), Administer(), RetractDose()}, WithoutReason(RetractDose()), {}, "ADMINISTRATION_RETRACTED"},
    {"TheEtagIsOfTheDose",                {Prescribe(), ChangeDose(), Administer()}, Seen(1, RetractDose()), {}, "AdministrationRetracted"},
    {"AnotherEtagIsStale",                {Prescribe(), ChangeDose(), Administer()}, Seen(2, RetractDose()), {}, "ETAG_MISMATCH"},
    {"EtagBeatsRetracted",                {Prescribe(), Administer(), RetractDose()}, Seen(1, RetractDose()), {}, "ETAG_MISMATCH"},
  // clang-format on
};

INSTANTIATE_TEST_SUITE_P(All, RecordRules, testing::ValuesIn(kCases), [](const auto& info) { return info.param.name; });

TEST(RecordTest, WhatIsDoneHereIsDoneNow) {
  const v1::MedicationState state = After({Prescribe()});
  const auto fill = DecideOn(state, Dispense(""));
  EXPECT_EQ(fill.resource_id, kNewId);
  EXPECT_EQ(fill.revision, 1);
  EXPECT_EQ(ToMicros(fill.events.at(0).event.dispense_recorded().dispense().handed_over()), kNow);

  const auto dose = DecideOn(state, Administer(""));
  EXPECT_EQ(dose.resource_id, kNewId);
  EXPECT_EQ(dose.revision, 1);
  const v1::Administration& given = dose.events.at(0).event.administration_recorded().administration();
  EXPECT_EQ(ToMicros(given.performed().start()), kNow);
  EXPECT_EQ(ToMicros(given.performed().end()), kNow);
}

TEST(RecordTest, ATimeThatIsSaidStays) {
  v1::MedicationCommand command = Administer();
  clinical::v1::Period& performed =
      *command.mutable_record_administration()->mutable_administration()->mutable_performed();
  *performed.mutable_start() = ToTimestamp(kNow - 5);
  const auto dose = DecideOn(After({Prescribe()}), command);
  EXPECT_EQ(dose.events.at(0).event.administration_recorded().administration().performed().SerializeAsString(),
            performed.SerializeAsString());
}

TEST(RecordTest, AReportedTimeThatIsUnknownStaysUnknown) {
  const v1::MedicationState state = After({Prescribe()});
  EXPECT_FALSE(
      DecideOn(state, Reported(Dispense())).events.at(0).event.dispense_recorded().dispense().has_handed_over());
  EXPECT_FALSE(DecideOn(state, Reported(Administer()))
                   .events.at(0)
                   .event.administration_recorded()
                   .administration()
                   .has_performed());
}

TEST(RecordTest, ARetractionNamesTheOrder) {
  const auto decision = DecideOn(After({Prescribe(), Administer()}), RetractDose());
  const v1::AdministrationRetracted& event = decision.events.at(0).event.administration_retracted();
  EXPECT_EQ(event.order_id(), kOrder);
  EXPECT_EQ(event.reason(), "as discussed");
  EXPECT_EQ(event.revision(), 2);
  EXPECT_EQ(decision.resource_id, kDose);
}

}  // namespace
}  // namespace anamnesis::medication
