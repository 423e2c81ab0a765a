// What was appended together is told by the recorded times: exactly for what is recorded by the rule, and never too
// little for what older releases recorded.
#include "eventlog/append_run.h"

#include "gtest/gtest.h"

namespace anamnesis::eventlog {
namespace {

TEST(AppendRunTest, TellsWhatWasAppendedTogether) {
  const struct {
    const char* name;
    AppendMark one;
    AppendMark other;
    bool together;
  } cases[] = {
      {"NextMicrosecond",          {7, 100, ""},   {8, 101, ""},      true },
      {"SameCommand",              {7, 100, "r"},  {8, 101, "r"},     true },
      {"SomeBetweenThemNotWanted", {7, 100, "r"},  {12, 105, "r"},    true },
      {"InTheOtherOrder",          {12, 105, "r"}, {7, 100, "r"},     true },
      {"TheLastOfTheLargest",      {1, 100, "r"},  {1000, 1099, "r"}, true },
      {"TwoMicrosecondsLater",     {7, 100, "r"},  {8, 102, "r"},     false},
      {"MuchLater",                {7, 100, ""},   {8, 900, ""},      false},
      {"AnAppendBetweenThem",      {7, 100, ""},   {9, 103, ""},      false},
      {"OlderReleaseOtherCommand", {7, 100, "r"},  {8, 101, "s"},     false},
      {"MoreThanAnAppendMayHold",  {1, 100, ""},   {1001, 1100, ""},  false},
  };
  for (const auto& c : cases) {
    EXPECT_EQ(AppendedTogether(c.one, c.other), c.together) << c.name;
    EXPECT_EQ(AppendedTogether(c.other, c.one), c.together) << c.name;
  }
}

TEST(AppendRunTest, ARunIsOneAppendOnly) {
  AppendRun run;
  EXPECT_FALSE(run.Continues({1, 100, ""}));
  EXPECT_TRUE(run.Continues({2, 101, ""}));
  EXPECT_TRUE(run.Continues({4, 103, ""}));
  EXPECT_FALSE(run.Continues({5, 105, ""}));
  EXPECT_TRUE(run.Continues({6, 106, ""}));
}

// A clock that stood still under an older release: what cannot be told apart is cut where no append could go on.
TEST(AppendRunTest, ARunIsNoLongerThanAnAppend) {
  AppendRun run;
  size_t begun = 0;
  for (Position position = 1; position <= 3 * kMaxEventsPerAppend; ++position) {
    if (!run.Continues({position, static_cast<int64_t>(position), ""})) ++begun;
  }
  EXPECT_EQ(begun, 3u);
}

}  // namespace
}  // namespace anamnesis::eventlog
