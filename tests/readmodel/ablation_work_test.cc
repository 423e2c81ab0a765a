// Who may go on to an ablation: not who has had it since.
#include "services/readmodel/worklist/ablation_work.h"

#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace anamnesis::readmodel {
namespace {

using projection::v1::View;
using testing::ElementsAre;
using testing::IsEmpty;
using enum encounter::v1::InterventionKind;
using enum encounter::v1::Laterality;

constexpr int64_t kDay = int64_t{86'400} * 1'000'000;
const std::vector<std::string> kLevels = {"L4-L5", "L5-S1"};

View Performed(encounter::v1::InterventionKind kind, std::optional<int> day, encounter::v1::Laterality side,
               const std::vector<std::string>& levels) {
  View view;
  auto& intervention = *view.mutable_intervention()->mutable_intervention();
  intervention.set_status(encounter::v1::INTERVENTION_STATUS_PERFORMED);
  intervention.mutable_plan()->set_kind(kind);
  intervention.mutable_plan()->set_region(encounter::v1::BODY_REGION_LUMBAR);
  intervention.mutable_plan()->set_side(side);
  intervention.mutable_plan()->mutable_levels()->Assign(levels.begin(), levels.end());
  if (day) *intervention.mutable_performance()->mutable_start() = ToTimestamp(*day * kDay);
  intervention.mutable_performance()->set_performer_id("doctor");
  return view;
}

// After which the rules let an ablation follow, as they said a day later.
View Eligible(View view, std::string id) {
  view.mutable_intervention()->mutable_intervention()->set_id(std::move(id));
  auto& standing = *view.mutable_intervention()->mutable_standing();
  standing.set_next(INTERVENTION_KIND_RADIOFREQUENCY_ABLATION);
  standing.set_eligible(true);
  *standing.mutable_time() = ToTimestamp(6 * kDay);
  return view;
}

View Block(const std::vector<std::string>& levels = kLevels) {
  return Eligible(Performed(INTERVENTION_KIND_MEDIAL_BRANCH_BLOCK, 5, LATERALITY_LEFT, levels), "block");
}
View Ablation(std::optional<int> day, encounter::v1::Laterality side = LATERALITY_LEFT,
              const std::vector<std::string>& levels = kLevels) {
  return Performed(INTERVENTION_KIND_RADIOFREQUENCY_ABLATION, day, side, levels);
}

std::vector<std::string> On(chart::v1::Worklist worklist, int day, const std::vector<View>& views,
                            const std::string& practitioner_id = "") {
  AblationWork work(day * kDay);
  for (const View& view : views) work.Add(view);
  std::vector<std::string> about;
  for (const ViewWork& item : work.On(worklist, practitioner_id)) about.push_back(item.about);
  return about;
}
constexpr auto kBlocks = chart::v1::WORKLIST_BLOCKS_ELIGIBLE_FOR_ABLATION;
constexpr auto kAblations = chart::v1::WORKLIST_ABLATIONS_ELIGIBLE_FOR_REPEAT;

TEST(AblationWork, IsThereFromWhenTheRulesSaidSo) {
  EXPECT_THAT(On(kBlocks, 5, {Block()}), IsEmpty());
  EXPECT_THAT(On(kBlocks, 6, {Block()}), ElementsAre("intervention/block"));
  EXPECT_THAT(On(kAblations, 6, {Block()}), IsEmpty());
  EXPECT_THAT(On(kBlocks, 6, {Block()}, "doctor"), ElementsAre("intervention/block"));
  EXPECT_THAT(On(kBlocks, 6, {Block()}, "somebody"), IsEmpty());
  EXPECT_THAT(On(chart::v1::WORKLIST_UNSIGNED_NOTES, 6, {Block()}), IsEmpty());
}

TEST(AblationWork, ABlockThatWasFollowedIsDone) {
  EXPECT_THAT(On(kBlocks, 9, {Block(), Ablation(10)}), ElementsAre("intervention/block")) << "not yet";
  EXPECT_THAT(On(kBlocks, 10, {Block(), Ablation(10)}), IsEmpty());
  EXPECT_THAT(On(kBlocks, 10, {Ablation(10), Block()}), IsEmpty()) << "in any order";
  EXPECT_THAT(On(kBlocks, 10, {Block(), Ablation(10, LATERALITY_BILATERAL)}), IsEmpty());
  EXPECT_THAT(On(kBlocks, 10, {Block(), Ablation(10, LATERALITY_LEFT, {"L5-S1"})}), IsEmpty());
  EXPECT_THAT(On(kBlocks, 10, {Block(), Ablation(10, LATERALITY_LEFT, {})}), IsEmpty()) << "it may have been there";
}

TEST(AblationWork, AnotherAblationIsNone) {
  for (const View& other : {Ablation(4), Ablation(10, LATERALITY_RIGHT), Ablation(10, LATERALITY_LEFT, {"L2-L3"}),
                            Ablation(std::nullopt)}) {
    EXPECT_THAT(On(kBlocks, 10, {Block(), other}), ElementsAre("intervention/block")) << other.ShortDebugString();
  }
}

TEST(AblationWork, AnAblationThatWasRepeatedIsDone) {
  const View first = Eligible(Ablation(5), "first");
  EXPECT_THAT(On(kAblations, 10, {first}), ElementsAre("intervention/first")) << "it does not follow itself";
  EXPECT_THAT(On(kAblations, 10, {first, Ablation(10)}), IsEmpty());
}

}  // namespace
}  // namespace anamnesis::readmodel
