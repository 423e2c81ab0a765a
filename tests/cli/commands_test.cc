// The commands that show patients, and how every command fails.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "tests/cli/commands_fixture.h"

namespace anamnesis::cli {
namespace {

using ::testing::ContainsRegex;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;
using ::testing::StartsWith;

constexpr char kNobody[] = "01990000-0000-7000-8000-000000000001";

Arguments Words(const std::string& line) {
  return absl::StrSplit(line, ' ');
}

TEST_F(CommandsTest, SearchFindsByNameIdentifierAndBirth) {
  const Outcome by_name = Run({"search", "twin ada"});
  EXPECT_EQ(by_name.exit_code, 0) << by_name.err;
  ASSERT_THAT(by_name.lines(), SizeIs(2));
  EXPECT_THAT(by_name.lines()[0], StartsWith("PATIENT"));
  EXPECT_THAT(by_name.lines()[1], ContainsRegex("  Ada Twining  female  1966-04  T-1$"));
  EXPECT_EQ(Run({"search", "--id", "T-1"}).out, by_name.out);
  EXPECT_EQ(Run({"search", "--born", "1966-04", "ada"}).out, by_name.out);

  EXPECT_EQ(Run({"search", "twining", "--json"}).json()["matches"].size(), 2u);
  const Outcome first = Run({"search", "twining", "--limit", "1"});
  EXPECT_THAT(first.lines(), SizeIs(3));
  EXPECT_THAT(first.out, EndsWith("… more; narrow the search or raise --limit\n"));
  const Outcome none = Run({"search", "nobody"});
  EXPECT_EQ(none.exit_code, 0) << "an empty list is an answer";
  EXPECT_EQ(none.out, "no patient is found\n");
}

TEST_F(CommandsTest, ChartSaysWhatIsUnknown) {
  const Outcome chart = Run({"chart", "T-1"});
  EXPECT_EQ(chart.exit_code, 0) << chart.err;
  EXPECT_THAT(chart.out, StartsWith("Ada Twining  female, born 1966-04\npatient "));
  EXPECT_THAT(chart.out, ContainsRegex("2024-02-03  Low back pain  active"));
  EXPECT_THAT(chart.out, ContainsRegex("2024-02-03  oxycodone   dose unknown  active"));
  EXPECT_THAT(chart.out, ContainsRegex("2024-02-05  Worst pain   7"));
  EXPECT_THAT(chart.out, HasSubstr("none recorded (that is not: no known allergies)"));

  const nlohmann::json json = Run({"chart", "T-1", "--json"}).json();
  EXPECT_EQ(json["active_orders"].size(), 1u) << json;
  EXPECT_EQ(json["patient"]["patient_id"], json["resolved_patient_id"]);
  EXPECT_EQ(Run({"chart", json["resolved_patient_id"].get<std::string>()}).out, chart.out);
}

TEST_F(CommandsTest, ChartShowsPeopleDecisionsAndPainWhereThereAreAny) {
  EXPECT_THAT(Run({"chart", "T-2"}).out, Not(HasSubstr("CARE TEAM")));
  RecordPeopleAndDecisions();
  const Outcome chart = Run({"chart", "T-2"});
  EXPECT_EQ(chart.exit_code, 0) << chart.err;
  EXPECT_THAT(chart.out, ContainsRegex("unknown +Physical therapist +Jo Mill"));
  EXPECT_THAT(chart.out, ContainsRegex("2024-02-04 +Dr. Who +Knee pain .*received"));
  EXPECT_THAT(chart.out, ContainsRegex("privacy +No disclosure to the employer +given +withdrawn"));
  EXPECT_THAT(chart.out, ContainsRegex("unknown +Living will"));
  EXPECT_THAT(chart.out, ContainsRegex("where +knee, right: 6.5 of 10"));
  EXPECT_THAT(Run({"timeline", "T-2", "--kind", "referral_in"}).out,
              HasSubstr("from Dr. Who, received, for Knee pain"));
}

TEST_F(CommandsTest, ChartOfASimulatedPatientIsWhole) {
  const Outcome chart = Run({"chart", "SIM0000002"});
  EXPECT_EQ(chart.exit_code, 0) << chart.err;
  for (const char* section : {"ACTIVE PROBLEMS", "ALLERGIES AND INTOLERANCES", "ACTIVE MEDICATIONS", "GOALS AND PLANS",
                              "RECENT ENCOUNTERS", "LATEST OBSERVATIONS", "in the record: "}) {
    EXPECT_THAT(chart.out, HasSubstr(section));
  }
}

TEST_F(CommandsTest, TimelineIsNewestFirstAndBounded) {
  const Outcome timeline = Run({"timeline", "T-1"});
  EXPECT_EQ(timeline.exit_code, 0) << timeline.err;
  EXPECT_THAT(timeline.out, ContainsRegex("2024-02-03 09:30  order +oxycodone, active, dose unknown +medication"));
  EXPECT_LT(timeline.out.find("oxycodone"), timeline.out.find("Low back pain, active"));

  const Outcome orders = Run({"timeline", "--kind", "order", "T-1"});
  EXPECT_THAT(orders.lines(), SizeIs(2)) << "the patient is no kind: " << orders.err;
  const Outcome bounded = Run({"timeline", "SIM0000001", "--limit", "2"});
  EXPECT_THAT(bounded.lines(), SizeIs(4));
  EXPECT_THAT(bounded.out, EndsWith("… more; raise --limit\n"));
  const Outcome json = Run({"timeline", "SIM0000001", "--limit", "2", "--json"});
  ASSERT_THAT(json.lines(), SizeIs(2));
  for (const std::string& line : json.lines()) EXPECT_TRUE(nlohmann::json::parse(line).contains("kind")) << line;
}

TEST_F(CommandsTest, MedsShowsOrders) {
  const Outcome meds = Run({"meds", "T-1"});
  EXPECT_EQ(meds.exit_code, 0) << meds.err;
  EXPECT_THAT(meds.out, ContainsRegex("2024-02-03  oxycodone +dose unknown +active  0      0"));
  EXPECT_EQ(Run({"meds", "T-1", "--json"}).json()["order"]["medication"]["text"], "oxycodone");
  EXPECT_EQ(Run({"meds", "T-2"}).out, "no active orders are recorded\n");
  EXPECT_EQ(Run({"meds", "T-2", "--all"}).out, "no orders are recorded\n");
  EXPECT_EQ(Run({"meds", "T-2", "--json"}).out, "");
}

TEST_F(CommandsTest, MedsCountsDosesThatWereGiven) {
  Administer(medication::v1::ADMINISTRATION_STATUS_COMPLETED);
  Administer(medication::v1::ADMINISTRATION_STATUS_NOT_DONE);
  EXPECT_THAT(Run({"meds", "T-1"}).out, ContainsRegex("dose unknown +active  0      1"));
}

TEST_F(CommandsTest, APatientWhoIsNotFoundEndsWithTwo) {
  for (const std::string command : {"chart", "timeline", "meds", "digest"}) {
    ExpectFailure({command, "nobody"}, 2, "no patient is found by 'nobody'");
  }
  for (const std::string command : {"chart", "timeline", "meds"}) {
    ExpectFailure({command, kNobody}, 2, "PATIENT_NOT_FOUND");
  }
  ExpectFailure({"replay", "--patient", "nobody"}, 2, "no patient is found by 'nobody'");
}

TEST_F(CommandsTest, APatientWhoIsNotClearIsAskedFor) {
  for (const char* command : {"chart twining", "replay --patient twining"}) {
    const Outcome several = Run(Words(command));
    EXPECT_EQ(several.exit_code, 2);
    EXPECT_THAT(several.out, IsEmpty());
    EXPECT_THAT(several.err, HasSubstr("'twining' is more than one patient; give the id of one of them:\n"));
    EXPECT_THAT(several.err, ContainsRegex("\n  [0-9a-f-]{36}  Ada Twining, born 1966-04\n"));
    EXPECT_THAT(several.err, ContainsRegex("\n  [0-9a-f-]{36}  Ben Twining, born 1970-01-02\n"));
  }
}

TEST_F(CommandsTest, ServersThatAreAwayAreNamed) {
  for (const char* command :
       {"search ada", "chart ada", "timeline ada", "meds ada", "digest", "rebuild patient", "replay --patient ada"}) {
    Arguments away = Words(command);
    away.insert(away.end(), {"--server", absl::StrCat("readmodel=", kNoServer)});
    ExpectFailure(away, 1,
                  absl::StrCat("no readmodel server answers at ", kNoServer, "; start one with `anamnesis up`"));
  }
  ExpectFailure({"replay", "--json", "--server", absl::StrCat("encounter=", kNoServer)}, 1,
                absl::StrCat("no encounter server answers at ", kNoServer));
}

TEST_F(CommandsTest, WhatIsAskedWronglyEndsWithOne) {
  ExpectFailure({"search"}, 1, "SEARCH_TERM_MISSING");
  ExpectFailure({"search", "--born", "spring"}, 1, "'spring' is no date");
  ExpectFailure({"search", "--born", "1966-13"}, 1, "birth_date.month");
  ExpectFailure({"chart", "T-1", "--as-of", "yesterday"}, 1, "'yesterday' is no time");
  ExpectFailure({"timeline", "T-1", "--kind", "nonsense"}, 1, "KIND_UNKNOWN");
  ExpectFailure({"replay", "--follow"}, 1, "--follow needs --service");
  for (const char* group : {"3/3", "1", "1/0", "x/2", "1/2/3"}) {
    ExpectFailure({"replay", "--group", group}, 1, "--group is I/N");
  }
  ExpectFailure({"replay", "--json", "--group", "0/2000"}, 1, "group.size");
  ExpectFailure({"replay", "--from", "2"}, 1, "--from needs --service");
  ExpectFailure({"rebuild", "patient", "--roles", "clinician"}, 1, "PERMISSION_REQUIRED");
  for (const char* misuse : {"chart", "search ada twining", "rebuild pharmacy", "replay --service patient --from 0",
                             "timeline T-1 --limit 0", "digest --server pharmacy=localhost:1", "nonsense"}) {
    const Outcome misused = Run(Words(misuse));
    EXPECT_EQ(misused.exit_code, 1) << misuse;
    EXPECT_THAT(misused.err, HasSubstr("--help")) << misuse;
    EXPECT_THAT(misused.out, IsEmpty()) << misuse;
  }
  EXPECT_EQ(Run({"--help"}).exit_code, 0);
  EXPECT_EQ(Run({"chart", "--help"}).exit_code, 0);
}

TEST_F(CommandsTest, WhatIsMisspeltIsNamed) {
  const struct {
    Arguments arguments;
    const char* said;
  } kCases[] = {
      {{"frobnicate"},                                  "'anamnesis' knows no 'frobnicate'; `anamnesis --help`"     },
      {{"keys", "bogus"},                               "'anamnesis keys' knows no 'bogus'; `anamnesis keys --help`"},
      {{"explain", "abc"},                              "'abc' is no position: those are 1 and more"                },
      {{"explain", "0"},                                "'0' is no position"                                        },
      {{"explain", "--", "-1"},                         "'-1' is no position"                                       },
      {{"replay", "--service", "patient", "--from=-3"}, "'-3' is no position"                                       },
      {{"hold", "T-1", kNobody},                        "--reason is required"                                      },
      {{"discontinue", "T-1", kNobody},                 "--reason is required"                                      },
      {{"verify", "--backup", "1"},                     "--backup requires --offline"                               },
      {{"verify", "--kek-file", "k"},                   "--kek-file requires --offline"                             },
      {{"verify", "--without-keys"},                    "--without-keys requires --offline"                         },
      {{"verify", "--offline", "--known", "k"},         "--offline excludes --known"                                },
  };
  for (const auto& [arguments, said] : kCases) {
    const Outcome misused = Run(arguments);
    EXPECT_EQ(misused.exit_code, 1) << said;
    EXPECT_THAT(misused.err, HasSubstr(said));
  }
  const std::string bad = dir_->path() + "/bad.json";
  std::ofstream(bad) << "{\"id\": \n oops}";
  ExpectFailure({"rules", "check", bad}, 1, bad);
  ExpectFailure({"call", "patient.RegisterPatient", "{\"a\" \n 1}"}, 1, "not a RegisterPatientRequest");
}

TEST_F(CommandsTest, ADirectoryWithoutARecordIsSaidToBeOne) {
  ExpectFailure({"verify", "--offline", "--data", "/nonexist"}, 2, "there is no record in /nonexist");
  ExpectFailure({"keys", "rotate", "--data", "/nonexist"}, 2, "there is no record in /nonexist");
  const std::string away = dir_->path() + "/not-made/known.json";
  ExpectFailure({"verify", "--known", away}, 2, "there is no directory");
  EXPECT_FALSE(std::filesystem::exists(dir_->path() + "/not-made"));
  const std::string garbage = dir_->path() + "/garbage";
  std::ofstream(garbage) << "garbage";
  ExpectFailure({"verify", "--known", garbage}, 2,
                "does not hold checkpoints: keep it as evidence and put back a copy");
}

// What --roles says is all there is.
TEST_F(CommandsTest, NoRoleIsAddedToThoseThatAreGiven) {
  const std::string table = dir_->path() + "/table.json";
  std::ofstream(table) << Run({"rules", "show", "mme-cdc-2022"}).out;
  EXPECT_EQ(Run({"rules", "check", table}).exit_code, 0);
  ExpectFailure({"rules", "check", table, "--roles", "clinician"}, 1, "PERMISSION_REQUIRED");
  EXPECT_EQ(Run({"rules", "check", table, "--roles", "formulary"}).exit_code, 0);
  ExpectFailure({"explain", "1", "--roles", "clinician"}, 1, "PERMISSION_REQUIRED");
  ExpectFailure({"erase", kNobody, "--yes", "--reason", "r", "--approved-by", "a", "--roles", "clinician"}, 1,
                "PERMISSION_REQUIRED");
}

TEST_F(CommandsTest, ARepeatUnderTheSameRequestIdIsRecordedOnce) {
  const std::string file = dir_->path() + "/repeat.json";
  std::ofstream(file) << Patient("T-9", "Repeat", "Di");
  Import(file);
  const Arguments prescribe = {"prescribe", "T-9",    "--drug", "ibuprofen 400 mg", "--rxnorm",
                               "5640",      "--dose", "400 mg", "--request-id",     "one-prescription"};
  const Outcome first = Run(prescribe);
  ASSERT_EQ(first.exit_code, 0) << first.err;
  const uint64_t recorded = Tail("medication");
  EXPECT_EQ(Run(prescribe).out, first.out);
  EXPECT_EQ(Tail("medication"), recorded);
  ExpectFailure({"call", "patient.RegisterPatient", R"({"context": {"requestId": "mine"}})"}, 1, "(request id mine)");
}

TEST_F(CommandsTest, AnAnswerThatCannotBeWrittenIsAFailure) {
  testing_support::Child child(
      {"/bin/sh", "-c", "exec \"$0\" --help >/dev/full", testing_support::BinDir() + "/anamnesis"});
  EXPECT_NE(child.AwaitLine("standard output cannot be written"), "");
  EXPECT_EQ(child.Wait(), 1);
}

TEST_F(CommandsTest, AServerSaysItsFlagsAndItsRelease) {
  for (const std::string server : {"patientd", "encounterd", "medicationd", "readmodeld"}) {
    testing_support::Child help({"/bin/sh", "-c", "exec \"$0\" --help 1>&2", testing_support::BinDir() + "/" + server});
    EXPECT_NE(help.AwaitLine("  --data_dir  "), "") << server;
    EXPECT_EQ(help.Wait(), 0) << server;
    testing_support::Child version(
        {"/bin/sh", "-c", "exec \"$0\" --version 1>&2", testing_support::BinDir() + "/" + server});
    EXPECT_THAT(version.AwaitLine(server), ContainsRegex(server + " [0-9]+\\.[0-9]+\\.[0-9]+"));
    EXPECT_EQ(version.Wait(), 0) << server;
  }
}

TEST_F(CommandsTest, ChartGoesBackInTime) {
  ExpectFailure({"chart", "T-1", "--as-of", "2020-01-01"}, 2, "PATIENT_NOT_FOUND");
  const Outcome earlier = Run({"chart", "T-1", "--about", "2024-02-01"});
  EXPECT_EQ(earlier.exit_code, 0) << earlier.err;
  EXPECT_THAT(earlier.out, Not(HasSubstr("oxycodone"))) << "it was ordered two days later";
}

}  // namespace
}  // namespace anamnesis::cli
