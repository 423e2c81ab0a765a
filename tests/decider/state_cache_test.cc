#include "decider/state_cache.h"

#include <gtest/gtest.h>

namespace anamnesis::decider {
namespace {

TEST(StateCacheTest, GivesUpTheLeastRecentlyUsedFirst) {
  StateCache<int> cache(100);
  cache.Put("a", {.state = 1, .bytes = 40});
  cache.Put("b", {.state = 2, .bytes = 40});
  ASSERT_NE(cache.Find("a"), nullptr);
  cache.Put("c", {.state = 3, .bytes = 40});
  cache.Trim();
  EXPECT_EQ(cache.Find("b"), nullptr);
  ASSERT_NE(cache.Find("a"), nullptr);
  EXPECT_EQ(cache.Find("a")->state, 1);
  EXPECT_EQ(cache.bytes(), 80u);
}

TEST(StateCacheTest, TheMostRecentStaysHoweverLarge) {
  StateCache<int> cache(10);
  CachedState<int>* entry = cache.Put("a", {.state = 1, .bytes = 5});
  cache.Grow(*entry, 100);
  cache.Trim();
  EXPECT_NE(cache.Find("a"), nullptr);
  cache.Put("b", {.state = 2, .bytes = 1});
  cache.Trim();
  EXPECT_EQ(cache.Find("a"), nullptr);
  EXPECT_EQ(cache.bytes(), 1u);
}

TEST(StateCacheTest, PutReplaces) {
  StateCache<int> cache(100);
  cache.Put("a", {.state = 1, .bytes = 40});
  cache.Put("a", {.state = 2, .bytes = 10});
  EXPECT_EQ(cache.Find("a")->state, 2);
  EXPECT_EQ(cache.bytes(), 10u);
  cache.Drop("a");
  EXPECT_EQ(cache.bytes(), 0u);
}

}  // namespace
}  // namespace anamnesis::decider
