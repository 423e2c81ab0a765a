// Interventions as courses with their relief.
#include "services/cli/courses.h"

#include <gtest/gtest.h>

#include "google/protobuf/text_format.h"

namespace anamnesis::cli {
namespace {

projection::v1::InterventionView View(const std::string& text) {
  projection::v1::InterventionView view;
  EXPECT_TRUE(google::protobuf::TextFormat::ParseFromString(text, &view)) << text;
  return view;
}

TEST(Courses, AreByKindRegionAndSideOldestFirst) {
  const std::vector<Course> courses = CoursesOf({
      View("intervention { id: 'b' plan { kind: INTERVENTION_KIND_MEDIAL_BRANCH_BLOCK side: LATERALITY_LEFT } "
           "performance { start { seconds: 20 } } }"),
      View("intervention { id: 'r' plan { kind: INTERVENTION_KIND_MEDIAL_BRANCH_BLOCK side: LATERALITY_RIGHT } }"),
      View("intervention { id: 'a' plan { kind: INTERVENTION_KIND_MEDIAL_BRANCH_BLOCK side: LATERALITY_LEFT } "
           "performance { start { seconds: 10 } } }"),
      View("intervention { id: 'u' plan { kind: INTERVENTION_KIND_MEDIAL_BRANCH_BLOCK side: LATERALITY_LEFT } }"),
  });
  ASSERT_EQ(courses.size(), 2U);
  ASSERT_EQ(courses[0].interventions.size(), 3U);
  EXPECT_EQ(courses[0].interventions[0].intervention().id(), "u") << "without a time first";
  EXPECT_EQ(courses[0].interventions[1].intervention().id(), "a");
  EXPECT_EQ(courses[0].interventions[2].intervention().id(), "b");
  EXPECT_EQ(courses[1].interventions[0].intervention().id(), "r");
}

TEST(ReliefCurve, IsOfTheReportsThatHoldInTheOrderOfTheirTimes) {
  const projection::v1::InterventionView view = View(
      "outcomes { id: '2' time { seconds: 20 } relief_basis_points: 3333 } "
      "outcomes { id: 'x' time { seconds: 15 } relief_basis_points: 100 } "
      "outcomes { id: '1' time { seconds: 10 } relief_basis_points: 10000 } "
      "outcomes { id: '4' time { seconds: 40 } } "
      "outcomes { id: '3' time { seconds: 30 } relief_basis_points: 0 } retracted_outcome_ids: 'x'");
  EXPECT_EQ(ReliefCurve(ReportsOf(view)), "█▃▁· 100 % → 33.33 % → 0 % → unknown");
  EXPECT_EQ(ReliefCurve({}), "");
}

TEST(NextText, SaysWhatIsNextOrWhatIsMissing) {
  EXPECT_EQ(NextText(View("")), "");
  EXPECT_EQ(NextText(View("standing { next: INTERVENTION_KIND_RADIOFREQUENCY_ABLATION eligible: true }")),
            "radiofrequency ablation: eligible");
  EXPECT_EQ(NextText(View("standing { next: INTERVENTION_KIND_RADIOFREQUENCY_ABLATION unmet_rules: 'facet-two-blocks' "
                          "unmet_rules: 'ablation-sessions' }")),
            "radiofrequency ablation: not met: facet-two-blocks, ablation-sessions");
}

}  // namespace
}  // namespace anamnesis::cli
