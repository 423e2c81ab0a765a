// Changes of views as projections say them. Any message with one oneof may stand for a view or an event.
#include "projection/change.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace anamnesis::projection {
namespace {

using testing::ElementsAre;

const ViewKey kKey{.subject_id = "subject", .view_id = "view"};

v1::PublishRequest Hello() {
  v1::PublishRequest view;
  view.mutable_hello()->set_service("patient");
  return view;
}

TEST(ChangeTest, PutCarriesTheView) {
  const v1::ViewChange change = Put(kKey, Hello());
  EXPECT_EQ(change.operation(), v1::CHANGE_OPERATION_PUT);
  EXPECT_EQ(change.subject_id(), "subject");
  EXPECT_EQ(change.view_id(), "view");
  EXPECT_EQ(change.kind(), "hello");
  EXPECT_EQ(change.view(), Hello().SerializeAsString());
  EXPECT_EQ(change.replace_size(), 0);
}

TEST(ChangeTest, PatchNamesWhatIsReplaced) {
  const v1::ViewChange change = Patch(kKey, Hello(), {"service", "log_id"});
  EXPECT_EQ(change.operation(), v1::CHANGE_OPERATION_PATCH);
  EXPECT_EQ(change.kind(), "hello");
  EXPECT_EQ(change.view(), Hello().SerializeAsString());
  EXPECT_THAT(change.replace(), ElementsAre("service", "log_id"));
}

TEST(ChangeTest, RemoveCarriesTheKindOnly) {
  const v1::ViewChange change = Remove(kKey, Hello());
  EXPECT_EQ(change.operation(), v1::CHANGE_OPERATION_REMOVE);
  EXPECT_EQ(change.kind(), "hello");
  EXPECT_EQ(change.view(), "");
}

TEST(SubjectTest, StandsBehindTheFirstDash) {
  EXPECT_EQ(SubjectOf("patient-00000000-0000-4000-8000-000000000001"), "00000000-0000-4000-8000-000000000001");
}

TEST(EventTest, IsParsedFromTheRecord) {
  eventlog::Record record;
  record.payload = Hello().SerializeAsString();
  v1::PublishRequest event;
  const absl::Status parsed = ParseEvent(record, event);
  ASSERT_TRUE(parsed.ok()) << parsed;
  EXPECT_EQ(event.hello().service(), "patient");
}

TEST(EventTest, WhatIsNotKnownIsDataLoss) {
  eventlog::Record record;
  record.position = 7;
  for (const std::string& payload : {std::string(), std::string("\x0a"), std::string("\xfa\x3e\x00", 3)}) {
    record.payload = payload;
    v1::PublishRequest event;
    const absl::Status status = ParseEvent(record, event);
    EXPECT_EQ(status.code(), absl::StatusCode::kDataLoss);
    EXPECT_THAT(std::string(status.message()), testing::HasSubstr("position 7"));
  }
}

}  // namespace
}  // namespace anamnesis::projection
