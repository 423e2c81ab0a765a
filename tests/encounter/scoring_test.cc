// What answers come to: every tool at every limit of its bands, with omissions, and with answers that are none.
#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "base/refusal.h"
#include "google/rpc/error_details.pb.h"
#include "services/encounter/domain/scoring/instruments.h"
#include "services/encounter/domain/scoring/score.h"
#include "tests/encounter/care_builders.h"

namespace anamnesis::encounter {
namespace {

constexpr auto kFemale = v1::SCORING_SEX_FEMALE;
constexpr auto kMale = v1::SCORING_SEX_MALE;

std::string Text(const v1::Fraction& fraction) {
  return fraction.denominator() == 1 ? absl::StrCat(fraction.numerator())
                                     : absl::StrCat(fraction.numerator(), "/", fraction.denominator());
}

// `20/3`, `9 high`, or a refusal's name.
std::string Scored(const v1::QuestionnaireResponse& response) {
  const auto score = ScoreOf(response);
  if (!score.ok()) return RefusalInfo(score.status()).reason();
  return Text(score->value()) + BandName(score->band());
}

// Complete answers of so many points, for a tool whose items are all 0 to `most`.
std::string Points(int items, int most, int points) {
  std::vector<int> values;
  for (int i = 0; i < items; ++i) {
    values.push_back(std::min(points, most));
    points -= values.back();
  }
  return Items(values);
}

// `item-1` to `item-<items>`, the first `yes` of them answered yes, the others no.
std::string YesTo(int items, int yes) {
  std::string text;
  for (int i = 1; i <= items; ++i) absl::StrAppend(&text, "item-", i, i <= yes ? "=yes " : "=no ");
  return text;
}

const std::vector<std::string>& Factors() {
  static const auto* factors =
      new std::vector<std::string>{"family-alcohol",   "family-illegal-drugs",       "family-prescription-drugs",
                                   "personal-alcohol", "personal-illegal-drugs",     "personal-prescription-drugs",
                                   "age-16-to-45",     "preadolescent-sexual-abuse", "add-ocd-bipolar-schizophrenia",
                                   "depression"};
  return *factors;
}

// The Opioid Risk Tool with yes to these factors, by place from 0.
std::string Risk(const std::vector<size_t>& yes) {
  std::string text;
  for (size_t i = 0; i < Factors().size(); ++i) {
    const bool is_yes = std::find(yes.begin(), yes.end(), i) != yes.end();
    absl::StrAppend(&text, Factors()[i], is_yes ? "=yes " : "=no ");
  }
  return text;
}

// LANSS with yes to these items, by place from 1.
std::string Lanss(const std::vector<int>& yes) {
  std::string text;
  for (int i = 1; i <= 7; ++i) {
    absl::StrAppend(&text, "item-", i, std::find(yes.begin(), yes.end(), i) != yes.end() ? "=yes " : "=no ");
  }
  return text;
}

std::string Aldrete(const std::vector<int>& v) {
  return absl::StrCat("activity=", v[0], " respiration=", v[1], " circulation=", v[2], " consciousness=", v[3],
                      " oxygen-saturation=", v[4]);
}

struct Case {
  const char* name;
  v1::QuestionnaireTool tool;
  std::string answers;
  const char* score;
  v1::ScoringSex sex = v1::SCORING_SEX_UNSPECIFIED;
};

class Scoring : public testing::TestWithParam<Case> {};

TEST_P(Scoring, IsExact) {
  const v1::QuestionnaireResponse response = Answers(GetParam().tool, GetParam().answers, GetParam().sex);
  EXPECT_EQ(Scored(response), GetParam().score);
  EXPECT_EQ(Scored(response), GetParam().score) << "asked twice";
}

using enum v1::QuestionnaireTool;
constexpr auto kNrs = QUESTIONNAIRE_TOOL_NRS_PAIN;
constexpr auto kPeg = QUESTIONNAIRE_TOOL_PEG;
constexpr auto kOrt = QUESTIONNAIRE_TOOL_OPIOID_RISK;
constexpr auto kOdi = QUESTIONNAIRE_TOOL_OSWESTRY;
constexpr auto kDn4 = QUESTIONNAIRE_TOOL_DN4;
constexpr auto kLanss = QUESTIONNAIRE_TOOL_LANSS;
constexpr auto kPhq = QUESTIONNAIRE_TOOL_PHQ9;
constexpr auto kGad = QUESTIONNAIRE_TOOL_GAD7;
constexpr auto kAldrete = QUESTIONNAIRE_TOOL_MODIFIED_ALDRETE;

INSTANTIATE_TEST_SUITE_P(, Scoring,
                         testing::ValuesIn(std::vector<Case>{
  // clang-format off
        {"NrsLeast",                 kNrs,     "item-1=0",             "0"},
        {"NrsMost",                  kNrs,     "item-1=10",            "10"},
        {"NrsBelow",                 kNrs,     "item-1=-1",            "ANSWER_OUT_OF_RANGE"},
        {"NrsAbove",                 kNrs,     "item-1=11",            "ANSWER_OUT_OF_RANGE"},
        {"NrsDecimal",               kNrs,     "item-1=7.5",           "ANSWER_NOT_WHOLE"},
        {"NrsWholeDecimalIsNoAnswerOfTheScale", kNrs, "item-1=7.0",    "ANSWER_NOT_WHOLE"},
        {"NrsYes",                   kNrs,     "item-1=yes",           "ANSWER_TYPE_MISMATCH"},
        {"NrsNotAnswered",           kNrs,     "",                     "ITEM_UNANSWERED"},
        {"NrsEmptyAnswer",           kNrs,     "item-1=",              "ITEM_UNANSWERED"},
        {"NrsOtherItem",             kNrs,     "item-1=5 item-2=5",    "ITEM_UNKNOWN"},
        {"NrsTwice",                 kNrs,     "item-1=5 item-1=5",    "ITEM_ANSWERED_TWICE"},
        {"NoTool",                   QUESTIONNAIRE_TOOL_UNSPECIFIED, "item-1=5", "ITEM_UNKNOWN"},
        {"UnknownBeatsTwice",        kNrs,     "x=5 x=5",              "ITEM_UNKNOWN"},
        {"TwiceBeatsDecimal",        kNrs,     "item-1=5.5 item-1=5",  "ITEM_ANSWERED_TWICE"},
        {"DecimalBeatsMismatch",     kPeg,     "item-1=yes item-2=5.5", "ANSWER_NOT_WHOLE"},
        {"MismatchBeatsRange",       kPeg,     "item-1=11 item-2=yes", "ANSWER_TYPE_MISMATCH"},
        {"RangeBeatsUnanswered",     kPeg,     "item-1=11",            "ANSWER_OUT_OF_RANGE"},
        {"PegLeast",                 kPeg,     Items({0, 0, 0}),       "0"},
        {"PegMost",                  kPeg,     Items({10, 10, 10}),    "10"},
        {"PegAThird",                kPeg,     Items({0, 0, 1}),       "1/3"},
        {"PegTwoThirds",             kPeg,     Items({7, 7, 6}),       "20/3"},
        {"PegWhole",                 kPeg,     Items({4, 5, 6}),       "5"},
        {"PegIncomplete",            kPeg,     Items({4, 5}),          "ITEM_UNANSWERED"},
        {"PegAbove",                 kPeg,     Items({4, 5, 11}),      "ANSWER_OUT_OF_RANGE"},
        {"OrtNoneWoman",             kOrt,     Risk({}),               "0 low", kFemale},
        {"OrtNoneMan",               kOrt,     Risk({}),               "0 low", kMale},
        {"OrtThreeWoman",            kOrt,     Risk({3}),              "3 low", kFemale},
        {"OrtFourWoman",             kOrt,     Risk({4}),              "4 moderate", kFemale},
        {"OrtSevenWoman",            kOrt,     Risk({3, 4}),           "7 moderate", kFemale},
        {"OrtEightWoman",            kOrt,     Risk({3, 5}),           "8 high", kFemale},
        {"OrtThreeMan",              kOrt,     Risk({0}),              "3 low", kMale},
        {"OrtFourMan",               kOrt,     Risk({2}),              "4 moderate", kMale},
        {"OrtSevenMan",              kOrt,     Risk({0, 2}),           "7 moderate", kMale},
        {"OrtEightMan",              kOrt,     Risk({2, 4}),           "8 high", kMale},
        {"OrtAbuseWoman",            kOrt,     Risk({7, 6}),           "4 moderate", kFemale},
        {"OrtAbuseMan",              kOrt,     Risk({7, 6}),           "1 low", kMale},
        {"OrtAllWoman",              kOrt,     Risk({0, 1, 2, 3, 4, 5, 6, 7, 8, 9}), "26 high", kFemale},
        {"OrtAllMan",                kOrt,     Risk({0, 1, 2, 3, 4, 5, 6, 7, 8, 9}), "26 high", kMale},
        {"OrtNoSex",                 kOrt,     Risk({}),               "SCORING_SEX_REQUIRED"},
        {"OrtSexBeatsUnanswered",    kOrt,     "depression=no",        "SCORING_SEX_REQUIRED"},
        {"OrtIncomplete",            kOrt,     "depression=no",        "ITEM_UNANSWERED", kFemale},
        {"OrtNumber",                kOrt,     "depression=1",         "ANSWER_TYPE_MISMATCH", kFemale},
        {"OdiLeast",                 kOdi,     Points(10, 5, 0),       "0 minimal"},
        {"OdiTwenty",                kOdi,     Points(10, 5, 10),      "20 minimal"},
        {"OdiAboveTwenty",           kOdi,     Points(10, 5, 11),      "22 moderate"},
        {"OdiForty",                 kOdi,     Points(10, 5, 20),      "40 moderate"},
        {"OdiAboveForty",            kOdi,     Points(10, 5, 21),      "42 severe"},
        {"OdiSixty",                 kOdi,     Points(10, 5, 30),      "60 severe"},
        {"OdiAboveSixty",            kOdi,     Points(10, 5, 31),      "62 very_severe"},
        {"OdiEighty",                kOdi,     Points(10, 5, 40),      "80 very_severe"},
        {"OdiAboveEighty",           kOdi,     Points(10, 5, 41),      "82 extreme"},
        {"OdiMost",                  kOdi,     Points(10, 5, 50),      "100 extreme"},
        {"OdiNineAnsweredAtTwenty",  kOdi,     Points(9, 5, 9),        "20 minimal"},
        {"OdiNineAnsweredAbove",     kOdi,     Points(9, 5, 10),       "200/9 moderate"},
        {"OdiSevenAnsweredAtForty",  kOdi,     Points(7, 5, 14),       "40 moderate"},
        {"OdiSevenAnsweredAbove",    kOdi,     Points(7, 5, 15),       "300/7 severe"},
        {"OdiOneAnswered",           kOdi,     "item-10=3",            "60 severe"},
        {"OdiAnEmptyAnswerIsOmitted", kOdi,    "item-1=5 item-2=",     "100 extreme"},
        {"OdiNoneAnswered",          kOdi,     "",                     "ITEM_UNANSWERED"},
        {"OdiAbove",                 kOdi,     "item-1=6",             "ANSWER_OUT_OF_RANGE"},
        {"Dn4None",                  kDn4,     YesTo(10, 0),           "0 not_neuropathic"},
        {"Dn4Three",                 kDn4,     YesTo(10, 3),           "3 not_neuropathic"},
        {"Dn4Four",                  kDn4,     YesTo(10, 4),           "4 neuropathic"},
        {"Dn4Five",                  kDn4,     YesTo(10, 5),           "5 neuropathic"},
        {"Dn4All",                   kDn4,     YesTo(10, 10),          "10 neuropathic"},
        {"Dn4Incomplete",            kDn4,     YesTo(9, 9),            "ITEM_UNANSWERED"},
        {"LanssNone",                kLanss,   Lanss({}),              "0 not_neuropathic"},
        {"LanssEleven",              kLanss,   Lanss({1, 2, 5}),       "11 not_neuropathic"},
        {"LanssTwelve",              kLanss,   Lanss({1, 6, 4}),       "12 neuropathic"},
        {"LanssThirteen",            kLanss,   Lanss({2, 6, 7}),       "13 neuropathic"},
        {"LanssAll",                 kLanss,   Lanss({1, 2, 3, 4, 5, 6, 7}), "24 neuropathic"},
        {"LanssOne",                 kLanss,   Lanss({1}),             "5 not_neuropathic"},
        {"LanssTwo",                 kLanss,   Lanss({2}),             "5 not_neuropathic"},
        {"LanssThree",               kLanss,   Lanss({3}),             "3 not_neuropathic"},
        {"LanssFour",                kLanss,   Lanss({4}),             "2 not_neuropathic"},
        {"LanssFive",                kLanss,   Lanss({5}),             "1 not_neuropathic"},
        {"LanssSix",                 kLanss,   Lanss({6}),             "5 not_neuropathic"},
        {"LanssSeven",               kLanss,   Lanss({7}),             "3 not_neuropathic"},
        {"LanssIncomplete",          kLanss,   "item-1=yes",           "ITEM_UNANSWERED"},
        {"PhqLeast",                 kPhq,     Points(9, 3, 0),        "0 minimal"},
        {"PhqFour",                  kPhq,     Points(9, 3, 4),        "4 minimal"},
        {"PhqFive",                  kPhq,     Points(9, 3, 5),        "5 mild"},
        {"PhqNine",                  kPhq,     Points(9, 3, 9),        "9 mild"},
        {"PhqTen",                   kPhq,     Points(9, 3, 10),       "10 moderate"},
        {"PhqFourteen",              kPhq,     Points(9, 3, 14),       "14 moderate"},
        {"PhqFifteen",               kPhq,     Points(9, 3, 15),       "15 moderately_severe"},
        {"PhqNineteen",              kPhq,     Points(9, 3, 19),       "19 moderately_severe"},
        {"PhqTwenty",                kPhq,     Points(9, 3, 20),       "20 severe"},
        {"PhqMost",                  kPhq,     Points(9, 3, 27),       "27 severe"},
        {"PhqIncomplete",            kPhq,     Points(8, 3, 8),        "ITEM_UNANSWERED"},
        {"PhqAbove",                 kPhq,     "item-1=4",             "ANSWER_OUT_OF_RANGE"},
        {"GadLeast",                 kGad,     Points(7, 3, 0),        "0 minimal"},
        {"GadFour",                  kGad,     Points(7, 3, 4),        "4 minimal"},
        {"GadFive",                  kGad,     Points(7, 3, 5),        "5 mild"},
        {"GadNine",                  kGad,     Points(7, 3, 9),        "9 mild"},
        {"GadTen",                   kGad,     Points(7, 3, 10),       "10 moderate"},
        {"GadFourteen",              kGad,     Points(7, 3, 14),       "14 moderate"},
        {"GadFifteen",               kGad,     Points(7, 3, 15),       "15 severe"},
        {"GadMost",                  kGad,     Points(7, 3, 21),       "21 severe"},
        {"GadIncomplete",            kGad,     Points(6, 3, 6),        "ITEM_UNANSWERED"},
        {"AldreteLeast",             kAldrete, Aldrete({0, 0, 0, 0, 0}), "0 stay_in_recovery"},
        {"AldreteEight",             kAldrete, Aldrete({2, 2, 2, 2, 0}), "8 stay_in_recovery"},
        {"AldreteNine",              kAldrete, Aldrete({2, 2, 2, 2, 1}), "9 may_leave_recovery"},
        {"AldreteMost",              kAldrete, Aldrete({2, 2, 2, 2, 2}), "10 may_leave_recovery"},
        {"AldreteAbove",             kAldrete, Aldrete({3, 2, 2, 2, 2}), "ANSWER_OUT_OF_RANGE"},
        {"AldreteIncomplete",        kAldrete, "activity=2",           "ITEM_UNANSWERED"},
  // clang-format on
}),
                         [](const auto& info) { return info.param.name; });

// Every weight of the Opioid Risk Tool, woman's and man's.
TEST(OpioidRisk, EachFactorHasItsWeight) {
  const std::vector<std::pair<int, int>> weights = {
      {1, 3},
      {2, 3},
      {4, 4},
      {3, 3},
      {4, 4},
      {5, 5},
      {1, 1},
      {3, 0},
      {2, 2},
      {1, 1}
  };
  for (size_t i = 0; i < weights.size(); ++i) {
    SCOPED_TRACE(Factors()[i]);
    EXPECT_EQ(ScoreOf(Answers(kOrt, Risk({i}), kFemale))->value().numerator(), weights[i].first);
    EXPECT_EQ(ScoreOf(Answers(kOrt, Risk({i}), kMale))->value().numerator(), weights[i].second);
  }
}

TEST(ScoreOf, SaysHowItWasScored) {
  const auto score = ScoreOf(Answers(kOdi, Points(9, 5, 10)));
  EXPECT_EQ(score->answered(), 9u);
  EXPECT_EQ(score->items(), 10u);
  EXPECT_EQ(score->method_version(), kScoringMethodVersion);
  EXPECT_FALSE(score->has_code());
  const auto phq = ScoreOf(Answers(kPhq, Points(9, 3, 10)));
  EXPECT_EQ(phq->code().system(), "http://loinc.org");
  EXPECT_EQ(phq->code().code(), "44261-6");
}

TEST(ScoreOf, EveryScoreHasItsLoincCode) {
  const std::pair<v1::QuestionnaireTool, const char*> codes[] = {
      {kNrs,     "72514-3"},
      {kPeg,     "91147-9"},
      {kOrt,     "91392-1"},
      {kOdi,     ""       },
      {kDn4,     ""       },
      {kLanss,   ""       },
      {kPhq,     "44261-6"},
      {kGad,     "70274-6"},
      {kAldrete, ""       },
  };
  for (const auto& [tool, code] : codes) EXPECT_EQ(FindInstrument(tool)->loinc, code) << tool;
}

// The greatest score that the table claims is the one that its items give.
TEST(Instruments, TheGreatestScoreIsThatOfTheItems) {
  for (int tool = v1::QuestionnaireTool_MIN + 1; tool <= v1::QuestionnaireTool_MAX; ++tool) {
    const Instrument* instrument = FindInstrument(static_cast<v1::QuestionnaireTool>(tool));
    ASSERT_NE(instrument, nullptr) << tool;
    std::string all;
    for (const Item& item : instrument->items) {
      absl::StrAppend(&all, std::string(item.link_id), "=",
                      item.kind == AnswerKind::kYesNo ? "yes" : absl::StrCat(item.most), " ");
    }
    EXPECT_EQ(Text(ScoreOf(Answers(instrument->tool, all, kFemale))->value()), absl::StrCat(instrument->most)) << tool;
  }
}

TEST(ScoreOf, NamesEveryItemThatIsNotAnswered) {
  const auto score = ScoreOf(Answers(kPeg, "item-2=5"));
  google::rpc::BadRequest bad;
  bool found = false;
  const google::rpc::Status status = ToRpcStatus(score.status());
  for (const auto& detail : status.details()) found = found || detail.UnpackTo(&bad);
  ASSERT_TRUE(found);
  ASSERT_EQ(bad.field_violations_size(), 2);
  EXPECT_EQ(bad.field_violations(0).field(), "item-1");
  EXPECT_EQ(bad.field_violations(1).field(), "item-3");
}

// Exactly thirty per cent counts; a hair less does not.
TEST(ChangeSince, IsMeaningfulFromThirtyPerCentOn) {
  struct Row {
    std::vector<int> before, now;
    const char* percent;
    bool meaningful;
  };
  const Row rows[] = {
      {{10, 10, 10}, {7, 7, 7}, "-30",    true },
      {{10, 10, 10}, {7, 7, 8}, "-80/3",  false},
      {{10, 10, 10}, {7, 7, 6}, "-100/3", true },
      {{7, 7, 6},    {5, 5, 4}, "-30",    true },
      {{7, 7, 6},    {5, 5, 5}, "-25",    false},
      {{7, 7, 6},    {9, 9, 8}, "30",     true },
      {{7, 7, 6},    {9, 9, 7}, "25",     false},
      {{1, 1, 1},    {0, 0, 0}, "-100",   true },
      {{5, 5, 5},    {5, 5, 5}, "0",      false},
  };
  for (const Row& row : rows) {
    const v1::Fraction before = ScoreOf(Answers(kPeg, Items(row.before)))->value();
    const v1::Fraction now = ScoreOf(Answers(kPeg, Items(row.now)))->value();
    const v1::ScoreChange change = ChangeSince(kId, before, now);
    EXPECT_EQ(Text(change.percent()), row.percent);
    EXPECT_TRUE(change.has_meaningful());
    EXPECT_EQ(change.meaningful(), row.meaningful) << row.percent;
    EXPECT_EQ(change.previous_response_id(), kId);
  }
}

TEST(ChangeSince, NothingHasNoShares) {
  const v1::Fraction nothing = ScoreOf(Answers(kPeg, Items({0, 0, 0})))->value();
  const v1::ScoreChange change = ChangeSince(kId, nothing, ScoreOf(Answers(kPeg, Items({5, 5, 5})))->value());
  EXPECT_FALSE(change.has_percent());
  EXPECT_FALSE(change.has_meaningful());
  EXPECT_EQ(Text(change.previous()), "0");
}

}  // namespace
}  // namespace anamnesis::encounter
