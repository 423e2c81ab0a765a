// Random histories, readers and crashes: whatever happens, every subscription is told what the history holds, in order,
// once, whole and without a gap, and goes on from any of its bookmarks.
#include <algorithm>
#include <future>

#include "gmock/gmock.h"
#include "tests/eventlog/history.h"
#include "tests/eventlog/log_fixture.h"

namespace anamnesis::eventlog {
namespace {

using Kind = SubscriptionItem::Kind;

constexpr int kSteps = 600;
constexpr size_t kReaders = 6;

// A subscription with what it was told since it began.
struct Reader {
  Filter filter;
  Position after = 0;
  std::vector<Told> told;
  std::unique_ptr<Subscription> subscription;

  Position position() const { return told.empty() ? after : told.back().position; }
};

class PropertiesTest : public testing::TestWithParam<Engine> {
 protected:
  PropertiesTest() : seed_(TestSeed()), random_(seed_), history_(random_) {}

  void SetUp() override {
    SCOPED_TRACE(Seed());
    OpenLog(nullptr);
    for (size_t i = 0; i < kReaders; ++i) Begin(readers_.emplace_back());
  }

  std::string Seed() const { return "to repeat it: ANAMNESIS_SEED=" + std::to_string(seed_); }

  // Opens the log of a directory, or a new one; half of the logs keep next to nothing in memory.
  void OpenLog(std::unique_ptr<TempDirectory> directory) {
    LogOptions options;
    options.clock = &clock_;
    if (Pick(random_, 2) == 0) options.recent_bytes = Pick(random_, 5'000);
    log_.reset();
    if (GetParam() == Engine::kMemory) {
      log_ = NewMemoryLog(options);
      return;
    }
    if (directory != nullptr || directory_ == nullptr) {
      directory_ = directory != nullptr ? std::move(directory) : std::make_unique<TempDirectory>();
    }
    auto log = OpenRocksLog(directory_->path(), options);
    ASSERT_TRUE(log.ok()) << log.status();
    log_ = *std::move(log);
  }

  // A new subscription from anywhere, within an append too.
  void Begin(Reader& reader) {
    reader.filter = Pick(random_, 3) == 0 ? Filter() : history_.SomeFilter(random_);
    reader.after = Pick(random_, 2) == 0 ? 0 : Pick(random_, log_->Tail() + 1);
    reader.told.clear();
    reader.subscription = log_->Subscribe(reader.filter, reader.after);
  }

  // As a reader that lost what it made of its last messages.
  void Resume(Reader& reader) {
    if (!reader.told.empty()) reader.told.resize(Pick(random_, reader.told.size() + 1));
    while (reader.position() > log_->Tail()) reader.told.pop_back();
    reader.subscription = log_->Subscribe(reader.filter, reader.position());
  }

  // True if there was something.
  bool Poll(Reader& reader, size_t max_bytes) {
    const auto item = reader.subscription->Poll(max_bytes);
    EXPECT_TRUE(item.ok()) << item.status();
    if (!item.ok() || item->kind == Kind::kNothingYet) return false;
    EXPECT_NE(item->kind, Kind::kClosed);
    EXPECT_EQ(item->records.empty(), item->kind != Kind::kEvents);
    Told& told = reader.told.emplace_back();
    told.previous = item->previous;
    told.position = item->position;
    for (const auto& record : item->records) told.events.push_back(record->position);
    return true;
  }

  void Append() {
    AppendRequest request = history_.SomeAppend(random_);
    const auto result = log_->Append(request, nullptr);
    ASSERT_TRUE(result.ok()) << result.status();
    history_.Add(request, *result);
    clock_.Advance(static_cast<int64_t>(Pick(random_, 3)) - 1);  // It stands still, and goes back.
  }

  // Reads everything in pages and compares.
  void ReadPages() {
    Settle();
    const Filter filter = history_.SomeFilter(random_);
    const bool backwards = Pick(random_, 2) == 0;
    const PageBounds bounds{.records = 1 + Pick(random_, 20), .bytes = 1 + Pick(random_, 20'000)};
    std::vector<Position> read;
    Position from = 0;
    do {
      const auto page = log_->ReadPage(filter, from, backwards ? Direction::kBackwards : Direction::kForwards, bounds);
      ASSERT_TRUE(page.ok()) << page.status();
      for (const auto& record : page->records) read.push_back(record->position);
      from = page->next;
      if (from != 0 && filter.WantsAll()) {
        EXPECT_TRUE(history_.EndsAppend(backwards ? from - 1 : from)) << "a page ends within an append";
      }
    } while (from != 0);
    if (backwards) std::reverse(read.begin(), read.end());
    EXPECT_EQ(read, history_.Wanted(filter, 0, log_->Tail()));
  }

  void Settle() {
    std::promise<void> durable;
    log_->WhenDurable([&durable] { durable.set_value(); });
    durable.get_future().wait();
  }

  // Ends the log: by closing it, or as a power failure that leaves of the last writes what it likes. What is left ends
  // with a whole append, and every reader goes on from what it has.
  void Crash() {
    if (GetParam() == Engine::kMemory) return;
    for (Reader& reader : readers_) reader.subscription.reset();
    if (Pick(random_, 2) == 0) {
      OpenLog(nullptr);
    } else {
      Settle();
      OpenLog(TornCopy(directory_->path(), Pick(random_, 3) == 0 ? 0 : Pick(random_, 3'000)));
    }
    ASSERT_NE(log_, nullptr);
    EXPECT_TRUE(history_.EndsAppend(log_->Tail())) << "an append was kept in part";
    history_.CutAfter(log_->Tail());
    for (Reader& reader : readers_) {
      if (reader.after > log_->Tail()) {
        Begin(reader);
      } else {
        Resume(reader);
      }
    }
  }

  void Step() {
    Reader& reader = readers_[Pick(random_, readers_.size())];
    const size_t what = Pick(random_, 100);
    if (what < 40) return Append();
    if (what < 90) {
      Poll(reader, Pick(random_, 20'000));
    } else if (what < 94) {
      Resume(reader);
    } else if (what < 96) {
      ExpectTold(reader);
      Begin(reader);
    } else if (what < 98) {
      ReadPages();
    } else {
      Crash();
    }
  }

  void ExpectTold(const Reader& reader) { EXPECT_EQ(history_.Complaint(reader.filter, reader.after, reader.told), ""); }

  const uint64_t seed_;
  Random random_;
  History history_;
  ManualClock clock_{1'700'000'000'000'000};
  std::unique_ptr<TempDirectory> directory_;
  std::unique_ptr<EventLog> log_;
  std::vector<Reader> readers_;
};
INSTANTIATE_FOR_BOTH_ENGINES(PropertiesTest);

TEST_P(PropertiesTest, EveryReaderIsToldTheHistoryWholeOnceAndInOrder) {
  SCOPED_TRACE(Seed());
  for (int step = 0; step < kSteps && !HasFailure(); ++step) Step();
  ASSERT_FALSE(HasFailure());
  Settle();
  for (Reader& reader : readers_) {
    while (Poll(reader, Pick(random_, 20'000))) {
    }
    EXPECT_EQ(reader.position(), log_->Tail()) << "not everything that was acknowledged came";
    ExpectTold(reader);
  }
}

TEST_P(PropertiesTest, TheMembersOfAGroupShareEverythingAndNothingTwice) {
  SCOPED_TRACE(Seed());
  for (int i = 0; i < 50; ++i) Append();
  Settle();
  const auto size = static_cast<uint32_t>(1 + Pick(random_, 6));
  std::vector<Position> all;
  for (uint32_t index = 0; index < size; ++index) {
    Reader member{.filter = {.group = {size, index}}, .after = 0, .told = {}, .subscription = nullptr};
    member.subscription = log_->Subscribe(member.filter, 0);
    while (Poll(member, 1'000)) {
    }
    EXPECT_EQ(member.position(), log_->Tail()) << "a member hears of progress without events of its own";
    ExpectTold(member);
    for (const Told& told : member.told) all.insert(all.end(), told.events.begin(), told.events.end());
  }
  std::sort(all.begin(), all.end());
  EXPECT_EQ(all, history_.Wanted({}, 0, log_->Tail()));
}

}  // namespace
}  // namespace anamnesis::eventlog
