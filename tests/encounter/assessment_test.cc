// Physical examinations, differential diagnoses and conferences.
#include <gtest/gtest.h>

#include "base/clock.h"
#include "tests/encounter/care_builders.h"

namespace anamnesis::encounter {
namespace {

struct Case {
  const char* name;
  std::vector<v1::EncounterCommand> given;
  v1::EncounterCommand when;
  const char* then;
};

class AssessmentRules : public testing::TestWithParam<Case> {};

TEST_P(AssessmentRules, Hold) {
  const v1::EncounterState state = After(GetParam().given);
  EXPECT_EQ(Told(DecideOn(state, GetParam().when)), GetParam().then);
  EXPECT_EQ(Told(DecideOn(state, GetParam().when)), GetParam().then) << "asked twice";
}

const std::vector<std::string> kTwo = {"Ada", "Grace"};

INSTANTIATE_TEST_SUITE_P(
    , AssessmentRules,
    testing::ValuesIn(std::vector<Case>{
  // clang-format off
        {"AnExaminationIsRecorded",         {},                     RecordExamination(),                      "PhysicalExaminationRecorded"},
        {"AnExaminationIsRecordedOnce",     {RecordExamination()},  RecordExamination(),                      "RESOURCE_ALREADY_EXISTS"},
        {"AnExaminationIsAmended",          {RecordExamination()},  AmendExamination(),                       "PhysicalExaminationAmended"},
        {"AnExaminationIsAmendedAsSeen",    {RecordExamination(), AmendExamination()}, Seen(1, AmendExamination()), "ETAG_MISMATCH"},
        {"AnExaminationIsAmendedWhereThere", {},                    AmendExamination(),                       "RESOURCE_NOT_FOUND"},
        {"AnExaminationIsRetracted",        {RecordExamination()},  RetractExamination(),                     "PhysicalExaminationRetracted"},
        {"AnExaminationIsRetractedWithAReason", {RecordExamination()}, WithoutReason(RetractExamination()),   "REASON_REQUIRED"},
        {"AnExaminationIsRetractedForEver", {RecordExamination(), RetractExamination()}, AmendExamination(),  "RESOURCE_RETRACTED"},
        {"ADifferentialIsRecorded",         {},                     RecordDifferential({"M54.16", "M47.816"}), "DifferentialDiagnosisRecorded"},
        {"ADifferentialIsRecordedOnce",     {RecordDifferential({"M54.16"})}, RecordDifferential({"M54.16"}), "RESOURCE_ALREADY_EXISTS"},
        {"ADiagnosisIsCoded",               {},                     RecordDifferential({"M54.16", ""}),       "DIAGNOSIS_NOT_CODED"},
        {"ADiagnosisIsListedOnce",          {},                     RecordDifferential({"M54.16", "M54.16"}), "DIAGNOSIS_LISTED_TWICE"},
        {"NotCodedBeatsTwice",              {},                     RecordDifferential({"M54.16", "M54.16", ""}), "DIAGNOSIS_NOT_CODED"},
        {"TakenIdBeatsNotCoded",            {RecordDifferential({"M54.16"})}, RecordDifferential({""}),       "RESOURCE_ALREADY_EXISTS"},
        {"ADifferentialIsRevised",          {RecordDifferential({"M54.16"})}, ReviseDifferential({"M54.17"}), "DifferentialDiagnosisRevised"},
        {"ARevisedDiagnosisIsCoded",        {RecordDifferential({"M54.16"})}, ReviseDifferential({""}),       "DIAGNOSIS_NOT_CODED"},
        {"StaleBeatsNotCoded",              {RecordDifferential({"M54.16"})}, Seen(2, ReviseDifferential({""})), "ETAG_MISMATCH"},
        {"ADifferentialIsRevisedWhereThere", {},                    ReviseDifferential({""}),                 "RESOURCE_NOT_FOUND"},
        {"ADifferentialIsRetracted",        {RecordDifferential({"M54.16"})}, RetractDifferential(),          "DifferentialDiagnosisRetracted"},
        {"ADifferentialIsRetractedForEver", {RecordDifferential({"M54.16"}), RetractDifferential()}, ReviseDifferential({"M54.16"}), "RESOURCE_RETRACTED"},
        {"AConferenceIsRecorded",           {},                     RecordConference(kTwo),                   "ConferenceRecorded"},
        {"AConferenceIsRecordedOnce",       {RecordConference(kTwo)}, RecordConference(kTwo),                 "RESOURCE_ALREADY_EXISTS"},
        {"OneIsNoConference",               {},                     RecordConference({"Ada"}),                "PARTICIPANTS_REQUIRED"},
        {"OneTwiceIsNoConference",          {},                     RecordConference({"Ada", "Ada"}),         "PARTICIPANTS_REQUIRED"},
        {"NobodyIsTwiceInAConference",      {},                     RecordConference({"Ada", "Grace", "Ada"}), "PARTICIPANTS_REQUIRED"},
        {"EverybodyIsNamed",                {},                     RecordConference({"Ada", "Grace", ""}),   "PARTICIPANTS_REQUIRED"},
        {"TakenIdBeatsParticipants",        {RecordConference(kTwo)}, RecordConference({}),                   "RESOURCE_ALREADY_EXISTS"},
        {"AConferenceIsAmended",            {RecordConference(kTwo)}, AmendConference(kTwo),                  "ConferenceAmended"},
        {"AnAmendedOneHasParticipants",     {RecordConference(kTwo)}, AmendConference({"Ada"}),               "PARTICIPANTS_REQUIRED"},
        {"AConferenceIsAmendedWhereThere",  {},                     AmendConference({"Ada"}),                 "RESOURCE_NOT_FOUND"},
        {"AConferenceIsRetracted",          {RecordConference(kTwo)}, RetractConference(),                    "ConferenceRetracted"},
        {"AConferenceIsRetractedWithAReason", {RecordConference(kTwo)}, WithoutReason(RetractConference()),   "REASON_REQUIRED"},
  // clang-format on
}),
    [](const auto& info) { return info.param.name; });

TEST(Assessment, HappensNowWhereNothingElseIsSaid) {
  const auto examined = EventOfLast({At(kNow - kHour, RecordExamination(""))}).physical_examination_recorded();
  EXPECT_EQ(ToMicros(examined.physical_examination().examined_time()), kNow - kHour);
  EXPECT_EQ(examined.physical_examination().id(), kNewId);
  const auto thought = EventOfLast({RecordDifferential({"M54.16"}, "")}).differential_diagnosis_recorded();
  EXPECT_EQ(ToMicros(thought.differential_diagnosis().assessed_time()), kNow);
  EXPECT_EQ(thought.differential_diagnosis().id(), kNewId);
  const auto held = EventOfLast({RecordConference(kTwo, "")}).conference_recorded();
  EXPECT_EQ(ToMicros(held.conference().held_time()), kNow);
  EXPECT_EQ(held.conference().id(), kNewId);
}

TEST(Differential, ARevisionIsThoughtThen) {
  const auto revised = EventOfLast({RecordDifferential({"M54.16"}), At(kNow + kHour, ReviseDifferential({"M54.17"}))})
                           .differential_diagnosis_revised();
  EXPECT_EQ(ToMicros(revised.differential_diagnosis().assessed_time()), kNow + kHour);
  EXPECT_EQ(revised.differential_diagnosis().candidates(0).diagnosis().codings(0).code(), "M54.17");
  EXPECT_EQ(revised.reason(), "as discussed");
  EXPECT_EQ(revised.revision(), 2u);
}

TEST(Conference, IdsAndNamesTellParticipantsApart) {
  v1::EncounterCommand command = RecordConference({"Ada"});
  command.mutable_record_conference()->mutable_conference()->add_participants()->set_practitioner_id(kDoctor);
  EXPECT_EQ(Told(DecideOn({}, command)), "ConferenceRecorded");
  command.mutable_record_conference()->mutable_conference()->add_participants()->set_practitioner_id(kDoctor);
  EXPECT_EQ(Told(DecideOn({}, command)), "PARTICIPANTS_REQUIRED");
}

}  // namespace
}  // namespace anamnesis::encounter
