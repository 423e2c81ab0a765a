#include "decider/strand.h"

#include <gtest/gtest.h>

#include <thread>
#include <vector>

namespace anamnesis::decider {
namespace {

TEST(StrandTest, RunsAtOnceWhenIdle) {
  Strand strand;
  bool ran = false;
  strand.Post([&] { ran = true; });
  EXPECT_TRUE(ran);
}

TEST(StrandTest, ATaskPostedByATaskRunsAfterIt) {
  Strand strand;
  std::vector<int> order;
  strand.Post([&] {
    strand.Post([&] { order.push_back(2); });
    order.push_back(1);
  });
  EXPECT_EQ(order, (std::vector<int>{1, 2}));
}

TEST(StrandTest, NeverTwoAtATimeAndNoneForgotten) {
  Strand strand;
  int unguarded = 0;  // Safe only if the strand keeps its word; the thread sanitizer looks.
  std::vector<std::thread> threads;
  for (int i = 0; i < 8; ++i) {
    threads.emplace_back([&] {
      for (int j = 0; j < 1000; ++j) strand.Post([&] { ++unguarded; });
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(unguarded, 8000);
}

}  // namespace
}  // namespace anamnesis::decider
