// What came of a step, and what was to come of it.
#include <gtest/gtest.h>

#include "services/cli/clinic/player.h"

namespace anamnesis::clinic {
namespace {

Step Expecting(const std::string& refused, const std::set<std::string>& alerts) {
  Step step;
  step.set_refused(refused);
  for (const std::string& alert : alerts) step.add_alerts(alert);
  return step;
}

TEST(DifferenceTest, IsNothingWhereAllIsAsSaid) {
  EXPECT_EQ(Difference(Expecting("", {}), {}), "");
  EXPECT_EQ(Difference(Expecting("",
                                 {
                                     "mme-50", "serotonin"
  }),
                       {.alerts = {"serotonin", "mme-50"}}),
            "");
  EXPECT_EQ(Difference(Expecting("ORDER_ENDED", {}), {.refused = "ORDER_ENDED"}), "");
}

TEST(DifferenceTest, SaysWhatWasToBeAndWhatIs) {
  EXPECT_EQ(Difference(Expecting("", {}), {.refused = "ORDER_ENDED"}), "was to be accepted; is ORDER_ENDED");
  EXPECT_EQ(Difference(Expecting("ORDER_ENDED", {}), {}), "was to be ORDER_ENDED; is accepted");
  EXPECT_EQ(Difference(Expecting("", {"mme-50"}), {}), "was to be accepted with mme-50; is accepted");
  EXPECT_EQ(Difference(Expecting("", {}), {.alerts = {"mme-50"}}), "was to be accepted; is accepted with mme-50");
  EXPECT_EQ(Difference(Expecting("ORDER_ENDED", {}), {.refused = "ORDER_ON_HOLD"}),
            "was to be ORDER_ENDED; is ORDER_ON_HOLD");
}

}  // namespace
}  // namespace anamnesis::clinic
