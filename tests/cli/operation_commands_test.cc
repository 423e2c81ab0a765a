// The commands that show the installation itself: replay, status, digest and rebuild.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <csignal>
#include <fstream>
#include <set>

#include "absl/strings/str_cat.h"
#include "tests/cli/commands_fixture.h"

namespace anamnesis::cli {
namespace {

using ::testing::ContainsRegex;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;
using ::testing::StartsWith;
using testing_support::Cluster;

TEST_F(CommandsTest, ReplayGivesEveryEventInOrder) {
  for (const std::string service : {"patient", "encounter", "medication"}) {
    const Outcome replay = Run({"replay", "--service", service, "--json"});
    EXPECT_EQ(replay.exit_code, 0) << replay.err;
    uint64_t last = 0;
    for (const std::string& line : replay.lines()) {
      const nlohmann::json event = nlohmann::json::parse(line);
      ASSERT_GT(event["position"].get<uint64_t>(), last);
      last = event["position"];
      ASSERT_EQ(event["service"], service);
      ASSERT_TRUE(event["event"].is_object()) << line;
    }
    EXPECT_EQ(last, Tail(service));
  }
  const Outcome all = Run({"replay"});
  EXPECT_THAT(all.lines(), SizeIs(1 + Tail("patient") + Tail("encounter") + Tail("medication")));
  EXPECT_THAT(all.out, StartsWith(" POSITION  RECORDED"));
}

TEST_F(CommandsTest, ReplayBeginsAndEndsWhereAsked) {
  const Outcome some = Run({"replay", "--service", "encounter", "--from", "3", "--limit", "2", "--json"});
  ASSERT_THAT(some.lines(), SizeIs(2)) << some.err;
  EXPECT_EQ(nlohmann::json::parse(some.lines()[0])["position"], 3);
  EXPECT_EQ(nlohmann::json::parse(some.lines()[1])["position"], 4);
  EXPECT_THAT(Run({"replay", "--limit", "5", "--json"}).lines(), SizeIs(5));

  const Outcome of_ada = Run({"replay", "--patient", "T-1"});
  for (const char* type : {"PatientRegistered", "ProblemRecorded", "ObservationRecorded", "OrderRecorded"}) {
    EXPECT_THAT(of_ada.out, HasSubstr(type));
  }
  std::set<std::string> streams;
  for (const std::string& line : Run({"replay", "--patient", "T-1", "--json"}).lines()) {
    const std::string stream = nlohmann::json::parse(line)["stream"];
    streams.insert(stream.substr(stream.find('-')));
  }
  EXPECT_THAT(streams, SizeIs(1)) << "nobody else's";
}

TEST_F(CommandsTest, ReplayBeyondTheEndSaysWhereItIs) {
  const Outcome beyond =
      Run({"replay", "--service", "medication", "--from", std::to_string(Tail("medication") + 1), "--json"});
  EXPECT_EQ(beyond.exit_code, 0) << "what is asked for may come yet";
  EXPECT_EQ(beyond.out, "");
  EXPECT_EQ(beyond.err, absl::StrCat("the log of the medication service ends at position ", Tail("medication"), "\n"));
  ExpectFailure({"replay", "--service", "medication", "--from", "999999", "--json"}, 1,
                absl::StrCat("the log of the medication service ends at position ", Tail("medication")));
}

TEST_F(CommandsTest, ReplayChoosesStreamsAndShares) {
  const Outcome practitioners = Run({"replay", "--category", "practitioner", "--json"});
  EXPECT_EQ(practitioners.exit_code, 0) << practitioners.err;
  EXPECT_THAT(practitioners.lines(), Not(IsEmpty()));
  for (const std::string& line : practitioners.lines()) {
    EXPECT_THAT(nlohmann::json::parse(line)["stream"].get<std::string>(), StartsWith("practitioner-"));
  }
  std::set<uint64_t> positions;
  size_t shown = 0;
  for (const std::string group : {"0/3", "1/3", "2/3"}) {
    const Outcome share = Run({"replay", "--service", "patient", "--group", group, "--json"});
    EXPECT_EQ(share.exit_code, 0) << share.err;
    shown += share.lines().size();
    for (const std::string& line : share.lines())
      positions.insert(nlohmann::json::parse(line)["position"].get<uint64_t>());
  }
  EXPECT_EQ(shown, Tail("patient"));
  EXPECT_THAT(positions, SizeIs(Tail("patient")));
}

TEST_F(CommandsTest, ReplayFollowsWhatIsRecorded) {
  const std::string next = std::to_string(Tail("patient") + 1);
  const Arguments follow = {"replay", "--service", "patient", "--follow", "--from", next};
  Arguments one = follow;
  one.insert(one.end(), {"--limit", "1", "--json"});
  const auto followed = Start(follow);
  const auto bounded = Start(one);
  const std::string file = dir_->path() + "/newcomer.json";
  std::ofstream(file) << Patient("T-3", "Newcomer", "Cy");
  Import(file);
  EXPECT_THAT(followed->AwaitLine("PatientRegistered"), HasSubstr(next)) << followed->Output();
  EXPECT_EQ(bounded->Wait(), 0) << "a limit ends it without another event";
  EXPECT_THAT(bounded->AwaitLine("Newcomer"), HasSubstr("\"position\":" + next));
  followed->Signal(SIGINT);
  EXPECT_EQ(followed->Wait(), 128 + SIGINT);
}

TEST_F(CommandsTest, StatusIsHealthy) {
  const Outcome status = Run({"status"});
  EXPECT_EQ(status.exit_code, 0) << status.out << status.err;
  EXPECT_THAT(status.out, Not(HasSubstr("NOT HEALTHY")));
  const nlohmann::json json = Run({"status", "--json"}).json();
  EXPECT_EQ(json["healthy"], true);
  EXPECT_EQ(json["projections"].size(), 3u);
  for (const std::string& name : Cluster::Names()) {
    EXPECT_THAT(status.out, HasSubstr(name + " "));
    EXPECT_EQ(json["servers"][name]["healthy"], true) << name;
  }
}

TEST_F(CommandsTest, StatusNamesWhatDoesNotAnswer) {
  const std::string away = absl::StrCat("medication=", kNoServer);
  const Outcome status = Run({"status", "--server", away});
  EXPECT_EQ(status.exit_code, 3);
  EXPECT_THAT(status.out, ContainsRegex("\nmedication +NO ANSWER\n"));
  EXPECT_THAT(status.out, HasSubstr(absl::StrCat("no medication server answers at ", kNoServer)));
  EXPECT_THAT(status.out, ContainsRegex("\npatient +healthy"));
  const Outcome json = Run({"status", "--json", "--server", away});
  EXPECT_EQ(json.exit_code, 3);
  EXPECT_EQ(json.json()["healthy"], false);
  EXPECT_EQ(json.json()["servers"]["medication"]["healthy"], false);
  EXPECT_THAT(json.json()["servers"]["medication"]["problem"].get<std::string>(), HasSubstr(kNoServer));
}

TEST_F(CommandsTest, RebuildLeavesTheDigestAsItIs) {
  const Outcome before = Run({"digest"});
  EXPECT_EQ(before.exit_code, 0) << before.err;
  EXPECT_THAT(before.out, ContainsRegex("^[0-9a-f]{64}  [0-9]+ views\n$"));
  for (const std::string service : {"patient", "encounter", "medication"}) {
    const Outcome rebuild = Run({"rebuild", service});
    EXPECT_EQ(rebuild.exit_code, 0) << rebuild.err;
    EXPECT_THAT(rebuild.out, ContainsRegex(absl::StrCat("answers now, at position ", Tail(service), "\n")));
    EXPECT_THAT(rebuild.err, IsEmpty());
  }
  EXPECT_EQ(Run({"digest"}).out, before.out);
  EXPECT_THAT(before.out, StartsWith(Run({"digest", "--json"}).json()["digest"].get<std::string>()));
  EXPECT_NE(Run({"digest", "T-1"}).out, Run({"digest", "T-2"}).out);
}

}  // namespace
}  // namespace anamnesis::cli
