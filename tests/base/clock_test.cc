#include "base/clock.h"

#include <gtest/gtest.h>

namespace anamnesis {
namespace {

TEST(ClockTest, TimestampsRoundTripOnBothSidesOfTheEpoch) {
  for (const int64_t micros : {int64_t{0}, int64_t{1}, int64_t{-1}, int64_t{1'763'748'000'123'456},
                               int64_t{-3'786'825'600'000'001}}) {
    EXPECT_EQ(ToMicros(ToTimestamp(micros)), micros);
    EXPECT_GE(ToTimestamp(micros).nanos(), 0);
  }
}

TEST(ClockTest, ManualClockMovesOnlyWhenTold) {
  ManualClock clock(5);
  EXPECT_EQ(clock.NowMicros(), 5);
  clock.Advance(-2);
  EXPECT_EQ(clock.NowMicros(), 3);
}

}  // namespace
}  // namespace anamnesis
