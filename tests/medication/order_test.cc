// The life of an order: what is taken and what is refused, where it stands.
#include <gtest/gtest.h>

#include "base/clock.h"
#include "base/refusal.h"
#include "tests/medication/builders.h"

namespace anamnesis::medication {
namespace {

// What every command comes to for an order in one status, however it got there.
struct Row {
  const char* status;
  std::vector<std::vector<v1::MedicationCommand>> ways;
  const char* change_dose;
  const char* hold;
  const char* resume;
  const char* discontinue;
  const char* retract;
  const char* dispense;
  const char* administer;
};

const std::vector<Row>& Matrix() {
  static const auto* rows = new std::vector<Row>{
  // clang-format off
      {"active", {{Prescribe()}, {Prescribe(), Hold(), Resume()}, {RecordOrder(In(v1::ORDER_STATUS_ACTIVE))}},
       "DoseChanged", "OrderHeld", "ORDER_NOT_ON_HOLD", "OrderDiscontinued", "OrderRetracted", "DispenseRecorded", "AdministrationRecorded"},
      {"on hold", {{Prescribe(), Hold()}, {RecordOrder(In(v1::ORDER_STATUS_ON_HOLD))}},
       "ORDER_ON_HOLD", "ORDER_ON_HOLD", "OrderResumed", "OrderDiscontinued", "OrderRetracted", "ORDER_ON_HOLD", "ORDER_ON_HOLD"},
      {"stopped", {{Prescribe(), Discontinue()}, {Prescribe(), Hold(), Discontinue()}, {RecordOrder(In(v1::ORDER_STATUS_STOPPED))}},
       "ORDER_ENDED", "ORDER_ENDED", "ORDER_ENDED", "ORDER_ENDED", "OrderRetracted", "ORDER_ENDED", "ORDER_ENDED"},
      {"completed", {{RecordOrder(In(v1::ORDER_STATUS_COMPLETED))}},
       "ORDER_ENDED", "ORDER_ENDED", "ORDER_ENDED", "ORDER_ENDED", "OrderRetracted", "ORDER_ENDED", "ORDER_ENDED"},
      {"cancelled", {{RecordOrder(In(v1::ORDER_STATUS_CANCELLED))}},
       "ORDER_ENDED", "ORDER_ENDED", "ORDER_ENDED", "ORDER_ENDED", "OrderRetracted", "ORDER_ENDED", "ORDER_ENDED"},
      {"draft", {{RecordOrder(In(v1::ORDER_STATUS_DRAFT))}},
       "ORDER_NOT_ACTIVE", "ORDER_NOT_ACTIVE", "ORDER_NOT_ON_HOLD", "OrderDiscontinued", "OrderRetracted", "ORDER_NOT_ACTIVE", "ORDER_NOT_ACTIVE"},
      {"unknown", {{RecordOrder(In(v1::ORDER_STATUS_UNKNOWN))}, {RecordOrder(In(v1::ORDER_STATUS_UNSPECIFIED))}},
       "ORDER_NOT_ACTIVE", "ORDER_NOT_ACTIVE", "ORDER_NOT_ON_HOLD", "OrderDiscontinued", "OrderRetracted", "ORDER_NOT_ACTIVE", "ORDER_NOT_ACTIVE"},
      {"entered in error", {{Prescribe(), Retract()}, {Prescribe(), Discontinue(), Retract()}, {RecordOrder(In(v1::ORDER_STATUS_ENTERED_IN_ERROR))}},
       "ORDER_RETRACTED", "ORDER_RETRACTED", "ORDER_RETRACTED", "ORDER_RETRACTED", "ORDER_RETRACTED", "ORDER_RETRACTED", "ORDER_RETRACTED"},
      {"not there", {{}},
       "ORDER_NOT_FOUND", "ORDER_NOT_FOUND", "ORDER_NOT_FOUND", "ORDER_NOT_FOUND", "ORDER_NOT_FOUND", "ORDER_NOT_FOUND", "ORDER_NOT_FOUND"},
  // clang-format on
  };
  return *rows;
}

TEST(OrderTest, EveryCommandInEveryStatus) {
  for (const Row& row : Matrix()) {
    for (size_t way = 0; way < row.ways.size(); ++way) {
      SCOPED_TRACE(testing::Message() << row.status << ", way " << way);
      const v1::MedicationState state = After(row.ways[way]);
      EXPECT_EQ(Told(DecideOn(state, ChangeDose())), row.change_dose);
      EXPECT_EQ(Told(DecideOn(state, Hold())), row.hold);
      EXPECT_EQ(Told(DecideOn(state, Resume())), row.resume);
      EXPECT_EQ(Told(DecideOn(state, Discontinue())), row.discontinue);
      EXPECT_EQ(Told(DecideOn(state, Retract())), row.retract);
      EXPECT_EQ(Told(DecideOn(state, Dispense())), row.dispense);
      EXPECT_EQ(Told(DecideOn(state, Administer())), row.administer);
    }
  }
}

struct Case {
  const char* name;
  std::vector<v1::MedicationCommand> given;
  v1::MedicationCommand when;
  v1::MedicationFacts facts;
  const char* then;
};

class OrderRules : public testing::TestWithParam<Case> {};

TEST_P(OrderRules, Hold) {
  const v1::MedicationState state = After(GetParam().given);
  EXPECT_EQ(Told(DecideOn(state, GetParam().when, GetParam().facts)), GetParam().then);
  EXPECT_EQ(Told(DecideOn(state, GetParam().when, GetParam().facts)), GetParam().then) << "asked twice";
}

const Case kCases[] = {
  // clang-format off
    // Who it may be prescribed to.
    {"APatientIsPrescribedTo",                {}, Prescribe(), {}, "OrderPrescribed"},
    {"TheDeadAreNotPrescribedTo",             {}, Prescribe(), Deceased(), "PATIENT_DECEASED"},
    {"TheMergedAwayAreNotPrescribedTo",       {}, Prescribe(), MergedAway(), "PATIENT_MERGED_AWAY"},
    {"MergedAwayBeatsDeceased",               {}, Prescribe(), MergedAwayAndDeceased(), "PATIENT_MERGED_AWAY"},
    {"NoDoseIsChangedForTheDead",             {Prescribe()}, ChangeDose(), Deceased(), "PATIENT_DECEASED"},
    {"NoDoseIsChangedForTheMergedAway",       {Prescribe()}, ChangeDose(), MergedAway(), "PATIENT_MERGED_AWAY"},
    {"NothingIsResumedForTheDead",            {Prescribe(), Hold()}, Resume(), Deceased(), "PATIENT_DECEASED"},
    {"NothingIsResumedForTheMergedAway",      {Prescribe(), Hold()}, Resume(), MergedAway(), "PATIENT_MERGED_AWAY"},
    {"TheOrderOfTheDeadIsHeld",               {Prescribe()}, Hold(), Deceased(), "OrderHeld"},
    {"TheOrderOfTheDeadIsDiscontinued",       {Prescribe()}, Discontinue(), Deceased(), "OrderDiscontinued"},
    {"TheOrderOfTheMergedAwayIsDiscontinued", {Prescribe()}, Discontinue(), MergedAway(), "OrderDiscontinued"},
    {"TheOrderOfTheDeadIsRetracted",          {Prescribe()}, Retract(), Deceased(), "OrderRetracted"},
    // History is taken.
    {"TheDeadHaveAHistory",                   {}, RecordOrder(In(v1::ORDER_STATUS_COMPLETED)), Deceased(), "OrderRecorded"},
    {"TheMergedAwayHaveAHistory",             {}, RecordOrder(In(v1::ORDER_STATUS_ACTIVE)), MergedAway(), "OrderRecorded"},
    {"AFactRaisesNoAlert",                    {}, RecordOrder(In(v1::ORDER_STATUS_ACTIVE)), Knowing({AllergyTo(kOxycodone)}), "OrderRecorded"},
    // Ids.
    {"AnOrderIsPrescribedOnce",               {Prescribe()}, Prescribe(), {}, "ORDER_ALREADY_EXISTS"},
    {"AnOrderIsRecordedOnce",                 {Prescribe()}, RecordOrder(Oxycodone()), {}, "ORDER_ALREADY_EXISTS"},
    {"ARetractedOrderKeepsItsId",             {Prescribe(), Retract()}, Prescribe(), {}, "ORDER_ALREADY_EXISTS"},
    {"ExistsBeatsStatus",                     {Prescribe()}, Prescribe(In(v1::ORDER_STATUS_DRAFT)), {}, "ORDER_ALREADY_EXISTS"},
    // A new order begins as active.
    {"PrescribedAsActive",                    {}, Prescribe(In(v1::ORDER_STATUS_ACTIVE)), {}, "OrderPrescribed"},
    {"NotPrescribedAsDraft",                  {}, Prescribe(In(v1::ORDER_STATUS_DRAFT)), {}, "STATUS_NOT_PRESCRIBABLE"},
    {"NotPrescribedAsCompleted",              {}, Prescribe(In(v1::ORDER_STATUS_COMPLETED)), {}, "STATUS_NOT_PRESCRIBABLE"},
    {"StatusBeatsDeceased",                   {}, Prescribe(In(v1::ORDER_STATUS_DRAFT)), Deceased(), "STATUS_NOT_PRESCRIBABLE"},
    // Reasons.
    {"AHoldSaysWhy",                          {Prescribe()}, WithoutReason(Hold()), {}, "REASON_REQUIRED"},
    {"AnEndSaysWhy",                          {Prescribe()}, WithoutReason(Discontinue()), {}, "REASON_REQUIRED"},
    {"ARetractionSaysWhy",                    {Prescribe()}, WithoutReason(Retract()), {}, "REASON_REQUIRED"},
    {"ADoseChangeNeedNotSayWhy",              {Prescribe()}, WithoutReason(ChangeDose()), {}, "DoseChanged"},
    {"AResumptionNeedNotSayWhy",              {Prescribe(), Hold()}, WithoutReason(Resume()), {}, "OrderResumed"},
    {"EndedBeatsReason",                      {Prescribe(), Discontinue()}, WithoutReason(Discontinue()), {}, "ORDER_ENDED"},
    {"OnHoldBeatsReason",                     {Prescribe(), Hold()}, WithoutReason(Hold()), {}, "ORDER_ON_HOLD"},
    {"RetractedBeatsReason",                  {Prescribe(), Retract()}, WithoutReason(Retract()), {}, "ORDER_RETRACTED"},
    // Etags.
    {"AFreshEtagChangesTheDose",              {Prescribe()}, Seen(1, ChangeDose()), {}, "DoseChanged"},
    {"AStaleEtagDoesNot",                     {Prescribe(), ChangeDose()}, Seen(1, ChangeDose()), {}, "ETAG_MISMATCH"},
    {"TheEtagGrowsWithEachChange",            {Prescribe(), ChangeDose(), Hold()}, Seen(3, Resume()), {}, "OrderResumed"},
    {"AStaleEtagHoldsNothing",                {Prescribe(), ChangeDose()}, Seen(1, Hold()), {}, "ETAG_MISMATCH"},
    {"AStaleEtagResumesNothing",              {Prescribe(), Hold()}, Seen(1, Resume()), {}, "ETAG_MISMATCH"},
    {"AStaleEtagEndsNothing",                 {Prescribe(), ChangeDose()}, Seen(1, Discontinue()), {}, "ETAG_MISMATCH"},
    {"AStaleEtagRetractsNothing",             {Prescribe(), ChangeDose()}, Seen(1, Retract()), {}, "ETAG_MISMATCH"},
    {"ADoseGivenMakesNobodyStale",            {Prescribe(), Administer(), Dispense()}, Seen(1, ChangeDose()), {}, "DoseChanged"},
    {"NotFoundBeatsEtag",                     {}, Seen(1, Hold()), {}, "ORDER_NOT_FOUND"},
    {"EtagBeatsEnded",                        {Prescribe(), Discontinue()}, Seen(1, Hold()), {}, "ETAG_MISMATCH"},
    {"EndedBeatsDeceased",                    {Prescribe(), Discontinue()}, ChangeDose(), Deceased(), "ORDER_ENDED"},
    {"OnHoldBeatsDeceased",                   {Prescribe(), Hold()}, ChangeDose(), Deceased(), "ORDER_ON_HOLD"},
    {"NotOnHoldBeatsDeceased",                {Prescribe()}, Resume(), Deceased(), "ORDER_NOT_ON_HOLD"},
    // Nothing at all.
    {"NoCommand",                             {}, {}, {}, "COMMAND_MISSING"},
  // clang-format on
};

INSTANTIATE_TEST_SUITE_P(All, OrderRules, testing::ValuesIn(kCases), [](const auto& info) { return info.param.name; });

TEST(OrderTest, TheSurvivorIsNamed) {
  const auto decision = DecideOn({}, Prescribe(), MergedAway());
  EXPECT_EQ(RefusalInfo(decision.refusal).metadata().at("survivor_id"), kSurvivor);
}

TEST(OrderTest, APrescriptionIsActiveAndDated) {
  const auto decision = DecideOn({}, Prescribe(Oxycodone("")));
  const v1::OrderPrescribed& event = decision.events.at(0).event.order_prescribed();
  EXPECT_EQ(decision.resource_id, kNewId);
  EXPECT_EQ(decision.revision, 1);
  EXPECT_EQ(event.order().id(), kNewId);
  EXPECT_EQ(event.order().status(), v1::ORDER_STATUS_ACTIVE);
  EXPECT_EQ(ToMicros(event.order().authored_on()), kNow);
  EXPECT_EQ(event.revision(), 1);
}

TEST(OrderTest, AFactIsKeptAsSaid) {
  v1::Order order = In(v1::ORDER_STATUS_UNKNOWN, Oxycodone(""));
  const auto decision = DecideOn({}, RecordOrder(order));
  order.set_id(kNewId);
  EXPECT_EQ(decision.events.at(0).event.order_recorded().order().SerializeAsString(), order.SerializeAsString());
}

TEST(OrderTest, ADoseChangeCarriesTheNewDosagesAndWhy) {
  const auto decision = DecideOn(After({Prescribe()}), ChangeDose("three tablets"));
  const v1::DoseChanged& event = decision.events.at(0).event.dose_changed();
  ASSERT_EQ(event.dosages_size(), 1);
  EXPECT_EQ(event.dosages(0).text(), "three tablets");
  EXPECT_EQ(event.order_id(), kOrder);
  EXPECT_EQ(event.reason(), "as discussed");
  EXPECT_EQ(event.revision(), 2);
  EXPECT_EQ(decision.revision, 2);
}

}  // namespace
}  // namespace anamnesis::medication
