// The feed's contract over gRPC: bookmarks, groups, categories, pages, and what is refused by name.
#include "feed/feed_service.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "anamnesis/event/v1/feed_service.grpc.pb.h"
#include "base/refusal.h"
#include "base/uuid.h"
#include "eventlog/open.h"
#include "feed/feed_checker.h"
#include "rpc/status.h"
#include "tests/feed/feed_server.h"

namespace anamnesis::feed {
namespace {

using event::v1::SubscribeRequest;
using event::v1::SubscribeResponse;
using testing::ElementsAre;

constexpr std::chrono::seconds kTimeout{30};
constexpr char kOtherLog[] = "22222222-2222-4222-8222-222222222222";
constexpr char kAda[] = "00000000-0000-4000-8000-000000000000";  // Member 7 of 8.
constexpr char kBen[] = "0190a6f2-7d2b-7c11-8f00-5a0d3c2b1e4f";  // Member 7 of 8, and 9 of 10.

class FeedServiceTest : public testing::Test {
 protected:
  // 1 Ada · 2 Ada and 3 Ben of one append · 4 a practitioner
  FeedServiceTest() {
    const std::string ada = std::string("patient-") + kAda;
    const std::string ben = std::string("patient-") + kBen;
    Append({
        {ada, 1}
    });
    Append({
        {ada, 1},
        {ben, 1}
    });
    Append({
        {"practitioner-2", 1}
    });
  }

  void Append(const std::vector<std::pair<std::string, int>>& streams) {
    eventlog::AppendRequest request;
    for (const auto& [stream, count] : streams) {
      eventlog::StreamAppend& append = request.streams.emplace_back();
      append.stream = stream;
      for (int i = 0; i < count; ++i) append.events.push_back({.event_id = NewUuid(), .type = "test.v1.Event"});
    }
    ASSERT_TRUE(log_->AppendAndWait(request).ok());
  }

  // All messages of a subscription that ends; every one keeps the promises.
  absl::StatusOr<std::vector<SubscribeResponse>> Subscribe(const SubscribeRequest& request) {
    grpc::ClientContext context;
    rpc::PrepareContext(context, kFeedReader, kTimeout);
    const auto reader = stub_->Subscribe(&context, request);
    FeedChecker checker(request);
    std::vector<SubscribeResponse> messages;
    SubscribeResponse message;
    while (reader->Read(&message)) {
      const absl::Status promises = checker.Check(message);
      EXPECT_TRUE(promises.ok()) << promises;
      messages.push_back(message);
    }
    const absl::Status status = rpc::FromGrpcStatus(reader->Finish());
    if (!status.ok()) return status;
    return messages;
  }

  std::vector<uint64_t> PositionsOf(const SubscribeRequest& request) {
    std::vector<uint64_t> positions;
    const auto messages = Subscribe(request);
    EXPECT_TRUE(messages.ok()) << messages.status();
    for (const SubscribeResponse& message : *messages) {
      for (const auto& event : message.batch().events()) positions.push_back(event.position());
    }
    return positions;
  }

  std::string Refusal(const SubscribeRequest& request) { return RefusalInfo(Subscribe(request).status()).reason(); }

  const std::unique_ptr<eventlog::EventLog> log_ = eventlog::NewMemoryLog({});
  FeedServer server_{*log_};
  const std::unique_ptr<event::v1::EventFeedService::Stub> stub_ =
      event::v1::EventFeedService::NewStub(rpc::Connect(server_.address()));
};

TEST_F(FeedServiceTest, EveryMessageIsABookmark) {
  const auto messages = Subscribe({});
  ASSERT_TRUE(messages.ok()) << messages.status();
  ASSERT_EQ(messages->size(), 2u);  // The events, and that it has caught up.
  EXPECT_EQ(messages->at(0).previous_position(), 0u);
  EXPECT_EQ(messages->at(0).bookmark().position(), 4u);
  EXPECT_EQ(messages->at(0).bookmark().log_id(), log_->LogId());
  EXPECT_EQ(messages->at(1).previous_position(), 4u);
  Append({
      {"ward-1", 2}
  });
  SubscribeRequest request;
  *request.mutable_after() = messages->at(1).bookmark();
  EXPECT_THAT(PositionsOf(request), ElementsAre(5, 6));
  request.set_after_position(4);
  EXPECT_THAT(PositionsOf(request), ElementsAre(5, 6)) << "as a client says it that may meet an older server";
}

TEST_F(FeedServiceTest, ABookmarkOfAnotherLogIsRefusedByName) {
  SubscribeRequest request;
  request.mutable_after()->set_log_id(kOtherLog);
  request.mutable_after()->set_position(99);
  const google::rpc::ErrorInfo info = RefusalInfo(Subscribe(request).status());
  EXPECT_EQ(info.reason(), "BOOKMARK_OF_ANOTHER_LOG");
  EXPECT_EQ(info.metadata().at("bookmark_log_id"), kOtherLog);
  EXPECT_EQ(info.metadata().at("log_id"), log_->LogId());
  request.mutable_after()->set_log_id(log_->LogId());
  EXPECT_EQ(Refusal(request), "INVALID_CURSOR");
}

TEST_F(FeedServiceTest, WhatContradictsItselfIsRefused) {
  SubscribeRequest two_positions;
  two_positions.mutable_after()->set_log_id(log_->LogId());
  two_positions.mutable_after()->set_position(2);
  two_positions.set_after_position(3);
  EXPECT_EQ(Refusal(two_positions), "INVALID_FIELDS");
  SubscribeRequest no_log;
  no_log.mutable_after()->set_position(2);
  EXPECT_EQ(Refusal(no_log), "INVALID_FIELDS");
  for (const auto& [index, size] : {std::pair(0, 0), std::pair(2, 2), std::pair(0, 1025), std::pair(1024, 1024)}) {
    SubscribeRequest request;
    request.mutable_group()->set_index(static_cast<uint32_t>(index));
    request.mutable_group()->set_size(static_cast<uint32_t>(size));
    EXPECT_EQ(Refusal(request), "INVALID_FIELDS") << index << "/" << size;
  }
}

TEST_F(FeedServiceTest, FiltersAndGroupsChoose) {
  SubscribeRequest category;
  category.mutable_filter()->set_category("practitioner");
  EXPECT_THAT(PositionsOf(category), ElementsAre(4));
  SubscribeRequest patient;
  patient.mutable_filter()->set_patient_id(kAda);
  patient.mutable_filter()->set_category("patient");
  EXPECT_THAT(PositionsOf(patient), ElementsAre(1, 2));
  SubscribeRequest member;
  member.mutable_group()->set_size(10);
  member.mutable_group()->set_index(9);
  EXPECT_THAT(PositionsOf(member), ElementsAre(3)) << "a merge may be divided between two members";
  member.mutable_group()->set_size(8);
  member.mutable_group()->set_index(7);
  EXPECT_THAT(PositionsOf(member), ElementsAre(1, 2, 3));
}

TEST_F(FeedServiceTest, ItIsSaidWhatWasRecordedTogether) {
  event::v1::ReadEventsRequest request;
  for (const bool backwards : {false, true}) {
    request.set_backwards(backwards);
    request.set_page_size(2);
    grpc::ClientContext context;
    rpc::PrepareContext(context, kFeedReader, kTimeout);
    event::v1::ReadEventsResponse page;
    ASSERT_TRUE(stub_->ReadEvents(&context, request, &page).ok());
    std::vector<std::pair<uint64_t, bool>> events;
    for (const auto& event : page.events()) events.emplace_back(event.position(), event.appended_with_previous());
    using Pair = std::pair<uint64_t, bool>;
    if (backwards) {
      EXPECT_THAT(events, ElementsAre(Pair(4, false), Pair(3, false), Pair(2, true)));
      EXPECT_EQ(page.next_position(), 2u);
    } else {
      EXPECT_THAT(events, ElementsAre(Pair(1, false), Pair(2, false), Pair(3, true)));
      EXPECT_EQ(page.next_position(), 3u);
    }
  }
}

}  // namespace
}  // namespace anamnesis::feed
