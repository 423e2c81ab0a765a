// Totals of instruments that came as observations.
#include "services/encounter/domain/scoring/total.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "tests/encounter/care_builders.h"

namespace anamnesis::encounter {
namespace {

using testing::ElementsAre;

v1::Observation Total(const std::string& code, const std::string& value) {
  v1::Observation observation;
  auto& coding = *observation.mutable_code()->add_codings();
  coding.set_system("http://loinc.org");
  coding.set_code(code);
  observation.mutable_value()->mutable_quantity()->set_value(value);
  return observation;
}

// What totals of other systems are shown as: the band where the total is one, and what is doubtful.
TEST(TotalOf, IsAsSaidWithItsBandAndFlags) {
  struct Row {
    const char *code, *value, *band;
    std::vector<std::string> flags;
  };
  const std::string fraction = "decimal-score-on-integer-scale";
  const std::string range = "score-out-of-range";
  const Row rows[] = {
      {"44261-6", "4",                  " minimal",           {}               },
      {"44261-6", "5",                  " mild",              {}               },
      {"44261-6", "19",                 " moderately_severe", {}               },
      {"44261-6", "20",                 " severe",            {}               },
      {"44261-6", "27",                 " severe",            {}               },
      {"44261-6", "28",                 "",                   {range}          },
      {"44261-6", "-1",                 "",                   {range}          },
      {"44261-6", "9.5",                "",                   {fraction}       },
      {"44261-6", "10.0",               " moderate",          {}               },
      {"44261-6", "1e1",                " moderate",          {}               },
      {"44261-6", "100e-1",             " moderate",          {}               },
      {"44261-6", "1.05e1",             "",                   {fraction}       },
      {"44261-6", "five",               "",                   {range}          },
      {"44261-6", "1e9999",             "",                   {range}          },
      {"70274-6", "14",                 " moderate",          {}               },
      {"70274-6", "15",                 " severe",            {}               },
      {"70274-6", "22",                 "",                   {range}          },
      {"91392-1", "7",                  " moderate",          {}               },
      {"91392-1", "8",                  " high",              {}               },
      {"72514-3", "7",                  "",                   {}               },
      {"72514-3", "2.1769054542461137", "",                   {fraction}       },
      {"72514-3", "10.000000000000001", "",                   {fraction, range}},
      {"91147-9", "6.67",               "",                   {}               },
  };
  for (const Row& row : rows) {
    SCOPED_TRACE(absl::StrCat(row.code, " ", row.value));
    const auto total = TotalOf(Total(row.code, row.value));
    ASSERT_TRUE(total.has_value());
    EXPECT_EQ(BandName(total->band), row.band);
    EXPECT_EQ(total->score, row.value);
    std::vector<std::string> flags = {"not-scored-here"};
    flags.insert(flags.end(), row.flags.begin(), row.flags.end());
    EXPECT_EQ(total->flags, flags);
  }
}

TEST(TotalOf, ABoundHasNoBand) {
  v1::Observation observation = Total("44261-6", "20");
  observation.mutable_value()->mutable_quantity()->set_comparator("<");
  EXPECT_EQ(TotalOf(observation)->band, v1::SCORE_BAND_UNSPECIFIED);
  EXPECT_THAT(TotalOf(observation)->flags, ElementsAre("not-scored-here", "score-is-a-bound"));
}

TEST(TotalOf, TakesWholeNumbersOfEitherForm) {
  v1::Observation observation = Total("44261-6", "");
  observation.mutable_value()->set_integer(12);
  EXPECT_EQ(TotalOf(observation)->band, v1::SCORE_BAND_MODERATE);
  EXPECT_EQ(TotalOf(observation)->score, "12");
}

TEST(TotalOf, OtherObservationsAreNone) {
  EXPECT_FALSE(TotalOf(Total("8480-6", "120")).has_value());
  EXPECT_FALSE(TotalOf(Total("44261-6", "")).has_value()) << "a value that is not there";
  v1::Observation other_system = Total("44261-6", "5");
  other_system.mutable_code()->mutable_codings(0)->set_system("http://snomed.info/sct");
  EXPECT_FALSE(TotalOf(other_system).has_value());
  EXPECT_FALSE(TotalOf(v1::Observation()).has_value());
  EXPECT_FALSE(TotalOf(Total("", "5")).has_value()) << "tools without a code are not all codes";
}

}  // namespace
}  // namespace anamnesis::encounter
