#include "services/cli/simulate/calendar.h"

#include <gtest/gtest.h>

namespace anamnesis::simulate {
namespace {

TEST(CalendarTest, ParsesDaysThatExist) {
  for (const char* text : {"1900-01-01", "2020-02-29", "2200-12-31"}) {
    const auto day = ParseDate(text);
    ASSERT_TRUE(day) << text;
    EXPECT_EQ(DateText(*day), text);
  }
}

TEST(CalendarTest, RefusesOtherText) {
  for (const char* text : {"", "2020", "2021-02-29", "2020-13-01", "2020-00-10", "1899-12-31", "2201-01-01",
                           "2020/01/01", "20-01-2020", "2020-1-001", "2020-01-1x", "-020-01-01", "2020-01-010"}) {
    EXPECT_FALSE(ParseDate(text)) << text;
  }
}

TEST(CalendarTest, LeapDayBecomesTheLastOfFebruary) {
  EXPECT_EQ(DateText(AddYears(*ParseDate("2020-02-29"), 1)), "2021-02-28");
  EXPECT_EQ(DateText(AddYears(*ParseDate("2020-02-29"), 4)), "2024-02-29");
  EXPECT_EQ(DateText(AddYears(*ParseDate("2020-03-01"), -20)), "2000-03-01");
}

TEST(CalendarTest, InstantsAreUtc) {
  EXPECT_EQ(InstantText(Instant(*ParseDate("2020-02-29")) + Minutes(9 * 60 + 5)), "2020-02-29T09:05:00+00:00");
  EXPECT_EQ(InstantText(Instant(*ParseDate("1960-01-02")) - Minutes(1)), "1960-01-01T23:59:00+00:00");
}

}  // namespace
}  // namespace anamnesis::simulate
