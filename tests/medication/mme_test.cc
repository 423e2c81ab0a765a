// A day's opioids under the tables that the repository brings.
#include <map>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "services/medication/domain/dose/daily_mme.h"
#include "services/medication/rules/table_file.h"
#include "tests/medication/builders.h"
#include "tests/medication/dosing.h"

namespace anamnesis::medication {
namespace {

using testing::HasSubstr;

std::vector<v1::RuleTable> AllTables() {
  auto tables = DefaultTables();
  EXPECT_TRUE(tables.ok()) << tables.status();
  return tables.ok() ? *std::move(tables) : std::vector<v1::RuleTable>();
}

// The tables in force together with one of the conversion tables.
const RuleBook& Under(const std::string& mme_table) {
  static std::map<std::string, RuleBook> books;
  if (const auto known = books.find(mme_table); known != books.end()) return known->second;
  std::vector<v1::RuleTable> in_force;
  for (v1::RuleTable& table : AllTables()) {
    if (!table.has_mme() || table.id() == mme_table) in_force.push_back(std::move(table));
  }
  absl::StatusOr<RuleBook> book = RuleBook::Make(in_force);
  EXPECT_TRUE(book.ok()) << book.status();
  return books.emplace(mme_table, *std::move(book)).first->second;
}

// `60`, or `unknown, at least 60`.
std::string MmeOf(const std::vector<v1::Order>& orders, const std::string& table = "mme-cdc-2022") {
  const RuleBook& rules = Under(table);
  std::vector<Medicine> medicines;
  for (const v1::Order& order : orders) medicines.push_back(MedicineOf(order, 0, rules));
  const AtLeast total = DailyMmeOf(medicines, rules).total;
  return (total.complete ? "" : "unknown, at least ") + DecimalText(total.known, 4);
}

TEST(MmeTest, EveryFactorOfTheTables) {
  struct Case {
    std::string ingredient;
    std::string of_2022, of_2016;
  };
  // 100 mg a day by mouth.
  const std::vector<Case> cases = {
      {"2670",   "15",  "15"  }, // Codeine.
      {"5489",   "100", "100" }, // Hydrocodone.
      {"3423",   "500", "400" }, // Hydromorphone.
      {"6813",   "470", "1200"}, // Methadone.
      {"7052",   "100", "100" }, // Morphine.
      {"7804",   "150", "150" }, // Oxycodone.
      {"7814",   "300", "300" }, // Oxymorphone.
      {"787390", "40",  "40"  }, // Tapentadol.
      {"10689",  "20",  "10"  }, // Tramadol.
  };
  for (const char* table : {"mme-cdc-2022", "mme-cdc-2016"}) {
    const v1::Order patch = OrderFor("4337", By(kTransdermal, Take("1 {patch}", "1 per 72 h")), "25 ug/h");
    EXPECT_EQ(MmeOf({patch}, table), "60") << table;
    EXPECT_EQ(MmeOf({OrderFor("1819", By(kOral, Take("8 mg", "QD")))}, table), "0") << table << ": not counted";
    EXPECT_EQ(MmeOf({OrderFor("6754", By(kOral, Take("50 mg", "QD")))}, table), "unknown, at least 0") << table;
  }
  for (const Case& test : cases) {
    const std::vector<v1::Order> orders = {OrderFor(test.ingredient, By(kOral, Take("50 mg", "BID")))};
    EXPECT_EQ(MmeOf(orders, "mme-cdc-2022"), test.of_2022) << test.ingredient;
    EXPECT_EQ(MmeOf(orders, "mme-cdc-2016"), test.of_2016) << test.ingredient;
  }
}

TEST(MmeTest, Vectors) {
  EXPECT_EQ(MmeOf({OrderFor("5489", By(kOral, Take("5 mg", "4 per 1 d")))}), "20");
  EXPECT_EQ(MmeOf({OrderFor("7804", By(kOral, Take("10 mg", "4 per 1 d")))}), "60");
  EXPECT_EQ(MmeOf({OrderFor("7804", By(kOral, Take("30 mg", "BID")))}), "90");
  const v1::Order methadone = OrderFor("6813", By(kOral, Take("20 mg", "TID")));
  EXPECT_EQ(MmeOf({methadone}), "282");
  EXPECT_EQ(MmeOf({methadone}, "mme-cdc-2016"), "600");
}

TEST(MmeTest, APatchIsItsRateHoweverManyAndHoweverLong) {
  const auto patch = [](const std::string& strength, const std::string& dose, const std::string& timing) {
    return MmeOf({OrderFor("4337", By(kTransdermal, Take(dose, timing)), strength)});
  };
  EXPECT_EQ(patch("25 ug/h", "1 {patch}", "1 per 72 h"), "60");
  EXPECT_EQ(patch("37.5 ug/h", "1 {patch}", "1 per 72 h"), "90");
  EXPECT_EQ(patch("75 ug/h", "1 {patch}", "1 per 72 h"), "180");
  EXPECT_EQ(patch("25 ug/h", "2 {patch}", "1 per 48 h"), "60");
}

TEST(MmeTest, MethadoneTiersAreOfTheDay) {
  struct Case {
    std::string dose;
    std::string mme;
  };
  const std::vector<Case> cases = {
      {"20 mg", "80" },
      {"21 mg", "168"},
      {"40 mg", "320"},
      {"41 mg", "410"},
      {"60 mg", "600"},
      {"61 mg", "732"},
  };
  for (const Case& test : cases) {
    EXPECT_EQ(MmeOf({OrderFor("6813", By(kOral, Take(test.dose, "QD")))}, "mme-cdc-2016"), test.mme) << test.dose;
  }
  // Two orders of 20 mg are 40 mg a day.
  const v1::Order one = OrderFor("6813", By(kOral, Take("20 mg", "QD")));
  EXPECT_EQ(MmeOf({one, one}, "mme-cdc-2016"), "320");
}

TEST(MmeTest, WhatIsUnknownIsNeverZero) {
  const v1::Order known = OrderFor("7804", By(kOral, Take("10 mg", "4 per 1 d")));
  EXPECT_EQ(MmeOf({known, OrderFor("7052", By(kOral, Take("10 mg", "")))}), "unknown, at least 60");
  EXPECT_EQ(MmeOf({known, OrderFor("7052", Take("10 mg", "BID"))}), "unknown, at least 60") << "no way in";
  EXPECT_EQ(MmeOf({known, OrderFor("7052", By(kIntravenous, Take("10 mg", "BID")))}), "unknown, at least 60");
  EXPECT_EQ(MmeOf({known, OrderFor("6754", By(kOral, Take("50 mg", "BID")))}), "unknown, at least 60") << "meperidine";
  EXPECT_EQ(MmeOf({known, OrderFor("4337", By(kTransdermal, Take("1 {patch}", "1 per 72 h")))}),
            "unknown, at least 60");
}

TEST(MmeTest, BuprenorphineAndOtherMedicinesDoNotCount) {
  const v1::Order known = OrderFor("7804", By(kOral, Take("10 mg", "4 per 1 d")));
  EXPECT_EQ(MmeOf({known, OrderFor("1819", Take("8 mg", "QD")), OrderFor("5640", Take("600 mg", "TID"))}), "60");
  EXPECT_EQ(MmeOf({}), "0");
}

TEST(MmeTest, AProductIsKnownByItsCode) {
  v1::Order order = Taking({Take("1 1", "4 per 1 d")});
  *order.mutable_medication()->add_codings() = RxNorm("1049221");  // Acetaminophen 325 mg / oxycodone 5 mg.
  EXPECT_EQ(MmeOf({order}), "30");
  // In no opioid value set, whatever its name says.
  order.mutable_medication()->mutable_codings(0)->set_code("1310197");
  EXPECT_EQ(MmeOf({order}), "0");
}

TEST(RuleBookTest, TheTablesOfTheRepositoryHold) {
  EXPECT_EQ(AllTables().size(), 7u);
  const RuleBook& rules = Under("mme-cdc-2022");
  EXPECT_THAT(rules.versions(),
              testing::ElementsAre(testing::Pair("conditions", 1), testing::Pair("drug-classes", 3),
                                   testing::Pair("intrathecal", 1), testing::Pair("mme-cdc-2022", 1),
                                   testing::Pair("opioid-safety", 4), testing::Pair("rxnorm-products", 1)));
  EXPECT_TRUE(rules.IsOf("3322", v1::DRUG_CLASS_BENZODIAZEPINE));
  EXPECT_TRUE(rules.IsOpioid("1819"));
  EXPECT_FALSE(rules.IsOpioid("3322"));
}

TEST(RuleBookTest, ATableThatCannotBeDecidedByIsNamed) {
  const std::string good =
      R"({"id": "t", "version": 1, "effectiveFrom": "2022-11-03", "source": "s", "mme": {"factors": [{"substance": )"
      R"({"rxnorm": "1", "name": "n"}, "basis": "MME_BASIS_ORAL_MG_PER_DAY", "factor": "1"}]}})";
  EXPECT_TRUE(ParseTable(good, "t.json").ok());
  const auto with = [&good](const std::string& was, const std::string& is) {
    std::string bad = good;
    bad.replace(bad.find(was), was.size(), is);
    return std::string(ParseTable(bad, "t.json").status().message());
  };
  EXPECT_THAT(with("\"version\": 1", "\"version\": 0"), HasSubstr("t.json: rule table t, version: is counted from 1"));
  EXPECT_THAT(with("2022-11-03", "2022-13-03"), HasSubstr("effective_from"));
  EXPECT_THAT(with("\"s\"", "\"\""), HasSubstr("source: is empty"));
  EXPECT_THAT(with("\"factor\": \"1\"", "\"factor\": \"0\""),
              HasSubstr("factor of 1: `factor` is not a positive number"));
  EXPECT_THAT(with("\"factor\": \"1\"", "\"factor\": \"one\""), HasSubstr("not a positive number"));
  EXPECT_THAT(with(", \"factor\": \"1\"", ""), HasSubstr("needs either `factor` or `tiers`"));
  EXPECT_THAT(with("\"factor\": \"1\"", R"("tiers": [{"upTo": "5", "factor": "1"}, {"upTo": "4", "factor": "2"}])"),
              HasSubstr("`up_to` must rise"));
  EXPECT_THAT(with("\"factor\": \"1\"", R"("tiers": [{"upTo": "5", "factor": "1"}])"),
              HasSubstr("left out in the last"));
  EXPECT_THAT(with("]}}", R"(], "excluded": [{"rxnorm": "1", "name": "n"}]}})"),
              HasSubstr("has a factor and is excluded"));
  EXPECT_THAT(with("\"mme\"", "\"mmes\""), HasSubstr("mmes"));
  EXPECT_THAT(with("}]}}", "}"), HasSubstr("t.json"));
}

}  // namespace
}  // namespace anamnesis::medication
