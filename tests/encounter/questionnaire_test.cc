// Questionnaires as they are recorded: the score is the service's, PEG is compared, a response is taken once.
#include <gtest/gtest.h>

#include "base/clock.h"
#include "tests/encounter/care_builders.h"

namespace anamnesis::encounter {
namespace {

using enum v1::QuestionnaireTool;

constexpr char kFirst[] = "00000000-0000-4000-8000-0000000000f1";
constexpr char kSecond[] = "00000000-0000-4000-8000-0000000000f2";
constexpr char kThird[] = "00000000-0000-4000-8000-0000000000f3";

v1::EncounterCommand Nrs(const std::string& answers, std::string_view id = kId) {
  return Answered(Answers(QUESTIONNAIRE_TOOL_NRS_PAIN, answers), id);
}

v1::QuestionnaireResponse LastResponse(const std::vector<v1::EncounterCommand>& commands) {
  return EventOfLast(commands).questionnaire_response_recorded().questionnaire_response();
}

struct Case {
  const char* name;
  std::vector<v1::EncounterCommand> given;
  v1::EncounterCommand when;
  v1::PatientFacts facts;
  const char* then;
};

class QuestionnaireRules : public testing::TestWithParam<Case> {};

TEST_P(QuestionnaireRules, Hold) {
  const v1::EncounterState state = After(GetParam().given);
  EXPECT_EQ(Told(DecideOn(state, GetParam().when, GetParam().facts)), GetParam().then);
  EXPECT_EQ(Told(DecideOn(state, GetParam().when, GetParam().facts)), GetParam().then) << "asked twice";
}

INSTANTIATE_TEST_SUITE_P(
    , QuestionnaireRules,
    testing::ValuesIn(std::vector<Case>{
  // clang-format off
        {"AreScored",               {},                                  Nrs("item-1=7"),                     {},                      "QuestionnaireResponseRecorded"},
        {"TakeAnIdOnce",            {Nrs("item-1=7")},                   Nrs("item-1=7"),                     {},                      "RESOURCE_ALREADY_EXISTS"},
        {"TakenIdBeatsAnswers",     {Nrs("item-1=7")},                   Nrs("item-1=7.5"),                   {},                      "RESOURCE_ALREADY_EXISTS"},
        {"ARetractedIdStaysTaken",  {Nrs("item-1=7"), RetractAnswers()}, Nrs("item-1=7"),                     {},                      "RESOURCE_ALREADY_EXISTS"},
        {"RefuseDecimals",          {},                                  Nrs("item-1=7.5"),                   {},                      "ANSWER_NOT_WHOLE"},
        {"RefuseOmissions",         {},                                  Nrs(""),                             {},                      "ITEM_UNANSWERED"},
        {"OfTheDeadAreTaken",       {},                                  Nrs("item-1=7"),                     MergedAwayAndDeceased(), "QuestionnaireResponseRecorded"},
        {"AreRetracted",            {Nrs("item-1=7")},                   RetractAnswers(),                    {},                      "QuestionnaireResponseRetracted"},
        {"AreRetractedOnce",        {Nrs("item-1=7"), RetractAnswers()}, RetractAnswers(),                    {},                      "RESOURCE_RETRACTED"},
        {"AreRetractedWhereThere",  {},                                  RetractAnswers(),                    {},                      "RESOURCE_NOT_FOUND"},
        {"AreRetractedWithAReason", {Nrs("item-1=7")},                   WithoutReason(RetractAnswers()),     {},                      "REASON_REQUIRED"},
        {"AreRetractedAsSeen",      {Nrs("item-1=7")},                   Seen(2, RetractAnswers()),           {},                      "ETAG_MISMATCH"},
  // clang-format on
}),
    [](const auto& info) { return info.param.name; });

TEST(Questionnaire, AScoreThatIsSentIsNotTrusted) {
  v1::EncounterCommand command = Answered(Answers(QUESTIONNAIRE_TOOL_PHQ9,
                                                  "item-1=3 item-2=3 item-3=3 item-4=3 item-5=3 "
                                                  "item-6=3 item-7=3 item-8=3 item-9=3"));
  auto& sent = *command.mutable_record_questionnaire_response()->mutable_questionnaire_response()->mutable_score();
  sent.mutable_value()->set_numerator(1);
  sent.mutable_value()->set_denominator(1);
  sent.set_band(v1::SCORE_BAND_MINIMAL);
  sent.mutable_change()->set_meaningful(true);
  const v1::QuestionnaireScore score = LastResponse({command}).score();
  EXPECT_EQ(score.value().numerator(), 27);
  EXPECT_EQ(score.band(), v1::SCORE_BAND_SEVERE);
  EXPECT_FALSE(score.has_change());
}

// What the medication service is to know of the Opioid Risk Tool is in the event.
TEST(Questionnaire, TheEventSaysScoreBandWhoAndWhen) {
  v1::QuestionnaireResponse response = Answers(QUESTIONNAIRE_TOOL_OPIOID_RISK,
                                               "family-alcohol=no family-illegal-drugs=no family-prescription-drugs=no "
                                               "personal-alcohol=yes personal-illegal-drugs=no "
                                               "personal-prescription-drugs=yes age-16-to-45=no "
                                               "preadolescent-sexual-abuse=no add-ocd-bipolar-schizophrenia=no "
                                               "depression=no",
                                               v1::SCORING_SEX_MALE);
  response.set_respondent(v1::RESPONDENT_PATIENT);
  response.set_author_id(kDoctor);
  const v1::QuestionnaireResponse recorded = LastResponse({At(kNow - kHour, Answered(response))});
  EXPECT_EQ(recorded.score().value().numerator(), 8);
  EXPECT_EQ(recorded.score().band(), v1::SCORE_BAND_HIGH);
  EXPECT_EQ(recorded.author_id(), kDoctor);
  EXPECT_EQ(recorded.respondent(), v1::RESPONDENT_PATIENT);
  EXPECT_EQ(ToMicros(recorded.authored_time()), kNow - kHour);
  EXPECT_EQ(recorded.answers_size(), 10) << "the answers are kept, too";
}

TEST(Questionnaire, AnIdIsMadeWhereNoneIsGiven) {
  EXPECT_EQ(LastResponse({Nrs("item-1=7", "")}).id(), kNewId);
}

TEST(Peg, ItemsHaveTheirCodesWhateverIsSent) {
  v1::EncounterCommand command = Peg({7, 8, 9}, kNow, kFirst);
  auto& answers = *command.mutable_record_questionnaire_response()->mutable_questionnaire_response()->mutable_answers();
  answers[0].mutable_code()->set_code("of the sender");
  const v1::QuestionnaireResponse response = LastResponse({command});
  std::vector<std::string> codes;
  for (const auto& answer : response.answers()) codes.push_back(answer.code().system() + " " + answer.code().code());
  EXPECT_EQ(codes, (std::vector<std::string>{"http://loinc.org 75893-8", "http://loinc.org 91145-3",
                                             "http://loinc.org 91146-1"}));
}

TEST(Peg, IsComparedWithTheOneBeforeByTheTimeItWasAnswered) {
  const v1::EncounterCommand first = Peg({10, 10, 10}, kNow - 3 * kHour, kFirst);
  const v1::EncounterCommand second = Peg({8, 8, 8}, kNow - 2 * kHour, kSecond);
  EXPECT_FALSE(LastResponse({first}).score().has_change());
  const v1::ScoreChange change = LastResponse({first, second}).score().change();
  EXPECT_EQ(change.previous_response_id(), kFirst);
  EXPECT_EQ(change.percent().numerator(), -20);
  EXPECT_FALSE(change.meaningful());
  EXPECT_EQ(LastResponse({first, second, Peg({5, 5, 5}, kNow, kThird)}).score().change().previous_response_id(),
            kSecond);
  EXPECT_EQ(LastResponse({first, second, Peg({5, 5, 5}, kNow - 2 * kHour - 1, kThird)})
                .score()
                .change()
                .previous_response_id(),
            kFirst)
      << "one that is entered late is compared with what was before it then";
  EXPECT_FALSE(LastResponse({second, Peg({5, 5, 5}, kNow - 2 * kHour, kThird)}).score().has_change())
      << "two at one time are not before each other";
}

TEST(Peg, IsNotComparedWithWhatWasRetractedOrIsOfAnotherTool) {
  const v1::EncounterCommand first = Peg({10, 10, 10}, kNow - 3 * kHour, kFirst);
  const v1::EncounterCommand second = Peg({4, 4, 4}, kNow - 2 * kHour, kSecond);
  const v1::EncounterCommand now = Peg({7, 7, 7}, kNow, kThird);
  const v1::ScoreChange change = LastResponse({first, second, RetractAnswers(kSecond), now}).score().change();
  EXPECT_EQ(change.previous_response_id(), kFirst);
  EXPECT_TRUE(change.meaningful()) << "exactly thirty per cent";
  EXPECT_FALSE(LastResponse({At(kNow - kHour, Nrs("item-1=7", kFirst)), now}).score().has_change());
  EXPECT_FALSE(LastResponse({At(kNow - kHour, Nrs("item-1=7", kFirst)), At(kNow, Nrs("item-1=3", kSecond))})
                   .score()
                   .has_change())
      << "only PEG is compared";
}

}  // namespace
}  // namespace anamnesis::encounter
