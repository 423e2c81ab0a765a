// What a client notices by itself: every promise of a feed is broken once.
#include "feed/feed_checker.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "base/clock.h"
#include "base/status.h"

namespace anamnesis::feed {
namespace {

using testing::HasSubstr;

constexpr char kLog[] = "11111111-1111-4111-8111-111111111111";
constexpr char kOtherLog[] = "22222222-2222-4222-8222-222222222222";

// An event of a stream, recorded a second after the one before it in the log unless it was appended with that.
event::v1::EventEnvelope Event(uint64_t position, const std::string& stream, uint64_t previous, bool together = false) {
  event::v1::EventEnvelope event;
  event.set_position(position);
  event.set_stream(stream);
  event.set_previous_position(previous);
  event.set_type("t.v1.A");
  const auto second = static_cast<int64_t>(position - (together ? 1 : 0));
  *event.mutable_recorded_time() = ToTimestamp(second * 1'000'000 + (together ? 1 : 0));
  return event;
}

// A message from `previous` to `position`; with no events progress only.
event::v1::SubscribeResponse Message(uint64_t previous, uint64_t position,
                                     const std::vector<event::v1::EventEnvelope>& events) {
  event::v1::SubscribeResponse message;
  message.set_previous_position(previous);
  message.mutable_bookmark()->set_log_id(kLog);
  message.mutable_bookmark()->set_position(position);
  for (const auto& event : events) *message.mutable_batch()->add_events() = event;
  if (events.empty()) message.mutable_checkpoint()->set_position(position);
  return message;
}

using Messages = std::vector<event::v1::SubscribeResponse>;

absl::Status CheckAll(const event::v1::SubscribeRequest& request, const Messages& messages) {
  FeedChecker checker(request);
  for (const auto& message : messages) RETURN_IF_ERROR(checker.Check(message));
  return absl::OkStatus();
}

event::v1::SubscribeRequest After(uint64_t position, const std::function<void(event::v1::EventFilter&)>& set = {}) {
  event::v1::SubscribeRequest request;
  request.set_after_position(position);
  if (set) set(*request.mutable_filter());
  return request;
}

const auto of_patients = [](event::v1::EventFilter& filter) { filter.set_category("patient"); };
const auto of_type_t = [](event::v1::EventFilter& filter) { filter.set_type_prefix("t."); };

TEST(FeedCheckerTest, WhatKeepsEveryPromiseIsBelieved) {
  const auto all = CheckAll(After(0), {Message(0, 2, {Event(1, "patient-a", 0), Event(2, "patient-b", 0)}),
                                       Message(2, 2, {}), Message(2, 3, {Event(3, "patient-a", 1)})});
  EXPECT_TRUE(all.ok()) << all;
  const auto resumed = CheckAll(After(7), {Message(7, 8, {Event(8, "patient-a", 7)})});
  EXPECT_TRUE(resumed.ok()) << resumed;
  const auto filtered =
      CheckAll(After(4, of_patients), {Message(4, 9, {Event(6, "patient-a", 2), Event(9, "patient-a", 6)}),
                                       Message(9, 5'000, {}), Message(5'000, 5'001, {Event(5'001, "patient-b", 0)})});
  EXPECT_TRUE(filtered.ok()) << filtered;
  // Of a filter by type the predecessors in a stream may be of other types.
  const auto by_type = CheckAll(After(0, of_type_t), {Message(0, 9, {Event(6, "patient-a", 5)})});
  EXPECT_TRUE(by_type.ok()) << by_type;
}

void ExpectBroken(const char* name, const event::v1::SubscribeRequest& request, const Messages& messages,
                  const char* says) {
  const absl::Status status = CheckAll(request, messages);
  EXPECT_EQ(status.code(), absl::StatusCode::kDataLoss) << name;
  EXPECT_THAT(std::string(status.message()), HasSubstr(says)) << name;
}

TEST(FeedCheckerTest, EveryBrokenPromiseIsNamed) {
  auto of_other_log = Message(1, 2, {Event(2, "patient-a", 1)});
  of_other_log.mutable_bookmark()->set_log_id(kOtherLog);
  auto other_type = Event(1, "patient-a", 0);
  other_type.set_type("u.v1.B");
  const Messages first = {Message(0, 1, {Event(1, "patient-a", 0)})};
  const auto then = [&](const event::v1::SubscribeResponse& message) {
    Messages messages = first;
    messages.push_back(message);
    return messages;
  };
  ExpectBroken("EventMissing", After(0), {Message(0, 3, {Event(1, "patient-a", 0), Event(3, "patient-a", 1)})},
               "at position 2: the next event is that of 3");
  ExpectBroken("LastEventMissing", After(0), {Message(0, 2, {Event(1, "patient-a", 0)})}, "at position 2: no event");
  ExpectBroken("MessageMissing", After(0), then(Message(2, 3, {Event(3, "patient-a", 2)})), "begins after 2");
  ExpectBroken("MessageTwice", After(0), then(first[0]), "begins after 0");
  ExpectBroken("ProgressOverEvents", After(0), then(Message(1, 2, {})), "at position 2: no event");
  ExpectBroken("NotFromTheBeginning", After(0), {Message(1, 2, {Event(2, "patient-a", 1)})}, "begins after 1");
  ExpectBroken("EventTwice", After(0), {Message(0, 1, {Event(1, "patient-a", 0), Event(1, "patient-a", 0)})},
               "does not stand between 1 and 1");
  ExpectBroken("Disordered", After(0, of_patients),
               {Message(0, 2, {Event(2, "patient-a", 0), Event(1, "patient-b", 0)})}, "does not stand between 2 and 2");
  ExpectBroken("EventBeyondItsMessage", After(0, of_patients), {Message(0, 1, {Event(2, "patient-a", 0)})},
               "does not stand between 0 and 1");
  ExpectBroken("GoesBack", After(0), then(Message(1, 0, {})), "goes back to 0");
  ExpectBroken("AnotherLog", After(0), then(of_other_log), "of another log");
  ExpectBroken("NotAskedFor", After(0, of_patients), {Message(0, 1, {Event(1, "encounter-a", 0)})}, "not asked for");
  ExpectBroken("TypeNotAskedFor", After(0, of_type_t), {Message(0, 1, {other_type})}, "not asked for");
  ExpectBroken("GapInAStream", After(0, of_patients),
               {Message(0, 9, {Event(1, "patient-a", 0), Event(9, "patient-a", 5)})},
               "at position 9: the event before it in its stream, that of 5, did not come");
  ExpectBroken("StreamWithoutItsBeginning", After(3, of_patients), {Message(3, 9, {Event(9, "patient-a", 4)})},
               "that of 4");
  ExpectBroken("Torn", After(0), then(Message(1, 2, {Event(2, "patient-a", 1, true)})), "recorded together with it");
}

TEST(FeedCheckerTest, ABookmarkSaysWhichLogItIsOf) {
  event::v1::SubscribeRequest request;
  request.mutable_after()->set_log_id(kOtherLog);
  request.mutable_after()->set_position(1);
  const absl::Status status = CheckAll(request, {Message(1, 2, {Event(2, "patient-a", 1)})});
  EXPECT_THAT(std::string(status.message()), HasSubstr("of another log"));
  request.mutable_after()->set_log_id(kLog);
  EXPECT_TRUE(CheckAll(request, {Message(1, 2, {Event(2, "patient-a", 1)})}).ok());
}

// A server of the release before says neither bookmark nor predecessor, and tears what is large.
TEST(FeedCheckerTest, OfAnOlderServerOnlyWhatItSaysIsChecked) {
  const auto old = [](event::v1::SubscribeResponse message) {
    message.clear_bookmark();
    message.clear_previous_position();
    return message;
  };
  const Messages good = {old(Message(0, 1, {Event(1, "patient-a", 0)})),
                         old(Message(1, 2, {Event(2, "patient-a", 1, true)})), old(Message(2, 2, {}))};
  EXPECT_TRUE(CheckAll(After(0), good).ok()) << CheckAll(After(0), good);
  EXPECT_FALSE(CheckAll(After(0), {good[0], old(Message(2, 3, {Event(3, "patient-a", 2)}))}).ok());
}

TEST(FeedCheckerTest, ManyStreamsDoNotFillTheMemory) {
  FeedChecker checker(After(0, of_patients));
  uint64_t position = 0;
  const auto add = [&](const std::string& stream, uint64_t previous) {
    ++position;
    return checker.Check(Message(position - 1, position, {Event(position, stream, previous)}));
  };
  for (size_t i = 0; i < FeedChecker::kMaxStreams; ++i) ASSERT_TRUE(add(absl::StrCat("patient-", i), 0).ok());
  EXPECT_TRUE(add("patient-new", 0).ok()) << "it begins anew";
  EXPECT_TRUE(add("patient-0", 1).ok()) << "which of the old ones came last is forgotten";
  EXPECT_FALSE(add("patient-1", position).ok()) << "what came since is not";
}

}  // namespace
}  // namespace anamnesis::feed
