// That the checker accepts what can be and rejects what cannot, by hand-made histories.
#include "tests/fault/history.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <iterator>
#include <random>
#include <utility>

#include "absl/strings/str_cat.h"

namespace anamnesis::fault {
namespace {

using Kind = Operation::Kind;
using Result = Operation::Result;

Operation Write(uint64_t invoked, uint64_t returned, std::optional<uint64_t> expected, uint64_t version) {
  return {.object = "x",
          .expected = expected,
          .invoked = invoked,
          .returned = returned,
          .result = Result::kDone,
          .version = version};
}
Operation Stale(uint64_t invoked, uint64_t returned, uint64_t expected, std::optional<uint64_t> found) {
  return {.object = "x",
          .expected = expected,
          .invoked = invoked,
          .returned = returned,
          .result = Result::kStale,
          .version = found};
}
Operation Read(uint64_t invoked, uint64_t returned, uint64_t version) {
  return {.object = "x",
          .kind = Kind::kRead,
          .invoked = invoked,
          .returned = returned,
          .result = Result::kDone,
          .version = version};
}
Operation Unanswered(uint64_t invoked, std::optional<uint64_t> expected) {
  return {.object = "x", .expected = expected, .invoked = invoked};
}

struct Case {
  const char* name;
  std::vector<Operation> operations;
  bool possible;
};

class LinearizableTest : public testing::TestWithParam<Case> {};

TEST_P(LinearizableTest, IsJudgedRightly) {
  EXPECT_EQ(CheckLinearizable(GetParam().operations).ok(), GetParam().possible)
      << CheckLinearizable(GetParam().operations);
}

INSTANTIATE_TEST_SUITE_P(
    Histories, LinearizableTest,
    testing::Values(
        Case{
            "Nothing", {},
             true
},
        Case{"OneAfterTheOther", {Write(1, 2, 0, 1), Write(3, 4, 1, 2), Read(5, 6, 2)}, true},
        Case{"OverlappingInTheOtherOrder", {Write(1, 4, 1, 2), Write(2, 3, 0, 1)}, true},
        Case{"OverlappingReadSeesBeforeOrAfter", {Write(1, 6, 0, 1), Read(2, 3, 0), Read(4, 5, 1)}, true},
        Case{"OverlappingReadsGoBack", {Write(1, 6, 0, 1), Read(2, 3, 1), Read(4, 5, 0)}, false},
        Case{"LostUpdate", {Write(1, 2, 0, 1), Write(3, 6, 1, 2), Write(4, 5, 1, 2)}, false},
        Case{"TwoFirst", {Write(1, 4, 0, 1), Write(2, 3, 0, 1)}, false},
        Case{"StaleRead", {Write(1, 2, 0, 1), Read(3, 4, 0)}, false},
        Case{"ReadOfTheFuture", {Read(1, 2, 1), Write(3, 4, 0, 1)}, false},
        Case{"AnswersTheWrongVersion", {Write(1, 2, std::nullopt, 2)}, false},
        Case{"VersionIsSkipped", {Write(1, 2, 0, 1), Write(3, 4, std::nullopt, 3)}, false},
        Case{"RightlyStale", {Write(1, 2, 0, 1), Stale(3, 4, 0, 1)}, true},
        Case{"RightlyStaleBecauseOfOneUnderWay", {Write(1, 4, 0, 1), Stale(2, 3, 0, 1)}, true},
        Case{"WronglyStale", {Write(1, 2, 0, 1), Stale(3, 4, 1, std::nullopt)}, false},
        Case{"StaleBeforeAnybodyWrote", {Stale(1, 2, 0, std::nullopt), Write(3, 4, 0, 1)}, false},
        Case{"StaleNamesAnotherVersion", {Write(1, 2, 0, 1), Stale(3, 4, 0, 2)}, false},
        Case{"RefusedThoughNothingWasVisibleAfterwards", {Write(1, 7, 0, 1), Stale(2, 3, 0, 1), Read(4, 5, 0)}, false},
        Case{"UnansweredWasDone", {Unanswered(1, 0), Read(2, 3, 1)}, true},
        Case{"UnansweredWasDoneLater", {Unanswered(1, 0), Read(2, 3, 0), Read(4, 5, 1)}, true},
        Case{"UnansweredWasNotDone", {Unanswered(1, 0), Read(2, 3, 0)}, true},
        Case{"UnansweredTwice", {Unanswered(1, std::nullopt), Read(2, 3, 2)}, false},
        Case{"UnansweredUndone", {Unanswered(1, 0), Read(2, 3, 1), Read(4, 5, 0)}, false}),
    [](const auto& info) { return info.param.name; });

// `width` writes at a time, answered in some order, and so `groups` times.
std::vector<Operation> Overlapping(uint64_t groups, uint64_t width) {
  std::mt19937_64 random(7);
  std::vector<Operation> operations;
  uint64_t version = 0;
  for (uint64_t group = 0; group < groups; ++group) {
    std::vector<uint64_t> order(width);
    for (uint64_t& at : order) at = ++version;
    std::shuffle(order.begin(), order.end(), random);
    for (uint64_t i = 0; i < order.size(); ++i) {
      operations.push_back(Write(100 * group + i, 100 * group + 50 + i, order[i] - 1, order[i]));
    }
  }
  return operations;
}

class ManyOperationsTest : public testing::TestWithParam<std::pair<uint64_t, uint64_t>> {};

TEST_P(ManyOperationsTest, AreJudgedInTime) {
  std::vector<Operation> operations = Overlapping(GetParam().first, GetParam().second);
  EXPECT_TRUE(CheckLinearizable(operations).ok()) << CheckLinearizable(operations);
  Operation& wrong = operations[operations.size() / 2];
  const Operation& other = *std::next(&wrong);
  wrong.version = other.version;
  wrong.expected = other.expected;
  EXPECT_FALSE(CheckLinearizable(operations).ok());
}

INSTANTIATE_TEST_SUITE_P(Histories, ManyOperationsTest, testing::Values(std::pair(40, 16), std::pair(5000, 6)),
                         [](const auto& info) { return absl::StrCat(info.param.second, "AtATime"); });

TEST(ExactlyOnceTest, IsJudgedRightly) {
  const std::map<std::string, std::vector<uint64_t>> recorded = {
      {"a", {1}},
      {"b", {2}}
  };
  EXPECT_TRUE(CheckExactlyOnce(
                  {
                      {"a", {{1, false}, {1, true}}},
                      {"b", {{2, true}}            }
  },
                  recorded)
                  .ok());
  EXPECT_FALSE(CheckExactlyOnce(
                   {
                       {"a", {{1, false}, {1, false}}}
  },
                   recorded)
                   .ok())
      << "done twice";
  EXPECT_FALSE(CheckExactlyOnce(
                   {
                       {"a", {{2, true}}}
  },
                   recorded)
                   .ok())
      << "elsewhere";
  EXPECT_FALSE(CheckExactlyOnce(
                   {
                       {"c", {{3, false}}}
  },
                   recorded)
                   .ok())
      << "lost";
  EXPECT_FALSE(CheckExactlyOnce(
                   {
  },
                   {{"a", {1, 2}}})
                   .ok())
      << "recorded twice, whatever was answered";
}

}  // namespace
}  // namespace anamnesis::fault
