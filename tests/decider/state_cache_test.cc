#include "decider/state_cache.h"

#include <gtest/gtest.h>

namespace anamnesis::decider {
namespace {

// A state that says of itself how large it is.
struct Sized {
  size_t bytes = 0;
  size_t SpaceUsedLong() const { return bytes; }
};

TEST(StateCacheTest, GivesUpTheLeastRecentlyUsedFirst) {
  StateCache<Sized> cache(100);
  cache.Put("a", {.state = {1}, .bytes = 40});
  cache.Put("b", {.state = {2}, .bytes = 40});
  ASSERT_NE(cache.Find("a"), nullptr);
  cache.Put("c", {.state = {3}, .bytes = 40});
  cache.Trim();
  EXPECT_EQ(cache.Find("b"), nullptr);
  ASSERT_NE(cache.Find("a"), nullptr);
  EXPECT_EQ(cache.bytes(), 80u);
}

TEST(StateCacheTest, TheMostRecentStaysHoweverLarge) {
  StateCache<Sized> cache(10);
  CachedState<Sized>* entry = cache.Put("a", {.state = {5}, .bytes = 5, .measured_bytes = 5});
  entry->state.bytes = 105;
  cache.Grow(*entry, 100);
  cache.Trim();
  EXPECT_NE(cache.Find("a"), nullptr);
  cache.Put("b", {.state = {2}, .bytes = 1});
  cache.Trim();
  EXPECT_EQ(cache.Find("a"), nullptr);
  EXPECT_EQ(cache.bytes(), 1u);
}

TEST(StateCacheTest, AStateThatSeemsToHaveGrownByAQuarterIsMeasured) {
  StateCache<Sized> cache(1000);
  CachedState<Sized>* entry = cache.Put("a", {.state = {100}, .bytes = 100, .measured_bytes = 100});
  cache.Put("b", {.state = {7}, .bytes = 7, .measured_bytes = 7});
  entry->state.bytes = 104;
  cache.Grow(*entry, 25);
  EXPECT_EQ(cache.bytes(), 132u);
  cache.Grow(*entry, 1);
  EXPECT_EQ(cache.bytes(), 111u);
  cache.Grow(*entry, 26);
  EXPECT_EQ(cache.bytes(), 137u);
  cache.Drop("a");
  EXPECT_EQ(cache.bytes(), 7u);
}

TEST(StateCacheTest, PutReplaces) {
  StateCache<Sized> cache(100);
  cache.Put("a", {.state = {1}, .bytes = 40});
  cache.Put("a", {.state = {2}, .bytes = 10});
  EXPECT_EQ(cache.Find("a")->state.bytes, 2u);
  EXPECT_EQ(cache.bytes(), 10u);
  cache.Drop("a");
  EXPECT_EQ(cache.bytes(), 0u);
}

}  // namespace
}  // namespace anamnesis::decider
