#include "services/cli/simulate/random.h"

#include <gtest/gtest.h>

#include <array>

namespace anamnesis::simulate {
namespace {

TEST(RandomTest, StaysWithinItsBounds) {
  Random random(1, 1);
  std::array<int, 6> seen = {};
  for (int draw = 0; draw < 6000; ++draw) {
    const int value = random.Between(-2, 3);
    ASSERT_GE(value, -2);
    ASSERT_LE(value, 3);
    ++seen[static_cast<size_t>(value + 2)];
  }
  for (const int count : seen) EXPECT_NEAR(count, 1000, 150);
}

TEST(RandomTest, ChanceIsPercent) {
  Random random(1, 2);
  int hits = 0;
  for (int draw = 0; draw < 10000; ++draw) hits += random.Chance(30) ? 1 : 0;
  EXPECT_NEAR(hits, 3000, 200);
  for (int draw = 0; draw < 100; ++draw) {
    EXPECT_FALSE(random.Chance(0));
    EXPECT_TRUE(random.Chance(100));
  }
}

TEST(RandomTest, StreamsOfASeedDiffer) {
  Random first(1, 1), again(1, 1), second(1, 2), other_seed(2, 1);
  const uint64_t draw = first.Below(1u << 30);
  EXPECT_EQ(draw, again.Below(1u << 30));
  EXPECT_NE(draw, second.Below(1u << 30));
  EXPECT_NE(draw, other_seed.Below(1u << 30));
}

}  // namespace
}  // namespace anamnesis::simulate
