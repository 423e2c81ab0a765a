// What subscriptions share is bounded in bytes, whoever looks at it or not.
#include "eventlog/subscription_hub.h"

#include "gtest/gtest.h"

namespace anamnesis::eventlog {
namespace {

std::shared_ptr<const Record> RecordAt(Position position) {
  auto record = std::make_shared<Record>();
  record->position = position;
  record->stream = "ward-1";
  record->payload = std::string(100, 'p');
  return record;
}

TEST(SubscriptionHubTest, HoldsOnlyAsManyRecordsAsItMay) {
  constexpr Position kRecords = 1000;
  constexpr Position kKept = 10;
  const size_t each = MemoryBytes(*RecordAt(1));
  SubscriptionHub hub(0, kKept * each);
  std::vector<std::weak_ptr<const Record>> published;
  for (Position position = 1; position <= kRecords; ++position) {
    const auto record = RecordAt(position);
    published.push_back(record);
    hub.Publish({record});
  }
  size_t alive = 0;
  for (const auto& record : published) alive += record.expired() ? 0 : 1;
  EXPECT_EQ(alive, kKept);
  EXPECT_EQ(hub.Tail(), kRecords);
  EXPECT_FALSE(hub.Look(kRecords - kKept - 1, {}, 1 << 20).recent);
  EXPECT_EQ(hub.Look(kRecords - kKept, {}, 1 << 20).records.size(), kKept);
}

TEST(SubscriptionHubTest, RecordLargerThanTheMemoryIsNotKept) {
  SubscriptionHub hub(7, 1);
  hub.Publish({RecordAt(8)});
  EXPECT_EQ(hub.Tail(), 8u);
  EXPECT_FALSE(hub.Look(7, {}, 1 << 20).recent);
  EXPECT_TRUE(hub.Look(8, {}, 1 << 20).recent);
}

}  // namespace
}  // namespace anamnesis::eventlog
