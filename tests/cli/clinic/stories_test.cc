#include "services/cli/clinic/stories.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "base/uuid.h"

namespace anamnesis::clinic {
namespace {

using testing::HasSubstr;

constexpr int64_t kFirstDay = 1'672'617'600;  // 2023-01-02.
constexpr int64_t kDay = 86'400;

constexpr char kStory[] = R"(
  patient_id: "@ada" actor: "user:ellis" roles: "clinician"
  steps { name: "allergy" day: 2 time: "09:30" patient { record_allergy { allergy {
    id: "@ada/latex" substance { codings { system: "@snomed" code: "111088007" } } onset { seconds: -86400 } } } } }
  steps { name: "order" roles: "importer" medication { prescribe { patient_id: "@ben" order { id: "@ada/latex" } } } }
)";

Story Read(const std::string& text) {
  const absl::StatusOr<ReadyStory> story = ReadStory({"20-back.txtpb", text});
  EXPECT_TRUE(story.ok()) << story.status();
  return story.ok() ? story->story : Story();
}

TEST(StoriesTest, AllCanBePlayed) {
  const absl::StatusOr<std::vector<ReadyStory>> stories = ReadStories();
  ASSERT_TRUE(stories.ok()) << stories.status();
  EXPECT_EQ(stories->size(), StoryFiles().size());
  EXPECT_GT(stories->size(), 1u);
}

TEST(StoriesTest, SymbolsAreIdsThatAreTheSameEverywhere) {
  const Story story = Read(kStory);
  const patient::v1::RecordAllergyRequest& allergy = story.steps(0).patient().record_allergy();
  const medication::v1::PrescribeRequest& order = story.steps(1).medication().prescribe();
  EXPECT_TRUE(IsUuid(allergy.patient_id()));
  EXPECT_TRUE(IsUuid(allergy.allergy().id()));
  EXPECT_NE(allergy.patient_id(), order.patient_id());
  EXPECT_EQ(allergy.allergy().id(), order.order().id());
  EXPECT_EQ(allergy.allergy().substance().codings(0).system(), "http://snomed.info/sct");
  EXPECT_EQ(allergy.allergy().substance().codings(0).code(), "111088007");
}

TEST(StoriesTest, TimesCountFromTheStepAndStayUntilAnotherIsSaid) {
  const Story story = Read(kStory);
  const int64_t then = kFirstDay + 2 * kDay + 9 * 3600 + 30 * 60;
  const patient::v1::RecordAllergyRequest& allergy = story.steps(0).patient().record_allergy();
  EXPECT_EQ(allergy.context().effective_time().seconds(), then);
  EXPECT_EQ(allergy.allergy().onset().seconds(), then - kDay);
  EXPECT_EQ(story.steps(1).medication().prescribe().context().effective_time().seconds(), then);
}

TEST(StoriesTest, WhoActsIsTheStorysUnlessTheStepSaysIt) {
  const Story story = Read(kStory);
  EXPECT_EQ(story.steps(0).actor(), "user:ellis");
  EXPECT_THAT(story.steps(0).roles(), testing::ElementsAre("clinician"));
  EXPECT_THAT(story.steps(1).roles(), testing::ElementsAre("importer"));
}

TEST(StoriesTest, ARequestIdIsOfStoryAndStep) {
  EXPECT_EQ(Read(kStory).steps(1).medication().prescribe().context().request_id(), "clinic/back/order");
}

TEST(StoriesTest, ACommandIsFound) {
  const Story story = Read(kStory);
  const CommandOf command = CommandIn(story.steps(1));
  EXPECT_EQ(command.service, "medication");
  EXPECT_EQ(command.field->name(), "prescribe");
  EXPECT_EQ(command.request, &story.steps(1).medication().prescribe());
}

TEST(StoriesTest, WhatCannotBePlayedIsRefusedAndSaidWhere) {
  constexpr char kStep[] = R"(steps { name: "a" patient { retract_death {} } })";
  const struct {
    std::string text;
    std::string why;
  } kCases[] = {
      {"",                                                                                   "the last step"},
      {"steps { name: \"a\" patient { retract_death {} } refused: \"DEATH_NOT_RECORDED\" }", "the last step"},
      {absl::StrCat(kStep,                                                                   kStep),          "that of another"},
      {"steps { patient { retract_death {} } }",                                                                                    "the name is empty"                                                           },
      {absl::StrCat("steps { name: \"",                                                                                    std::string(41,          'x'), "\" patient { retract_death {} } }"), "too long"},
      {"steps { name: \"a\" }",                                                                                "no command"                                                 },
      {"steps { name: \"a\" patient {} }",                                                                                    "command is empty"                                                                            },
      {"steps { name: \"a\" time: \"noon\" patient { retract_death {} } }",                                                                                    "none like 09:30"                },
      {"steps { name: \"a\"\n patient { cure {} } }",                                                                                    "line 2"},
  };
  for (const auto& [text, why] : kCases) {
    const absl::Status status = ReadStory({"20-back.txtpb", text}).status();
    EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument) << text;
    EXPECT_THAT(std::string(status.message()), HasSubstr(why)) << text;
    EXPECT_THAT(std::string(status.message()), HasSubstr("20-back.txtpb"));
  }
}

}  // namespace
}  // namespace anamnesis::clinic
