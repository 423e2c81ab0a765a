// Which records a filter wants, and how entities are divided: for ever the same, and about evenly.
#include "eventlog/filter.h"

#include <algorithm>
#include <vector>

#include "base/uuid.h"
#include "gtest/gtest.h"

namespace anamnesis::eventlog {
namespace {

TEST(FilterTest, WantsWhatHoldsForAll) {
  const struct {
    const char* name;
    Filter filter;
    const char* stream;
    const char* type;
    bool wanted;
  } cases[] = {
      {"Nothing",                  {},                                                     "patient-a",   "p.v1.A", true },
      {"Stream",                   {.stream = "patient-a"},                                "patient-a",   "p.v1.A", true },
      {"StreamIsNoPrefix",         {.stream = "patient-a"},                                "patient-ab",  "p.v1.A", false},
      {"Entity",                   {.entity = "a"},                                        "encounter-a", "p.v1.A", true },
      {"EntityWithDash",           {.entity = "a-b"},                                      "patient-a-b", "p.v1.A", true },
      {"EntityIsNoSuffix",         {.entity = "b"},                                        "patient-a-b", "p.v1.A", false},
      {"Category",                 {.category = "patient"},                                "patient-a",   "p.v1.A", true },
      {"CategoryIsNoPrefix",       {.category = "patient"},                                "patients-a",  "p.v1.A", false},
      {"CategoryEndsAtTheFirst",   {.category = "patient-a"},                              "patient-a-b", "p.v1.A", false},
      {"TypePrefix",               {.type_prefix = "p.v1."},                               "patient-a",   "p.v1.A", true },
      {"TypeShorterThanItsPrefix", {.type_prefix = "p.v1.AA"},                             "patient-a",   "p.v1.A", false},
      {"CategoryAndEntity",        {.entity = "a", .category = "patient"},                 "patient-a",   "p.v1.A", true },
      {"CategoryOfAnotherEntity",  {.entity = "b", .category = "patient"},                 "patient-a",   "p.v1.A", false},
      {"EntityOfAnotherCategory",  {.entity = "a", .category = "encounter"},               "patient-a",   "p.v1.A", false},
      {"CategoryAndType",          {.category = "patient", .type_prefix = "e."},           "patient-a",   "p.v1.A", false},
      {"ShareOfTheEntity",         {.group = {.size = 8, .index = 3}},                     "patient-a",   "p.v1.A", true },
      {"AnotherShare",             {.group = {.size = 8, .index = 2}},                     "patient-a",   "p.v1.A", false},
      {"ShareAndCategory",         {.category = "ward", .group = {.size = 8, .index = 3}}, "patient-a",   "p.v1.A", false},
  };
  for (const auto& c : cases) EXPECT_EQ(c.filter.Wants(c.stream, c.type), c.wanted) << c.name;
}

TEST(FilterTest, WantsAllOnlyWhereNothingIsSet) {
  EXPECT_TRUE(Filter().WantsAll());
  for (const Filter& filter : {Filter{.stream = "a-b"}, Filter{.entity = "a"}, Filter{.category = "a"},
                               Filter{.type_prefix = "a"}, Filter{.group = {.size = 2}}}) {
    EXPECT_FALSE(filter.WantsAll());
  }
}

// Other programs compute the same. Never change these numbers.
TEST(FilterTest, SharesAreForEver) {
  EXPECT_EQ(ShareOf("00000000-0000-4000-8000-000000000000", 8), 7u);  // 1004537367
  EXPECT_EQ(ShareOf("00000000-0000-4000-8000-000000000000", 1000), 367u);
  EXPECT_EQ(ShareOf("0190a6f2-7d2b-7c11-8f00-5a0d3c2b1e4f", 1000), 79u);  // 1282384079
  EXPECT_EQ(ShareOf("123456789", 1000), 262u);                            // 3421780262, 0xcbf43926
  EXPECT_EQ(ShareOf("a", 8), 3u);                                         // 3904355907
  EXPECT_EQ(ShareOf("anything", 1), 0u);
}

TEST(FilterTest, SharesAreAboutEqual) {
  constexpr size_t kEntities = 20'000;
  for (const uint32_t shares : {2u, 3u, 7u, 16u, 100u}) {
    std::vector<size_t> counts(shares);
    for (size_t i = 0; i < kEntities; ++i) ++counts[ShareOf(NewUuid(), shares)];
    const auto [least, most] = std::minmax_element(counts.begin(), counts.end());
    const size_t fair = kEntities / shares;
    EXPECT_GT(*least, fair / 2) << shares;
    EXPECT_LT(*most, 2 * fair) << shares;
  }
}

}  // namespace
}  // namespace anamnesis::eventlog
