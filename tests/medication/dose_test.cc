// Dose mathematics: exact numbers, units, timings, and what an order gives in a day.
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "services/medication/domain/dose/daily_dose.h"
#include "services/medication/domain/dose/timing.h"
#include "tests/medication/dosing.h"

namespace anamnesis::medication {
namespace {

std::string Text(const std::optional<Exact>& number) {
  return number ? number->get_str() : "unknown";
}

TEST(ExactTest, ReadsJsonDecimals) {
  const std::vector<std::pair<std::string, std::string>> cases = {
      {"0",                       "0"                                          },
      {"36.60",                   "183/5"                                      },
      {"-1.5e3",                  "-1500"                                      },
      {"2E-3",                    "1/500"                                      },
      {"1e+2",                    "100"                                        },
      {"00012",                   "12"                                         },
 // The longest that fits a machine word, and one digit more.
      {"999999999999999999",      "999999999999999999"                         },
      {"9999999999999999999",     "9999999999999999999"                        },
      {"-0.99999999999999999999", "-99999999999999999999/100000000000000000000"},
      {"",                        "unknown"                                    },
      {"1.",                      "unknown"                                    },
      {".5",                      "unknown"                                    },
      {"five",                    "unknown"                                    },
      {"1e",                      "unknown"                                    },
      {"1 ",                      "unknown"                                    },
      {"1e99999",                 "unknown"                                    },
      {"1e101",                   "unknown"                                    },
  };
  for (const auto& [text, number] : cases) EXPECT_EQ(Text(ParseExact(text)), number) << text;
}

TEST(ExactTest, NothingDriftsAtAThreshold) {
  // In binary floating point 0.1 × 3 is more than 0.3.
  EXPECT_EQ(*ParseExact("0.1") * 3, *ParseExact("0.3"));
  EXPECT_EQ(Exact(1) / 3 * 3, 1);
}

TEST(ExactTest, TextIsRoundedAndShort) {
  EXPECT_EQ(DecimalText(Exact(2) / 7, 4), "0.2857");
  EXPECT_EQ(DecimalText(60, 2), "60");
  EXPECT_EQ(DecimalText(Exact(1) / 8, 2), "0.13");
  EXPECT_EQ(DecimalText(Exact(-1) / 8, 2), "-0.13");
  EXPECT_EQ(DecimalText(Exact(-1) / 1000, 2), "0");
}

TEST(TimingTest, TheMostTimesADay) {
  struct Case {
    std::string timing;
    std::string per_day;
  };
  const std::vector<Case> cases = {
      {"2 per 4 h",      "12"     },
      {"1 per 30 min",   "48"     },
      {"2 per 1 wk",     "2/7"    },
      {"1 per 1 d",      "1"      },
      {"1 per 4-6 h",    "6"      },
      {"1-2 per 6 h",    "8"      },
      {"1 per 72 h",     "1/3"    },
      {"1 per 1 mo",     "16/487" },
      {"1 per 0.5 d",    "2"      },
      {"1 per 0 h",      "unknown"},
      {"1 per 1 mg",     "unknown"},
      {"BID",            "2"      },
      {"QOD",            "1/2"    },
      {"Q6H",            "4"      },
      {"SOON",           "unknown"},
      {"at HS",          "1"      },
      {"at AC",          "3"      },
      {"at MORN NIGHT",  "2"      },
      {"at HS HS",       "1"      },
      {"at SOMETIME HS", "unknown"},
      {"",               "unknown"},
  };
  for (const Case& test : cases) EXPECT_EQ(Text(MostTimesPerDay(Often(test.timing))), test.per_day) << test.timing;
}

TEST(DoseTest, MilligramsADay) {
  struct Case {
    std::string what;
    v1::Dosage dosage;
    std::string strength;
    std::string mg_per_day;
  };
  const auto limited = [](v1::Dosage dosage, const std::string& amount, const std::string& per) {
    *dosage.mutable_max_dose_per_period()->mutable_numerator() = Of(amount);
    *dosage.mutable_max_dose_per_period()->mutable_denominator() = Of(per);
    return dosage;
  };
  const std::vector<Case> cases = {
      {"in milligrams",                 Take("5 mg",                     "4 per 1 d"),           "",                                                          "20"},
      {"tablets",                       Take("2 {tablet}",               "BID"),                 "5 mg/{tablet}",                                             "20"},
      {"tablets in words",              Take("2 tablets",                "BID"),                 "5 mg/{tablet}",                                             "20"},
      {"pieces",                        Take("1 1",                      "QD"),                  "325 mg",                                                    "325"},
      {"a solution",                    Take("2.5 mL",                   "4 per 1 d"),           "10 mg/mL",                                                  "100"},
      {"a solution of another measure", Take("2.5 mL",                   "4 per 1 d"),           "10 mg/{tablet}",                                            "unknown"},
      {"micrograms",                    Take("100 ug",                   "QD"),                  "",                                                          "1/10"},
      {"a range of doses",              Take("1-2 {tablet}",             "1 per 4-6 h"),         "5 mg/{tablet}",                                             "60"},
      {"as needed, at the most",        AsNeeded(Take("10 mg",           "1 per 4 h")),          "",                                                          "60"},
      {"no more than is allowed",       limited(Take("1000 mg",          "1 per 4 h"),           "4 g",                                                       "1 d"),"", "4000"},
      {"allowed more than is taken",                         limited(Take("500 mg",                                                        "QD"),                                                   "4 g",                                                                 "1 d"),"", "500"},
      {"only the limit is known",                         limited(Take("",                                                      ""),                                                                       "21 mg",                                                                  "1 wk"),                                      "", "3"},
      {"no timing",                            Take("10 mg",""),"","unknown"},
      {"no dose",                     Take("",             "BID"),                                  "5 mg/{tablet}",                                                                                                                                                    "unknown"},
      {"no strength",                       Take("1 {tablet}",                           "BID"),                               "",                                          "unknown"},
      {"a unit that is not understood",                   Take("5 [IU]",           "BID"), "",                            "unknown"},
      {"a bound is no dose", Take("<5 mg", "BID"),       "",                                                                "unknown"},
      {"less than nothing",            Take("-5 mg",                               "BID"),                                               "",                                                                                                  "unknown"},
  };
  for (const Case& test : cases) {
    EXPECT_EQ(Text(MostMilligramsPerDay(test.dosage, {"7804", Strength(test.strength)}, true)), test.mg_per_day)
        << test.what;
  }
}

TEST(DoseTest, MilligramsOfOneOfSeveralIngredientsAreUnknown) {
  const v1::Dosage dosage = Take("5 mg", "QD");
  EXPECT_EQ(MostMilligramsPerDay(dosage, {"7804", Strength("5 mg/{tablet}")}, false), std::nullopt);
}

TEST(DoseTest, WhatIsGivenAllTheTime) {
  const auto rate = [](const std::string& amount) {
    v1::Dosage dosage;
    *dosage.mutable_rate()->mutable_numerator() = Of(amount);
    return dosage;
  };
  EXPECT_EQ(Text(MicrogramsPerHour(Take("1 {patch}", "1 per 72 h"), {"4337", Strength("25 ug/h")}, true)), "25");
  EXPECT_EQ(Text(MicrogramsPerHour(Take("2 {patch}", "1 per 48 h"), {"4337", Strength("37.5 ug/h")}, true)), "75/2");
  EXPECT_EQ(Text(MicrogramsPerHour(rate("75 ug/h"), {"4337", {}}, true)), "75");
  EXPECT_EQ(Text(MicrogramsPerHour(Take("50 ug/h", ""), {"4337", {}}, true)), "50");
  EXPECT_EQ(Text(MicrogramsPerHour(rate("2.4 mg/d"), {"7052", {}}, true)), "100");
  EXPECT_EQ(Text(MicrogramsPerHour(rate("2 mL/h"), {"4337", Strength("0.01 mg/mL")}, true)), "20");
  EXPECT_EQ(MicrogramsPerHour(Take("10 mg", "QD"), {"7052", {}}, true), std::nullopt);
}

std::string UseAt(const v1::Order& order, int64_t day) {
  const std::vector<IngredientUse> uses = UsesAt(order,
                                                 {
                                                     {"7804", std::nullopt}
  },
                                                 v1::PRODUCT_ROUTE_ORAL, day * kMicrosOfDay);
  std::string text;
  for (const IngredientUse& use : uses) {
    text += (use.mg_per_day.complete ? "" : "at least ") + use.mg_per_day.known.get_str() + " mg/d";
  }
  return text.empty() ? "nothing" : text;
}

TEST(DoseTest, DosagesSideBySideAddUp) {
  const v1::Order order = Taking({Step(1, Take("10 mg", "AM")), Step(1, Take("5 mg", "PM"))});
  EXPECT_EQ(UseAt(order, 0), "15 mg/d");
}

TEST(DoseTest, AnUnknownPartLeavesTheSumUnknown) {
  const v1::Order order = Taking({Step(1, Take("10 mg", "AM")), Step(1, Take("5 mg", ""))});
  EXPECT_EQ(UseAt(order, 0), "at least 10 mg/d");
}

TEST(DoseTest, OfStepsWithoutDatesTheGreatestCounts) {
  const v1::Order order =
      Taking({Step(1, Take("20 mg", "BID")), Step(2, Take("10 mg", "BID")), Step(3, Take("5 mg", "BID"))});
  EXPECT_EQ(UseAt(order, 0), "40 mg/d");
}

TEST(DoseTest, ATaperCountsTheStepOfTheDay) {
  const v1::Order order =
      Taking({Step(1, Between(0, 6, Take("20 mg", "BID"))), Step(2, Between(7, 13, Take("10 mg", "BID")))});
  EXPECT_EQ(UseAt(order, 0), "40 mg/d");
  EXPECT_EQ(UseAt(order, 6), "40 mg/d");
  EXPECT_EQ(UseAt(order, 7), "20 mg/d");
  EXPECT_EQ(UseAt(order, 14), "nothing");
}

TEST(DoseTest, AnOrderWithoutDosagesIsUnknownNotNothing) {
  EXPECT_EQ(UseAt(Taking({}), 0), "at least 0 mg/d");
}

}  // namespace
}  // namespace anamnesis::medication
