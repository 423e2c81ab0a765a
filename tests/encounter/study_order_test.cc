// Orders for studies: what is taken and what is refused, where they stand.
#include <gtest/gtest.h>

#include "base/clock.h"
#include "tests/encounter/care_builders.h"

namespace anamnesis::encounter {
namespace {

using enum v1::StudyOrderStatus;

// What every command comes to for an order in one status, however it got there.
struct Row {
  const char* status;
  std::vector<std::vector<v1::EncounterCommand>> ways;
  const char *schedule, *complete, *cancel, *retract;
};

const std::vector<Row>& Matrix() {
  static const auto* rows = new std::vector<Row>{
  // clang-format off
      {"not there", {{}},
       "RESOURCE_NOT_FOUND", "RESOURCE_NOT_FOUND", "RESOURCE_NOT_FOUND", "RESOURCE_NOT_FOUND"},
      {"ordered", {{OrderStudy()}, {RecordStudyOrder(STUDY_ORDER_STATUS_ORDERED)}},
       "StudyScheduled", "STUDY_NOT_SCHEDULED", "StudyCancelled", "StudyOrderRetracted"},
      {"scheduled", {{OrderStudy(), ScheduleStudy()}, {OrderStudy(), ScheduleStudy(), ScheduleStudy()}, {RecordStudyOrder(STUDY_ORDER_STATUS_SCHEDULED)}},
       "StudyScheduled", "StudyCompleted", "StudyCancelled", "StudyOrderRetracted"},
      {"completed", {{OrderStudy(), ScheduleStudy(), CompleteStudy()}, {RecordStudyOrder(STUDY_ORDER_STATUS_COMPLETED)}},
       "STUDY_ORDER_COMPLETED", "STUDY_ORDER_COMPLETED", "STUDY_ORDER_COMPLETED", "StudyOrderRetracted"},
      {"cancelled", {{OrderStudy(), CancelStudy()}, {OrderStudy(), ScheduleStudy(), CancelStudy()}, {RecordStudyOrder(STUDY_ORDER_STATUS_CANCELLED)}},
       "STUDY_ORDER_CANCELLED", "STUDY_ORDER_CANCELLED", "STUDY_ORDER_CANCELLED", "StudyOrderRetracted"},
      {"not known", {{RecordStudyOrder(STUDY_ORDER_STATUS_UNSPECIFIED)}},
       "StudyScheduled", "STUDY_NOT_SCHEDULED", "StudyCancelled", "StudyOrderRetracted"},
      {"entered in error", {{OrderStudy(), RetractStudyOrder()}},
       "RESOURCE_RETRACTED", "RESOURCE_RETRACTED", "RESOURCE_RETRACTED", "RESOURCE_RETRACTED"},
  // clang-format on
  };
  return *rows;
}

TEST(StudyOrderTest, EveryCommandInEveryStatus) {
  for (const Row& row : Matrix()) {
    for (size_t way = 0; way < row.ways.size(); ++way) {
      SCOPED_TRACE(testing::Message() << row.status << ", way " << way);
      const v1::EncounterState state = After(row.ways[way]);
      EXPECT_EQ(Told(DecideOn(state, ScheduleStudy())), row.schedule);
      EXPECT_EQ(Told(DecideOn(state, CompleteStudy())), row.complete);
      EXPECT_EQ(Told(DecideOn(state, CancelStudy())), row.cancel);
      EXPECT_EQ(Told(DecideOn(state, RetractStudyOrder())), row.retract);
    }
  }
}

v1::EncounterCommand WithoutResult() {
  v1::EncounterCommand command = CompleteStudy();
  command.mutable_complete_study()->clear_diagnostic_report_id();
  return command;
}
v1::EncounterCommand WithImages() {
  v1::EncounterCommand command = WithoutResult();
  command.mutable_complete_study()->set_imaging_study_id(kNewId);
  return command;
}

struct Case {
  const char* name;
  std::vector<v1::EncounterCommand> given;
  v1::EncounterCommand when;
  v1::PatientFacts facts;
  const char* then;
};

class StudyOrderRules : public testing::TestWithParam<Case> {};

TEST_P(StudyOrderRules, Hold) {
  const v1::EncounterState state = After(GetParam().given);
  EXPECT_EQ(Told(DecideOn(state, GetParam().when, GetParam().facts)), GetParam().then);
  EXPECT_EQ(Told(DecideOn(state, GetParam().when, GetParam().facts)), GetParam().then) << "asked twice";
}

INSTANTIATE_TEST_SUITE_P(
    , StudyOrderRules,
    testing::ValuesIn(std::vector<Case>{
  // clang-format off
        {"AnIdIsTakenOnce",           {OrderStudy()},                  OrderStudy(),                       {},                      "RESOURCE_ALREADY_EXISTS"},
        {"HistoryTakesAnIdOnce",      {OrderStudy()},                  RecordStudyOrder(STUDY_ORDER_STATUS_COMPLETED), {},          "RESOURCE_ALREADY_EXISTS"},
        {"NotForTheDead",             {},                              OrderStudy(),                       Deceased(),              "PATIENT_DECEASED"},
        {"TakenIdBeatsDeceased",      {OrderStudy()},                  OrderStudy(),                       Deceased(),              "RESOURCE_ALREADY_EXISTS"},
        {"MergedBeatsTakenId",        {OrderStudy()},                  OrderStudy(),                       MergedAwayAndDeceased(), "PATIENT_MERGED_AWAY"},
        {"HistoryOfTheDeadIsTaken",   {},                              RecordStudyOrder(STUDY_ORDER_STATUS_COMPLETED), MergedAwayAndDeceased(), "StudyOrderRecorded"},
        {"TheDeadAreNotScheduled",    {OrderStudy()},                  ScheduleStudy(),                    Deceased(),              "PATIENT_DECEASED"},
        {"DeceasedBeatsCompleted",    {RecordStudyOrder(STUDY_ORDER_STATUS_COMPLETED)}, ScheduleStudy(),   Deceased(),              "PATIENT_DECEASED"},
        {"TheMergedAreNotScheduled",  {OrderStudy()},                  ScheduleStudy(),                    MergedAway(),            "PATIENT_MERGED_AWAY"},
        {"AResultMayFollowADeath",    {OrderStudy(), ScheduleStudy()}, CompleteStudy(),                    Deceased(),              "StudyCompleted"},
        {"WithoutResultItIsNotDone",  {OrderStudy(), ScheduleStudy()}, WithoutResult(),                    {},                      "STUDY_RESULT_REQUIRED"},
        {"ImagesAreAResult",          {OrderStudy(), ScheduleStudy()}, WithImages(),                       {},                      "StudyCompleted"},
        {"StatusBeatsResult",         {OrderStudy()},                  WithoutResult(),                    {},                      "STUDY_NOT_SCHEDULED"},
        {"DoneWhenOrdered",           {OrderStudy(), ScheduleStudy()}, At(kNow, CompleteStudy()),          {},                      "StudyCompleted"},
        {"NotDoneBeforeOrdered",      {OrderStudy(), ScheduleStudy()}, At(kNow - 1, CompleteStudy()),      {},                      "END_BEFORE_START"},
        {"TimeBeatsStatus",           {OrderStudy()},                  At(kNow - 1, CompleteStudy()),      {},                      "END_BEFORE_START"},
        {"UnknownTimesAreNotCompared", {RecordStudyOrder(STUDY_ORDER_STATUS_SCHEDULED)}, At(kNow - 1, CompleteStudy()), {},          "StudyCompleted"},
        {"CancellingSaysWhy",         {OrderStudy()},                  WithoutReason(CancelStudy()),       {},                      "REASON_REQUIRED"},
        {"ReasonBeatsCompleted",      {RecordStudyOrder(STUDY_ORDER_STATUS_COMPLETED)}, WithoutReason(CancelStudy()), {},             "REASON_REQUIRED"},
        {"RetractingSaysWhy",         {OrderStudy()},                  WithoutReason(RetractStudyOrder()), {},                      "REASON_REQUIRED"},
        {"AFreshEtagIsTaken",         {OrderStudy(), ScheduleStudy()}, Seen(2, CompleteStudy()),           {},                      "StudyCompleted"},
        {"AStaleEtagIsRefused",       {OrderStudy(), ScheduleStudy()}, Seen(1, CompleteStudy()),           {},                      "ETAG_MISMATCH"},
  // clang-format on
}),
    [](const auto& info) { return info.param.name; });

TEST(StudyOrderTest, OrderingMakesItOrderedNow) {
  v1::EncounterCommand command = OrderStudy("");
  command.mutable_order_study()->mutable_study_order()->set_status(STUDY_ORDER_STATUS_COMPLETED);
  const v1::StudyOrder order = EventOfLast({command}).study_ordered().study_order();
  EXPECT_EQ(order.status(), STUDY_ORDER_STATUS_ORDERED);
  EXPECT_EQ(order.id(), kNewId);
  EXPECT_EQ(ToMicros(order.ordered_time()), kNow);
}

TEST(StudyOrderTest, TheEndNamesTheResult) {
  const v1::StudyCompleted completed = EventOfLast({OrderStudy(), ScheduleStudy(), CompleteStudy()}).study_completed();
  EXPECT_EQ(completed.diagnostic_report_id(), kNewId);
  EXPECT_EQ(ToMicros(completed.completed_time()), kNow);
  EXPECT_EQ(completed.revision(), 3u);
}

}  // namespace
}  // namespace anamnesis::encounter
