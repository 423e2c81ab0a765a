#include "services/cli/table.h"

#include <gtest/gtest.h>

#include <sstream>

namespace anamnesis::cli {
namespace {

TEST(DisplayWidth, CountsTerminalCells) {
  const struct {
    const char* name;
    std::string text;
    size_t width;
  } cases[] = {
      {"nothing",                        "",             0},
      {"ASCII",                          "Ada",          3},
      {"a precomposed accent",           "José",        4},
      {"a combining accent",             "Jose\u0301",   4},
      {"two cells a CJK character",      "山田太郎", 8},
      {"Hangul",                         "김",          2},
      {"a control character is a space", "a\tb",         3},
      {"an escape sequence is shown",    "\x1b[31m",     5},
      {"a byte that is not UTF-8",
       "a\xff"
       "b",                                              3},
      {"a character that breaks off",    "a\xe5\xb1",    3},
  };
  for (const auto& test : cases) EXPECT_EQ(DisplayWidth(test.text), test.width) << test.name;
}

TEST(Fit, CutsToAWidth) {
  const struct {
    const char* name;
    std::string text;
    size_t width;
    const char* fitted;
  } cases[] = {
      {"what fits stays",                       "Ada",           3,  "Ada"          },
      {"what fits is not filled",               "Ada",           9,  "Ada"          },
      {"an ellipsis takes a cell",              "Lovelace",      5,  "Love…"      },
      {"only the ellipsis",                     "Lovelace",      1,  "…"          },
      {"no room at all",                        "Lovelace",      0,  ""             },
      {"half a CJK character does not fit",     "山田太郎",  4,  "山…"       },
      {"an accent stays with its letter",       "Jose\u0301 M",  5,  "Jose\u0301…"},
      {"control characters become spaces",      "a\tb\x1b[1m\n", 99, "a b [1m "     },
      {"bytes that are not UTF-8 are replaced",
       "a\xff"
       "b",                                                      3,  "a?b"          },
  };
  for (const auto& test : cases) EXPECT_EQ(Fit(test.text, test.width), test.fitted) << test.name;
}

std::string Printed(const Table& table, size_t width) {
  std::ostringstream out;
  table.Print(out, width, "no patient is found");
  return out.str();
}

TEST(Table, ColumnsAreAsWideAsNeeded) {
  Table table({"NAME", "SEX", "BORN"});
  table.Add({"山田太郎", "male", "1966-04"});
  table.Add({"Ada", "", "unknown"});
  EXPECT_EQ(Printed(table, 0),
            "NAME      SEX   BORN\n"
            "山田太郎  male  1966-04\n"
            "Ada             unknown\n");
}

TEST(Table, EndsNoLineInSpaces) {
  Table table({"NAME", "FLAGS"});
  table.Add({"Ada Lovelace", ""});
  EXPECT_EQ(Printed(table, 0), "NAME          FLAGS\nAda Lovelace\n");
}

TEST(Table, ARowThatIsTooShortIsFilled) {
  Table table({"NAME", "SEX", "BORN"});
  table.Add({"Ada"});
  EXPECT_EQ(Printed(table, 0), "NAME  SEX  BORN\nAda\n");
}

TEST(Table, TheWidestColumnGivesWayFirst) {
  Table table({"NAME", "DOSAGE"});
  table.Add({"oxycodone", "10 mg by mouth, 4 times in 24 h"});
  EXPECT_EQ(Printed(table, 24), "NAME       DOSAGE\noxycodone  10 mg by mou…\n");
  EXPECT_EQ(Printed(table, 42), Printed(table, 0)) << "just wide enough";
}

TEST(Table, ColumnsStayLegibleOnATinyTerminal) {
  Table table({"MEDICATION", "DOSAGE"});
  table.Add({"oxycodone", "10 mg by mouth"});
  EXPECT_EQ(Printed(table, 5), "MEDIC…  DOSAGE\noxyco…  10 mg…\n") << "wider than 5, not cut to nothing";
}

TEST(Table, SaysThatThereIsNothing) {
  EXPECT_EQ(Printed(Table({"NAME", "SEX"}), 0), "no patient is found\n");
}

}  // namespace
}  // namespace anamnesis::cli
