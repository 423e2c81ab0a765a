// Pages: whole appends, and a bounded amount of work however rare a match is.
#include "gmock/gmock.h"
#include "tests/eventlog/log_fixture.h"

namespace anamnesis::eventlog {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

constexpr PageBounds kPlenty{.records = 10'000, .bytes = 1 << 20};

class PageTest : public LogTest {
 protected:
  struct Read {
    std::vector<Position> positions;
    Position next;
  };
  Read ReadPage(const Filter& filter, Position from, Direction direction, const PageBounds& bounds = kPlenty) {
    const auto page = log_->ReadPage(filter, from, direction, bounds);
    EXPECT_TRUE(page.ok()) << page.status();
    Read read{.positions = {}, .next = page->next};
    for (const auto& record : page->records) read.positions.push_back(record->position);
    return read;
  }
  // 1 · 2 to 4 of one append, 3 of another stream · 5
  void FillLog() {
    MustAppend(One("patient-a"));
    AppendRequest request;
    request.streams.push_back({"patient-b", AnyVersion{}, Events(1)});
    request.streams.push_back({"patient-a", AnyVersion{}, Events(2)});
    MustAppend(request);
    MustAppend(One("patient-b"));
  }
};
INSTANTIATE_FOR_BOTH_ENGINES(PageTest);

TEST_P(PageTest, AnAppendIsOnOnePage) {
  FillLog();
  const PageBounds two{.records = 2, .bytes = 1 << 20};
  const PageBounds few_bytes{.records = 100, .bytes = 1};
  const struct {
    const char* name;
    Filter filter;
    Position from;
    Direction direction;
    PageBounds bounds;
    std::vector<Position> positions;
    Position next;
  } cases[] = {
      {"All",                {},                                 0, Direction::kForwards,  kPlenty,   {1, 2, 3, 4, 5}, 0},
      {"Filled",             {},                                 0, Direction::kForwards,  two,       {1, 2, 3, 4},    4},
      {"Rest",               {},                                 4, Direction::kForwards,  two,       {5},             0},
      {"Bytes",              {},                                 1, Direction::kForwards,  few_bytes, {2, 3, 4},       4},
      {"FromWithinAnAppend", {},                                 2, Direction::kForwards,  few_bytes, {3, 4},          4},
      {"Backwards",          {},                                 0, Direction::kBackwards, two,       {5, 4, 3, 2},    2},
      {"RestBackwards",      {},                                 2, Direction::kBackwards, two,       {1},             0},
      {"Filtered",           {.entity = "a"},                    1, Direction::kForwards,  few_bytes, {3, 4},          0},
      {"FilteredBackwards",  {.entity = "a"},                    0, Direction::kBackwards, few_bytes, {4, 3},          3},
      {"ByShare",            {.group = {.size = 8, .index = 3}}, 0, Direction::kForwards,  kPlenty,   {1, 3, 4},       0},
      {"ByCategory",         {.category = "patients"},           0, Direction::kForwards,  kPlenty,   {},              0},
      {"BeyondTheEnd",       {},                                 9, Direction::kForwards,  kPlenty,   {},              0},
  };
  for (const auto& c : cases) {
    const Read read = ReadPage(c.filter, c.from, c.direction, c.bounds);
    EXPECT_EQ(read.positions, c.positions) << c.name;
    EXPECT_EQ(read.next, c.next) << c.name;
  }
}

TEST_P(PageTest, ARareMatchIsLookedForInSteps) {
  MustAppend(One("ward-1"));
  AppendRequest request;
  request.streams.push_back({"ward-2", AnyVersion{}, Events(600, "test.v1.Common")});
  for (int i = 0; i < 18; ++i) {
    for (NewEvent& event : request.streams[0].events) event.payload.clear();
    MustAppend(request);
  }
  const Position tail = log_->Tail();
  const Filter rare{.type_prefix = "test.v1.Happened"};
  Read read = ReadPage(rare, 1, Direction::kForwards);
  EXPECT_THAT(read.positions, IsEmpty());
  EXPECT_EQ(read.next, 1 + 17 * 600u) << "10,000, and the rest of the append";
  EXPECT_EQ(ReadPage(rare, read.next, Direction::kForwards).next, 0u);

  read = ReadPage(rare, 0, Direction::kBackwards);
  EXPECT_THAT(read.positions, IsEmpty());
  EXPECT_EQ(read.next, tail - 17 * 600 + 1);
  read = ReadPage(rare, read.next, Direction::kBackwards);
  EXPECT_THAT(read.positions, ElementsAre(1));
  EXPECT_EQ(read.next, 0u);
}

}  // namespace
}  // namespace anamnesis::eventlog
