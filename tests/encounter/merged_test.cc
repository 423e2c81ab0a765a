// A person whose records were merged: what was done under any of them counts, and stays where it was recorded.
#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "services/encounter/domain/intervention/time_span.h"
#include "tests/encounter/clinic.h"

namespace anamnesis::encounter {
namespace {

constexpr char kEpidural[] =
    "kind: INTERVENTION_KIND_EPIDURAL_STEROID_INJECTION approach: EPIDURAL_APPROACH_CAUDAL region: BODY_REGION_SACRAL "
    "side: LATERALITY_MIDLINE levels: 'S5' pain_since { seconds: 1577836800 }";  // 2020-01-01.
constexpr char kBlock[] =
    "kind: INTERVENTION_KIND_MEDIAL_BRANCH_BLOCK region: BODY_REGION_LUMBAR side: LATERALITY_LEFT levels: 'L4-L5'";
constexpr char kAblation[] =
    "kind: INTERVENTION_KIND_RADIOFREQUENCY_ABLATION region: BODY_REGION_LUMBAR side: LATERALITY_LEFT levels: 'L4-L5'";

const int64_t kToday = Time("2026-03-14T10:00:00Z");
const int64_t kDay = 24 * kHour;

TEST(MergedRecords, BlocksOfBothLeadToAnAblation) {
  const v1::InterventionPlan block = PlanOf(kBlock);
  Clinic first, second;
  first.Had("a", block, kToday - 40 * kDay, 80);
  second.Had("b", block, kToday - 20 * kDay, 80);
  EXPECT_EQ(first.Unmet(PlanOf(kAblation), kToday), "facet-two-blocks");
  first.joined = {v1::EncounterState(), second.patient};
  EXPECT_EQ(first.Unmet(PlanOf(kAblation), kToday), "-");
}

TEST(MergedRecords, AnInjectionUnderTheOtherRecordWasOne) {
  Clinic first, second;
  second.Had("a", PlanOf(kEpidural), kToday - 40 * kDay, 20, 1);
  EXPECT_EQ(first.Unmet(PlanOf(kEpidural), kToday), "-");
  first.joined = {second.patient};
  EXPECT_EQ(first.Unmet(PlanOf(kEpidural), kToday), "epidural-repeat-relief");
  EXPECT_EQ(first.Do(first.For("retract_intervention", "intervention_id: 'a'")), "RESOURCE_NOT_FOUND")
      << "it is the other record's";
}

TEST(MergedRecords, AQuestionnaireIsComparedWithTheOtherRecords) {
  const auto peg = [](const Clinic& clinic, int64_t at, int score) {
    std::string answers;
    for (const char* item : {"item-1", "item-2", "item-3"}) {
      absl::StrAppend(&answers, "answers { link_id: '", item, "' integer: ", score, " } ");
    }
    return At(
        at, clinic.For("record_questionnaire_response", absl::StrCat("questionnaire_response { id: 'q", at,
                                                                     "' tool: QUESTIONNAIRE_TOOL_PEG ", answers, "}")));
  };
  Clinic first, second;
  ASSERT_EQ(second.Do(peg(second, kToday - kDay, 8)), "QuestionnaireResponseRecorded");
  const auto score = [&] {
    const auto decision = first.Try(peg(first, kToday, 4));
    return decision.events.at(0).event.questionnaire_response_recorded().questionnaire_response().score();
  };
  EXPECT_FALSE(score().has_change());
  first.joined = {second.patient};
  EXPECT_EQ(score().change().previous_response_id(), absl::StrCat("q", kToday - kDay));
}

TEST(MergedRecords, ThePrivilegesAreThePerformersStill) {
  Clinic clinic;
  clinic.joined = {v1::EncounterState()};
  clinic.Prepare(PlanOf(kEpidural), kToday);
  EXPECT_EQ(clinic.Do(clinic.Perform(kToday)), "InterventionPerformed");
  clinic.doctor.clear_privileges();
  clinic.Prepare(PlanOf(kBlock), kToday + kDay, "y");
  EXPECT_EQ(clinic.Do(clinic.Perform(kToday + kDay, kGoodPerformance, "y")),
            "INTERVENTION_RULE_NOT_MET: performer-privilege");
}

}  // namespace
}  // namespace anamnesis::encounter
