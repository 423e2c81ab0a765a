// The oracle of the random tests sees every kind of lie: a check that nothing can fail proves nothing.
#include "tests/eventlog/history.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/eventlog/log_fixture.h"

namespace anamnesis::eventlog {
namespace {

using testing::HasSubstr;

// 1 patient-a · 2 patient-a and 3 patient-b of one append · 4 patient-b · 5 and 6 patient-a of one append
void Fill(History& history) {
  const auto add = [&](Position first, const std::vector<std::string>& streams) {
    AppendRequest request;
    for (const std::string& stream : streams) request.streams.push_back({stream, AnyVersion{}, Events(1)});
    history.Add(request, {.first_position = first, .last_position = first + streams.size() - 1});
  };
  add(5, {"patient-a", "patient-a"});  // In whatever order they become known.
  add(1, {"patient-a"});
  add(2, {"patient-a", "patient-b"});
  add(4, {"patient-b"});
}

using Messages = std::vector<Told>;

const Filter kAll;

TEST(HistoryTest, WhatIsTrueIsAccepted) {
  Random random(1);
  History history(random);
  Fill(history);
  const Told first{0, 1, {1}};
  const Told second{
      1, 4, {2, 3, 4}
  };
  const Told nothing{4, 4, {}};
  const Told third{
      4, 6, {5, 6}
  };
  EXPECT_EQ(history.Complaint(kAll, 0, Messages{first, second, nothing, third}), "");
  const Told rest{2, 3, {3}};
  EXPECT_EQ(history.Complaint(kAll, 2, Messages{rest}), "") << "who begins within an append is given the rest";
  const Told before{0, 2, {}};
  const Told last{3, 6, {4}};
  EXPECT_EQ(history.Complaint({.entity = "b"}, 0, Messages{before, rest, last}), "");
}

TEST(HistoryTest, EveryLieIsSeen) {
  Random random(1);
  History history(random);
  Fill(history);
  const struct {
    const char* name;
    std::vector<Told> messages;
    const char* complaint;
  } cases[] = {
      {"Missing",             {{0, 3, {1, 3}}},                "came 1 3, not 1 2 3"  },
      {"MissingAtTheEnd",     {{0, 4, {1, 2, 3}}},             "not 1 2 3 4"          },
      {"Skipped",             {{0, 1, {1}}, {3, 4, {4}}},      "begins after 3, not 1"},
      {"Repeated",            {{0, 3, {1, 2, 2, 3}}},          "came 1 2 2 3"         },
      {"RepeatedMessage",     {{0, 1, {1}}, {0, 1, {1}}},      "begins after 0, not 1"},
      {"Disordered",          {{0, 3, {2, 1, 3}}},             "came 2 1 3"           },
      {"GoesBack",            {{0, 3, {1, 2, 3}}, {3, 1, {}}}, "goes back"            },
      {"Torn",                {{0, 2, {1, 2}}, {2, 3, {3}}},   "torn at 2"            },
      {"BeyondTheEnd",        {{0, 7, {1, 2, 3, 4, 5, 6, 7}}}, "beyond the end"       },
      {"NotFromTheBeginning", {{1, 3, {2, 3}}},                "begins after 1, not 0"},
  };
  for (const auto& c : cases) EXPECT_THAT(history.Complaint(kAll, 0, c.messages), HasSubstr(c.complaint)) << c.name;
  const Told not_wanted{
      0, 3, {2, 3}
  };
  EXPECT_THAT(history.Complaint({.entity = "b"}, 0, Messages{not_wanted}), HasSubstr("came 2 3, not 3"));
  const Told half{4, 5, {5}};
  EXPECT_THAT(history.Complaint({.category = "patient"}, 4, Messages{half}), HasSubstr("torn at 5"));
}

}  // namespace
}  // namespace anamnesis::eventlog
