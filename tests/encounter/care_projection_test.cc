// What events of questionnaires, credentials, assessments, study orders, referrals and conferences do to views, and
// what the view of an observation says if it is an instrument's total.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "anamnesis/projection/v1/views.pb.h"
#include "base/clock.h"
#include "services/encounter/projection/encounter_projection.h"
#include "tests/encounter/care_builders.h"

namespace anamnesis::encounter {
namespace {

using projection::v1::CHANGE_OPERATION_PATCH;
using projection::v1::CHANGE_OPERATION_PUT;
using projection::v1::CHANGE_OPERATION_REMOVE;
using projection::v1::View;
using projection::v1::ViewChange;
using testing::ElementsAre;
using testing::IsEmpty;

// The only change of the last of the commands, which must be to a view of this kind with the id kId.
ViewChange ChangeOfLast(const std::string& kind, const std::vector<v1::EncounterCommand>& commands) {
  eventlog::Record record;
  record.stream = EncounterDecider::Streams(commands.back(), Input()).at(0);
  record.payload = EventOfLast(commands).SerializeAsString();
  const auto changes = ProjectEncounter(record);
  EXPECT_TRUE(changes.ok()) << changes.status();
  EXPECT_EQ(changes->size(), 1u);
  const ViewChange& change = changes->at(0);
  EXPECT_EQ(absl::StrCat(change.kind(), " ", change.view_id()), absl::StrCat(kind, " ", kId));
  EXPECT_EQ(change.subject_id(), kind == "credential" ? kDoctor : kPatient);
  return change;
}

View ViewOf(const ViewChange& change) {
  View view;
  EXPECT_TRUE(view.ParseFromString(change.view()));
  return view;
}

// Kinds that are put whole: what records, what changes (may be nothing) and what retracts them.
struct WholeKind {
  const char* name;
  std::vector<v1::EncounterCommand> recorded, changed, retracted;
};

TEST(CareProjection, PutsWhatIsRecordedOrChangedAndRemovesWhatIsRetracted) {
  const v1::EncounterCommand doctor = Register("practitioner", kDoctor);
  const v1::EncounterCommand peg = Peg({5, 5, 5}, kNow);
  const WholeKind kinds[] = {
      {"questionnaire_response", {peg},                                                {}, {peg, RetractAnswers()}            },
      {"credential",
       {doctor, RecordCredential(kDea)},
       {doctor, RecordCredential(kDea), ReviseCredential(kDea)},
       {doctor, RecordCredential(kDea), RetractCredential()}                                                                  },
      {"physical_examination",
       {RecordExamination()},
       {RecordExamination(), AmendExamination()},
       {RecordExamination(), RetractExamination()}                                                                            },
      {"differential_diagnosis",
       {RecordDifferential({"M54.16"})},
       {RecordDifferential({"M54.16"}), ReviseDifferential({"M54.17"})},
       {RecordDifferential({"M54.16"}), RetractDifferential()}                                                                },
      {"conference",
       {RecordConference({"Ada", "Grace"})},
       {RecordConference({"Ada", "Grace"}), AmendConference({"Ada", "Edith"})},
       {RecordConference({"Ada", "Grace"}), RetractConference()}                                                              },
      {"study_order",            {OrderStudy()},                                       {}, {OrderStudy(), RetractStudyOrder()}},
      {"study_order",            {RecordStudyOrder(v1::STUDY_ORDER_STATUS_COMPLETED)}, {}, {OrderStudy(), RetractStudyOrder()}},
      {"outgoing_referral",      {SendReferral()},                                     {}, {SendReferral(), RetractReferral()}},
      {"outgoing_referral",      {RecordReferral(v1::REFERRAL_STATUS_REPORTED)},       {}, {SendReferral(), RetractReferral()}},
  };
  for (const WholeKind& kind : kinds) {
    SCOPED_TRACE(kind.name);
    const ViewChange recorded = ChangeOfLast(kind.name, kind.recorded);
    EXPECT_EQ(recorded.operation(), CHANGE_OPERATION_PUT);
    EXPECT_THAT(ViewOf(recorded).ShortDebugString(), testing::HasSubstr("etag: \"1\""));
    EXPECT_THAT(ViewOf(recorded).ShortDebugString(), testing::HasSubstr(kId));
    if (!kind.changed.empty()) {
      const ViewChange changed = ChangeOfLast(kind.name, kind.changed);
      EXPECT_EQ(changed.operation(), CHANGE_OPERATION_PUT);
      EXPECT_THAT(ViewOf(changed).ShortDebugString(), testing::HasSubstr("etag: \"2\""));
      EXPECT_THAT(ViewOf(changed).ShortDebugString(), testing::HasSubstr("as discussed"));
    }
    const ViewChange retracted = ChangeOfLast(kind.name, kind.retracted);
    EXPECT_EQ(retracted.operation(), CHANGE_OPERATION_REMOVE);
    EXPECT_EQ(retracted.view(), "");
  }
}

TEST(CareProjection, AQuestionnaireShowsAnswersAndScore) {
  const View view = ViewOf(ChangeOfLast("questionnaire_response", {Peg({7, 7, 6}, kNow)}));
  const v1::QuestionnaireResponse& response = view.questionnaire_response().questionnaire_response();
  EXPECT_EQ(response.answers_size(), 3);
  EXPECT_EQ(response.score().value().numerator(), 20);
  EXPECT_EQ(response.score().value().denominator(), 3u);
}

TEST(StudyOrderProjection, EachStepSaysWhereItStands) {
  const auto order = [](const ViewChange& change) { return ViewOf(change).study_order().study_order(); };
  v1::EncounterCommand schedule = ScheduleStudy();
  schedule.mutable_schedule_study()->set_performer_id(kDoctor);
  const ViewChange scheduled = ChangeOfLast("study_order", {OrderStudy(), schedule});
  EXPECT_EQ(scheduled.operation(), CHANGE_OPERATION_PATCH);
  EXPECT_THAT(scheduled.replace(), ElementsAre("study_order.scheduled_time"));
  EXPECT_EQ(order(scheduled).status(), v1::STUDY_ORDER_STATUS_SCHEDULED);
  EXPECT_EQ(ToMicros(order(scheduled).scheduled_time()), kNow + kHour);
  EXPECT_EQ(order(scheduled).performer_id(), kDoctor);
  EXPECT_EQ(ViewOf(scheduled).study_order().etag(), "2");
  const ViewChange completed = ChangeOfLast("study_order", {OrderStudy(), ScheduleStudy(), CompleteStudy()});
  EXPECT_THAT(completed.replace(), ElementsAre("study_order.completed_time"));
  EXPECT_EQ(order(completed).status(), v1::STUDY_ORDER_STATUS_COMPLETED);
  EXPECT_EQ(order(completed).diagnostic_report_id(), kNewId);
  EXPECT_EQ(ToMicros(order(completed).completed_time()), kNow);
  const ViewChange cancelled = ChangeOfLast("study_order", {OrderStudy(), CancelStudy()});
  EXPECT_THAT(cancelled.replace(), IsEmpty());
  EXPECT_EQ(order(cancelled).status(), v1::STUDY_ORDER_STATUS_CANCELLED);
  EXPECT_EQ(order(cancelled).cancel_reason(), "as discussed");
}

TEST(ReferralProjection, EachStepSaysWhereItStands) {
  const auto referral = [](const ViewChange& change) { return ViewOf(change).outgoing_referral().referral(); };
  v1::EncounterCommand accept = AcceptReferral();
  *accept.mutable_accept_referral()->mutable_appointment_time() = ToTimestamp(kNow + kHour);
  const ViewChange accepted = ChangeOfLast("outgoing_referral", {SendReferral(), accept});
  EXPECT_EQ(accepted.operation(), CHANGE_OPERATION_PATCH);
  EXPECT_THAT(accepted.replace(), ElementsAre("referral.answered_time", "referral.appointment_time"));
  EXPECT_EQ(referral(accepted).status(), v1::REFERRAL_STATUS_ACCEPTED);
  EXPECT_EQ(ToMicros(referral(accepted).answered_time()), kNow);
  EXPECT_EQ(ToMicros(referral(accepted).appointment_time()), kNow + kHour);
  EXPECT_EQ(ViewOf(accepted).outgoing_referral().etag(), "2");
  const ViewChange attended = ChangeOfLast("outgoing_referral", {SendReferral(), AcceptReferral(), AttendReferral()});
  EXPECT_THAT(attended.replace(), ElementsAre("referral.attended_time"));
  EXPECT_EQ(referral(attended).status(), v1::REFERRAL_STATUS_ATTENDED);
  EXPECT_EQ(ToMicros(referral(attended).attended_time()), kNow);
  const ViewChange reported =
      ChangeOfLast("outgoing_referral", {SendReferral(), AcceptReferral(), AttendReferral(), ReportReferral()});
  EXPECT_THAT(reported.replace(), ElementsAre("referral.reported_time", "referral.report"));
  EXPECT_EQ(referral(reported).status(), v1::REFERRAL_STATUS_REPORTED);
  EXPECT_EQ(referral(reported).report().text(), "walks further");
  const ViewChange declined = ChangeOfLast("outgoing_referral", {SendReferral(), DeclineReferral()});
  EXPECT_THAT(declined.replace(), ElementsAre("referral.answered_time"));
  EXPECT_EQ(referral(declined).status(), v1::REFERRAL_STATUS_DECLINED);
  EXPECT_EQ(referral(declined).close_reason(), "as discussed");
  const ViewChange cancelled = ChangeOfLast("outgoing_referral", {SendReferral(), CancelReferral()});
  EXPECT_THAT(cancelled.replace(), IsEmpty());
  EXPECT_EQ(referral(cancelled).status(), v1::REFERRAL_STATUS_CANCELLED);
  EXPECT_FALSE(referral(cancelled).has_answered_time()) << "nobody answered";
}

// What "referrals without an answer" asks for is in the view of one that was sent.
TEST(ReferralProjection, WhatWaitsForAnAnswerSaysSinceWhenAndUntilWhen) {
  v1::EncounterCommand send = SendReferral();
  *send.mutable_send_referral()->mutable_referral()->mutable_answer_due_time() = ToTimestamp(kNow + kHour);
  send.mutable_send_referral()->mutable_referral()->set_referrer_id(kDoctor);
  const View view = ViewOf(ChangeOfLast("outgoing_referral", {send}));
  const v1::OutgoingReferral& referral = view.outgoing_referral().referral();
  EXPECT_EQ(referral.status(), v1::REFERRAL_STATUS_SENT);
  EXPECT_EQ(ToMicros(referral.sent_time()), kNow);
  EXPECT_EQ(ToMicros(referral.answer_due_time()), kNow + kHour);
  EXPECT_EQ(referral.referrer_id(), kDoctor);
}

TEST(EncounterProjection, AStartSaysHowATelemedicineVisitIsHeld) {
  v1::EncounterCommand plan = Plan();
  plan.mutable_plan_encounter()->mutable_encounter()->set_purpose(v1::ENCOUNTER_PURPOSE_TELEMEDICINE);
  v1::EncounterCommand start = Start();
  start.mutable_start_encounter()->mutable_telemedicine()->set_modality(v1::TELEMEDICINE_MODALITY_VIDEO);
  start.mutable_start_encounter()->mutable_telemedicine()->mutable_patient_location()->set_state("MA");
  const ViewChange change = ChangeOfLast("encounter", {plan, Arrive(), start});
  EXPECT_THAT(change.replace(), ElementsAre("encounter.period", "encounter.telemedicine.patient_location"));
  const View view = ViewOf(change);
  EXPECT_EQ(view.encounter().encounter().telemedicine().modality(), v1::TELEMEDICINE_MODALITY_VIDEO);
  EXPECT_EQ(view.encounter().encounter().telemedicine().patient_location().state(), "MA");
}

v1::EncounterCommand PainScore(const std::string& command, const std::string& code, const std::string& value) {
  return ForPatient(command,
                    absl::StrCat("observation { id: '$0' status: RESULT_STATUS_FINAL code { codings { system: "
                                 "'http://loinc.org' code: '",
                                 code, "' } } value { quantity { value: '", value, "' } } }"),
                    kId);
}

TEST(ObservationProjection, AnInstrumentsTotalIsMarkedAsNotScoredHere) {
  const View view = ViewOf(ChangeOfLast("observation", {PainScore("record_observation", "44261-6", "12")}));
  EXPECT_EQ(view.observation().scored().tool(), v1::QUESTIONNAIRE_TOOL_PHQ9);
  EXPECT_EQ(view.observation().scored().band(), v1::SCORE_BAND_MODERATE);
  EXPECT_EQ(view.observation().scored().score(), "12");
  EXPECT_EQ(view.observation().scored().method_version(), 1u);
  ASSERT_EQ(view.observation().scored().flags_size(), 1);
  EXPECT_EQ(view.observation().scored().flags(0).code(), "not-scored-here");
}

TEST(ObservationProjection, ADecimalPainScoreIsKeptAsSaidAndFlagged) {
  const View view =
      ViewOf(ChangeOfLast("observation", {PainScore("record_observation", "72514-3", "2.1769054542461137")}));
  EXPECT_EQ(view.observation().observation().value().quantity().value(), "2.1769054542461137");
  EXPECT_EQ(view.observation().scored().tool(), v1::QUESTIONNAIRE_TOOL_NRS_PAIN);
  ASSERT_EQ(view.observation().scored().flags_size(), 2);
  EXPECT_EQ(view.observation().scored().flags(1).code(), "decimal-score-on-integer-scale");
}

TEST(ObservationProjection, AnAmendedTotalIsJudgedAnew) {
  const View view = ViewOf(ChangeOfLast("observation", {PainScore("record_observation", "44261-6", "12"),
                                                        PainScore("amend_observation", "44261-6", "21")}));
  EXPECT_EQ(view.observation().scored().band(), v1::SCORE_BAND_SEVERE);
  EXPECT_EQ(view.observation().amend_reason(), "as discussed");
}

TEST(ObservationProjection, OtherObservationsAreNotScored) {
  const View view = ViewOf(ChangeOfLast("observation", {PainScore("record_observation", "8480-6", "120")}));
  EXPECT_FALSE(view.observation().has_scored());
}

}  // namespace
}  // namespace anamnesis::encounter
