#include "tests/tidy/domain_tables.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace anamnesis::tidy {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::UnorderedElementsAre;

TEST(DomainTablesTest, EveryConceptIsWhereItsTableSays) {
  const std::vector<File> files = ReadTree({"protos", "services", "tests"});
  for (const char* context : {"patient", "encounter", "medication"}) {
    EXPECT_THAT(CheckDomainTables(context, files), IsEmpty()) << context;
  }
}

// A context with one command, event, rule and test.
std::vector<File> Sample(const std::string& rows) {
  return {
      {"protos/anamnesis/dose/v1/dose_service.proto",
       "service DoseService {\n  rpc Give(GiveRequest)\n  rpc Submit(\n}"},
      {"protos/anamnesis/dose/v1/events.proto", "  oneof event {\n    Given given = 1;\n  }\n  Not not_an_event = 2;"},
      {"protos/anamnesis/chart/v1/chart_service.proto", "{\n  rpc ListDoses(ListDosesRequest)"},
      {"protos/anamnesis/projection/v1/views.proto", "    DoseView dose = 1;"},
      {"services/dose/rules/rules.json",
       "{\"id\": \"table\", \"rules\": [{\"id\": \"too-much\", \"severity\": \"X\"}]}"},
      {"services/dose/domain/rules.cc", "MakeAlert(\"too-late\", severity)"},
      {"tests/dose/dose_test.cc", "TEST(DoseTest, IsGiven) {}\nTEST_P(Limits, Hold) {}\n    {\"Above\", 1},"},
      {"services/dose/DOMAIN.md",
       "# Doses\n\n| concept | commands | events | rules | asked by | tests |\n|---|---|---|---|---|---|\n" + rows},
  };
}

constexpr char kRow[] =
    "| a dose | `Give` | `given` | `too-much`, `too-late` | `ListDoses`, `dose` | `DoseTest.IsGiven`, `Limits.Above` "
    "|\n";

TEST(DomainTablesTest, AGoodTableHasNoComplaints) {
  EXPECT_THAT(CheckDomainTables("dose", Sample(kRow)), IsEmpty());
}

TEST(DomainTablesTest, WhatNoRowNamesIsFound) {
  EXPECT_THAT(CheckDomainTables("dose", Sample("")),
              UnorderedElementsAre(HasSubstr("`Give`"), HasSubstr("`given`"), HasSubstr("`too-much`"),
                                   HasSubstr("`too-late`")));
}

TEST(DomainTablesTest, WhatIsNotThereIsFound) {
  EXPECT_THAT(CheckDomainTables(
                  "dose", Sample(std::string(kRow) +
                                 "| more | `Take` | `not_an_event` | `table` | `ListPills` | `DoseTest.IsTaken` |\n")),
              UnorderedElementsAre(HasSubstr("DOMAIN.md:6: `Take`"), HasSubstr("`not_an_event`"), HasSubstr("`table`"),
                                   HasSubstr("`ListPills`"), HasSubstr("`DoseTest.IsTaken`")));
}

TEST(DomainTablesTest, ARowOfAnotherShapeIsFound) {
  EXPECT_THAT(CheckDomainTables("dose", Sample(std::string(kRow) + "| more | `Give` |\n")),
              UnorderedElementsAre(HasSubstr("cells")));
}

}  // namespace
}  // namespace anamnesis::tidy
