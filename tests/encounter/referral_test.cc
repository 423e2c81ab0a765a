// Referrals out: what is taken and what is refused, where they stand.
#include <gtest/gtest.h>

#include "base/clock.h"
#include "tests/encounter/care_builders.h"

namespace anamnesis::encounter {
namespace {

using enum v1::ReferralStatus;

// What every command comes to for a referral in one status, however it got there.
struct Row {
  const char* status;
  std::vector<std::vector<v1::EncounterCommand>> ways;
  const char *accept, *attend, *report, *decline, *cancel, *retract;
};

const std::vector<Row>& Matrix() {
  static const auto* rows = new std::vector<Row>{
  // clang-format off
      {"not there", {{}},
       "RESOURCE_NOT_FOUND", "RESOURCE_NOT_FOUND", "RESOURCE_NOT_FOUND", "RESOURCE_NOT_FOUND", "RESOURCE_NOT_FOUND", "RESOURCE_NOT_FOUND"},
      {"sent", {{SendReferral()}, {RecordReferral(REFERRAL_STATUS_SENT)}},
       "ReferralAccepted", "REFERRAL_NOT_ACCEPTED", "REFERRAL_NOT_ACCEPTED", "ReferralDeclined", "ReferralCancelled", "ReferralRetracted"},
      {"accepted", {{SendReferral(), AcceptReferral()}, {RecordReferral(REFERRAL_STATUS_ACCEPTED)}},
       "REFERRAL_ALREADY_ACCEPTED", "ReferralAttended", "REFERRAL_NOT_ATTENDED", "ReferralDeclined", "ReferralCancelled", "ReferralRetracted"},
      {"attended", {{SendReferral(), AcceptReferral(), AttendReferral()}, {RecordReferral(REFERRAL_STATUS_ATTENDED)}},
       "REFERRAL_ALREADY_ATTENDED", "REFERRAL_ALREADY_ATTENDED", "ReferralReported", "REFERRAL_ALREADY_ATTENDED", "REFERRAL_ALREADY_ATTENDED", "ReferralRetracted"},
      {"reported", {{SendReferral(), AcceptReferral(), AttendReferral(), ReportReferral()}, {RecordReferral(REFERRAL_STATUS_REPORTED)}},
       "REFERRAL_ALREADY_REPORTED", "REFERRAL_ALREADY_REPORTED", "REFERRAL_ALREADY_REPORTED", "REFERRAL_ALREADY_REPORTED", "REFERRAL_ALREADY_REPORTED", "ReferralRetracted"},
      {"declined", {{SendReferral(), DeclineReferral()}, {SendReferral(), AcceptReferral(), DeclineReferral()}, {RecordReferral(REFERRAL_STATUS_DECLINED)}},
       "REFERRAL_CLOSED", "REFERRAL_CLOSED", "REFERRAL_CLOSED", "REFERRAL_CLOSED", "REFERRAL_CLOSED", "ReferralRetracted"},
      {"cancelled", {{SendReferral(), CancelReferral()}, {SendReferral(), AcceptReferral(), CancelReferral()}, {RecordReferral(REFERRAL_STATUS_CANCELLED)}},
       "REFERRAL_CLOSED", "REFERRAL_CLOSED", "REFERRAL_CLOSED", "REFERRAL_CLOSED", "REFERRAL_CLOSED", "ReferralRetracted"},
      {"not known", {{RecordReferral(REFERRAL_STATUS_UNSPECIFIED)}},
       "ReferralAccepted", "REFERRAL_NOT_ACCEPTED", "REFERRAL_NOT_ACCEPTED", "ReferralDeclined", "ReferralCancelled", "ReferralRetracted"},
      {"entered in error", {{SendReferral(), RetractReferral()}},
       "RESOURCE_RETRACTED", "RESOURCE_RETRACTED", "RESOURCE_RETRACTED", "RESOURCE_RETRACTED", "RESOURCE_RETRACTED", "RESOURCE_RETRACTED"},
  // clang-format on
  };
  return *rows;
}

TEST(ReferralTest, EveryCommandInEveryStatus) {
  for (const Row& row : Matrix()) {
    for (size_t way = 0; way < row.ways.size(); ++way) {
      SCOPED_TRACE(testing::Message() << row.status << ", way " << way);
      const v1::EncounterState state = After(row.ways[way]);
      EXPECT_EQ(Told(DecideOn(state, AcceptReferral())), row.accept);
      EXPECT_EQ(Told(DecideOn(state, AttendReferral())), row.attend);
      EXPECT_EQ(Told(DecideOn(state, ReportReferral())), row.report);
      EXPECT_EQ(Told(DecideOn(state, DeclineReferral())), row.decline);
      EXPECT_EQ(Told(DecideOn(state, CancelReferral())), row.cancel);
      EXPECT_EQ(Told(DecideOn(state, RetractReferral())), row.retract);
    }
  }
}

v1::EncounterCommand EmptyReport() {
  v1::EncounterCommand command = ReportReferral();
  command.mutable_report_referral()->mutable_report()->clear_text();
  return command;
}
v1::EncounterCommand DocumentOnly() {
  v1::EncounterCommand command = EmptyReport();
  command.mutable_report_referral()->mutable_report()->set_document_id(kNewId);
  return command;
}

struct Case {
  const char* name;
  std::vector<v1::EncounterCommand> given;
  v1::EncounterCommand when;
  v1::PatientFacts facts;
  const char* then;
};

class ReferralRules : public testing::TestWithParam<Case> {};

TEST_P(ReferralRules, Hold) {
  const v1::EncounterState state = After(GetParam().given);
  EXPECT_EQ(Told(DecideOn(state, GetParam().when, GetParam().facts)), GetParam().then);
  EXPECT_EQ(Told(DecideOn(state, GetParam().when, GetParam().facts)), GetParam().then) << "asked twice";
}

const std::vector<v1::EncounterCommand>& Attended() {
  static const auto* commands =
      new std::vector<v1::EncounterCommand>{SendReferral(), AcceptReferral(), AttendReferral()};
  return *commands;
}

INSTANTIATE_TEST_SUITE_P(
    , ReferralRules,
    testing::ValuesIn(std::vector<Case>{
  // clang-format off
        {"AnIdIsTakenOnce",         {SendReferral()}, SendReferral(),                               {},                      "RESOURCE_ALREADY_EXISTS"},
        {"HistoryTakesAnIdOnce",    {SendReferral()}, RecordReferral(REFERRAL_STATUS_REPORTED),     {},                      "RESOURCE_ALREADY_EXISTS"},
        {"TheDeadAreNotSent",       {},               SendReferral(),                               Deceased(),              "PATIENT_DECEASED"},
        {"TakenIdBeatsDeceased",    {SendReferral()}, SendReferral(),                               Deceased(),              "RESOURCE_ALREADY_EXISTS"},
        {"MergedBeatsTakenId",      {SendReferral()}, SendReferral(),                               MergedAwayAndDeceased(), "PATIENT_MERGED_AWAY"},
        {"HistoryOfTheDeadIsTaken", {},               RecordReferral(REFERRAL_STATUS_REPORTED),     MergedAwayAndDeceased(), "ReferralRecorded"},
        {"AReportMayFollowADeath",  Attended(),       ReportReferral(),                             Deceased(),              "ReferralReported"},
        {"AnAnswerMayFollowAMerge", {SendReferral()}, AcceptReferral(),                             MergedAway(),            "ReferralAccepted"},
        {"AReportSaysSomething",    Attended(),       EmptyReport(),                                {},                      "REFERRAL_REPORT_EMPTY"},
        {"ADocumentIsAReport",      Attended(),       DocumentOnly(),                               {},                      "ReferralReported"},
        {"StatusBeatsEmpty",        {SendReferral()}, EmptyReport(),                                {},                      "REFERRAL_NOT_ACCEPTED"},
        {"DecliningSaysWhy",        {SendReferral()}, WithoutReason(DeclineReferral()),             {},                      "REASON_REQUIRED"},
        {"CancellingSaysWhy",       {SendReferral()}, WithoutReason(CancelReferral()),              {},                      "REASON_REQUIRED"},
        {"ReasonBeatsAttended",     Attended(),       WithoutReason(CancelReferral()),              {},                      "REASON_REQUIRED"},
        {"RetractingSaysWhy",       {SendReferral()}, WithoutReason(RetractReferral()),             {},                      "REASON_REQUIRED"},
        {"AFreshEtagIsTaken",       {SendReferral()}, Seen(1, AcceptReferral()),                    {},                      "ReferralAccepted"},
        {"AStaleEtagIsRefused",     Attended(),       Seen(2, ReportReferral()),                    {},                      "ETAG_MISMATCH"},
        {"StaleBeatsReason",        Attended(),       Seen(2, WithoutReason(CancelReferral())),     {},                      "ETAG_MISMATCH"},
  // clang-format on
}),
    [](const auto& info) { return info.param.name; });

TEST(ReferralTest, SendingMakesItSentNow) {
  v1::EncounterCommand command = SendReferral("");
  command.mutable_send_referral()->mutable_referral()->set_status(REFERRAL_STATUS_REPORTED);
  const v1::OutgoingReferral referral = EventOfLast({command}).referral_sent().referral();
  EXPECT_EQ(referral.status(), REFERRAL_STATUS_SENT);
  EXPECT_EQ(referral.id(), kNewId);
  EXPECT_EQ(ToMicros(referral.sent_time()), kNow);
}

TEST(ReferralTest, AReportSaysWhatAndWhen) {
  std::vector<v1::EncounterCommand> commands = Attended();
  commands.push_back(At(kNow + kHour, ReportReferral()));
  const v1::ReferralReported reported = EventOfLast(commands).referral_reported();
  EXPECT_EQ(reported.report().text(), "walks further");
  EXPECT_EQ(reported.report().sessions(), 8u);
  EXPECT_EQ(ToMicros(reported.reported_time()), kNow + kHour);
  EXPECT_EQ(reported.revision(), 4u);
}

}  // namespace
}  // namespace anamnesis::encounter
