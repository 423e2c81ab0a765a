// Reading: by filter and direction, consistent with one moment, and for deciding.
#include "gmock/gmock.h"
#include "tests/eventlog/log_fixture.h"

namespace anamnesis::eventlog {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

class ReadTest : public LogTest {
 protected:
  // 1 patient-a, 2 encounter-a, 3 patient-b, 4 patient-a, 5 encounter-a-x, 6 encounter-a, 7 patient-a
  void FillLog() {
    const std::pair<const char*, const char*> events[] = {
        {"patient-a",     "p.v1.Registered"},
        {"encounter-a",   "e.v1.Started"   },
        {"patient-b",     "p.v1.Registered"},
        {"patient-a",     "p.v1.Moved"     },
        {"encounter-a-x", "e.v1.Started"   },
        {"encounter-a",   "e.v1.Ended"     },
        {"patient-a",     "p.v1.Moved"     },
    };
    for (const auto& [stream, type] : events) {
      AppendRequest request;
      request.streams.push_back({stream, AnyVersion{}, {Event(type)}});
      ASSERT_TRUE(log_->Append(std::move(request), nullptr).ok());
    }
    Settle();
  }
};
INSTANTIATE_FOR_BOTH_ENGINES(ReadTest);

TEST_P(ReadTest, FilterFromAndDirectionChoose) {
  FillLog();
  constexpr auto kForwards = Direction::kForwards;
  constexpr auto kBackwards = Direction::kBackwards;
  const struct {
    const char* name;
    Filter filter;
    Position from;
    Direction direction;
    std::vector<Position> positions;
  } cases[] = {
      {"All",                                {},                                               0,  kForwards,  {1, 2, 3, 4, 5, 6, 7}},
      {"AllAfter",                           {},                                               5,  kForwards,  {6, 7}               },
      {"AllAfterTheEnd",                     {},                                               7,  kForwards,  {}                   },
      {"AllBeyondTheEnd",                    {},                                               99, kForwards,  {}                   },
      {"AllBackwards",                       {},                                               0,  kBackwards, {7, 6, 5, 4, 3, 2, 1}},
      {"AllBackwardsBefore",                 {},                                               3,  kBackwards, {2, 1}               },
      {"AllBackwardsBeforeTheFirst",         {},                                               1,  kBackwards, {}                   },
      {"AllBackwardsFromBeyondTheEnd",       {},                                               99, kBackwards, {7, 6, 5, 4, 3, 2, 1}},
      {"Stream",                             {.stream = "patient-a"},                          0,  kForwards,  {1, 4, 7}            },
      {"StreamAfter",                        {.stream = "patient-a"},                          1,  kForwards,  {4, 7}               },
      {"StreamAfterSomebodyElses",           {.stream = "patient-a"},                          5,  kForwards,  {7}                  },
      {"StreamBackwards",                    {.stream = "patient-a"},                          0,  kBackwards, {7, 4, 1}            },
      {"StreamBackwardsBefore",              {.stream = "patient-a"},                          7,  kBackwards, {4, 1}               },
      {"StreamBackwardsBeforeSomebodyElses", {.stream = "patient-a"},                          6,  kBackwards, {4, 1}               },
      {"NoSuchStream",                       {.stream = "patient-c"},                          0,  kForwards,  {}                   },
      {"NameThatBeginsLikeAnother",          {.stream = "patient-"},                           0,  kForwards,  {}                   },
      {"Entity",                             {.entity = "a"},                                  0,  kForwards,  {1, 2, 4, 6, 7}      },
      {"EntityAfter",                        {.entity = "a"},                                  2,  kForwards,  {4, 6, 7}            },
      {"EntityBackwards",                    {.entity = "a"},                                  0,  kBackwards, {7, 6, 4, 2, 1}      },
      {"EntityBackwardsBefore",              {.entity = "a"},                                  6,  kBackwards, {4, 2, 1}            },
      {"EntityWithDash",                     {.entity = "a-x"},                                0,  kForwards,  {5}                  },
      {"NoSuchEntity",                       {.entity = "x"},                                  0,  kForwards,  {}                   },
      {"Type",                               {.type_prefix = "p.v1.Moved"},                    0,  kForwards,  {4, 7}               },
      {"TypePrefix",                         {.type_prefix = "e."},                            0,  kForwards,  {2, 5, 6}            },
      {"TypePrefixBackwards",                {.type_prefix = "e."},                            6,  kBackwards, {5, 2}               },
      {"StreamAndType",                      {.stream = "patient-a", .type_prefix = "p.v1.M"}, 0,  kForwards,  {4, 7}               },
      {"EntityAndType",                      {.entity = "a", .type_prefix = "e."},             0,  kForwards,  {2, 6}               },
      {"StreamOfTheEntity",                  {.stream = "patient-a", .entity = "a"},           0,  kForwards,  {1, 4, 7}            },
      {"StreamOfAnotherEntity",              {.stream = "patient-a", .entity = "b"},           0,  kForwards,  {}                   },
  };
  for (const auto& c : cases) {
    EXPECT_EQ(PositionsOf(ReadAll(*log_, c.filter, c.from, c.direction)), c.positions) << c.name;
  }
}

TEST_P(ReadTest, EmptyLogReadsAsNothing) {
  EXPECT_THAT(ReadAll(*log_), IsEmpty());
  EXPECT_THAT(ReadAll(*log_, {}, 0, Direction::kBackwards), IsEmpty());
  EXPECT_THAT(ReadAll(*log_, {.entity = "a"}), IsEmpty());
  EXPECT_EQ(log_->Tail(), 0u);
}

TEST_P(ReadTest, CursorSeesOneMoment) {
  FillLog();
  const Filter filters[] = {{}, {.stream = "patient-a"}, {.entity = "a"}, {.type_prefix = "p."}};
  for (const Filter& filter : filters) {
    const std::vector<Position> before = PositionsOf(ReadAll(*log_, filter));
    const auto cursor = log_->Read(filter, 0, Direction::kForwards);
    MustAppend(One("patient-a"));
    std::vector<Position> seen;
    for (; cursor->Valid(); cursor->Next()) seen.push_back(cursor->record().position);
    EXPECT_TRUE(cursor->status().ok());
    EXPECT_EQ(seen, before);
  }
}

TEST_P(ReadTest, LongStreamsAreReadWhole) {
  constexpr int kRounds = 700;  // More than the index is read at once.
  for (int i = 0; i < kRounds; ++i) {
    ASSERT_TRUE(log_->Append(One("patient-a", AnyVersion{}, std::to_string(i)), nullptr).ok());
    ASSERT_TRUE(log_->Append(One("encounter-a"), nullptr).ok());
  }
  Settle();
  EXPECT_EQ(ReadAll(*log_, {.stream = "patient-a"}).size(), static_cast<size_t>(kRounds));
  EXPECT_EQ(ReadAll(*log_, {.entity = "a"}, 0, Direction::kBackwards).size(), static_cast<size_t>(2 * kRounds));
  EXPECT_EQ(PayloadsOf(log_->ReadForDeciding("patient-a", 0).value()),
            PayloadsOf(ReadAll(*log_, {.stream = "patient-a"})));
  EXPECT_THAT(PayloadsOf(ReadAll(*log_, {.stream = "patient-a"}, 2 * kRounds - 4)),
              ElementsAre(std::to_string(kRounds - 2), std::to_string(kRounds - 1)));
}

TEST_P(ReadTest, DecidingSeesWhatIsNotDurableYet) {
  MustAppend(One("patient-a", NoStream{}, "one"));
  MustAppend(One("patient-b", NoStream{}, "other"));
  ASSERT_TRUE(log_->Append(One("patient-a", ExactVersion{1}, "two"), nullptr).ok());
  ASSERT_TRUE(log_->Append(One("patient-a", ExactVersion{2}, "three"), nullptr).ok());
  const auto expect_all = [&] {
    EXPECT_THAT(PayloadsOf(log_->ReadForDeciding("patient-a", 0).value()), ElementsAre("one", "two", "three"));
    EXPECT_THAT(PayloadsOf(log_->ReadForDeciding("patient-a", 1).value()), ElementsAre("two", "three"));
    EXPECT_THAT(PayloadsOf(log_->ReadForDeciding("patient-a", 2).value()), ElementsAre("three"));
    EXPECT_THAT(log_->ReadForDeciding("patient-a", 3).value(), IsEmpty());
    EXPECT_THAT(log_->ReadForDeciding("patient-a", 9).value(), IsEmpty());
  };
  expect_all();
  Settle();
  expect_all();
  EXPECT_THAT(log_->ReadForDeciding("patient-c", 0).value(), IsEmpty());
}

}  // namespace
}  // namespace anamnesis::eventlog
