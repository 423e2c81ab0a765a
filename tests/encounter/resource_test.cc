// Observations, procedures, reports, studies, immunizations and the directory: recorded, changed, retracted.
#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "tests/encounter/builders.h"

namespace anamnesis::encounter {
namespace {

class ResourceTest : public testing::TestWithParam<Kind> {
 protected:
  const Kind& kind() const { return GetParam(); }
};

INSTANTIATE_TEST_SUITE_P(, ResourceTest, testing::ValuesIn(Kinds()), testing::PrintToStringParamName());

TEST_P(ResourceTest, IsRecordedOnce) {
  EXPECT_EQ(Told(DecideOn({}, kind().Record())), kind().recorded);
  EXPECT_EQ(Told(DecideOn(After({kind().Record()}), kind().Record())), "RESOURCE_ALREADY_EXISTS");
  EXPECT_EQ(Told(DecideOn(After({kind().Record()}), kind().Record(kNewId))), kind().recorded);
}

TEST_P(ResourceTest, OfTheDeadAndTheMergedIsRecorded) {
  EXPECT_EQ(Told(DecideOn({}, kind().Record(), MergedAwayAndDeceased())), kind().recorded);
}

TEST_P(ResourceTest, GetsAnIdWhereNoneIsGiven) {
  const auto decision = DecideOn({}, kind().Record(""));
  EXPECT_EQ(decision.resource_id, kNewId);
  EXPECT_EQ(decision.revision, 1u);
  EXPECT_EQ(Told(DecideOn(After({kind().Record("")}), kind().Retract(kNewId))), kind().retracted);
}

TEST_P(ResourceTest, IsRetractedOnceAndForEver) {
  const v1::EncounterState state = After({kind().Record(), kind().Retract()});
  EXPECT_EQ(Told(DecideOn({}, kind().Retract())), "RESOURCE_NOT_FOUND");
  EXPECT_EQ(Told(DecideOn(After({kind().Record()}), kind().Retract())), kind().retracted);
  EXPECT_EQ(Told(DecideOn(state, kind().Retract())), "RESOURCE_RETRACTED");
  EXPECT_EQ(Told(DecideOn(state, kind().Record())), "RESOURCE_ALREADY_EXISTS");
}

TEST_P(ResourceTest, IsRetractedWithAReason) {
  EXPECT_EQ(Told(DecideOn(After({kind().Record()}), WithoutReason(kind().Retract()))), "REASON_REQUIRED");
  EXPECT_EQ(Told(DecideOn({}, WithoutReason(kind().Retract()))), "RESOURCE_NOT_FOUND");
  EXPECT_EQ(Told(DecideOn(After({kind().Record(), kind().Retract()}), WithoutReason(kind().Retract()))),
            "RESOURCE_RETRACTED");
}

TEST_P(ResourceTest, IsRetractedAsSeen) {
  const v1::EncounterState state = After({kind().Record()});
  EXPECT_EQ(Told(DecideOn(state, Seen(1, kind().Retract()))), kind().retracted);
  EXPECT_EQ(Told(DecideOn(state, Seen(2, kind().Retract()))), "ETAG_MISMATCH");
  EXPECT_EQ(Told(DecideOn(state, Seen(2, WithoutReason(kind().Retract())))), "ETAG_MISMATCH") << "stale beats reason";
  EXPECT_EQ(Told(DecideOn(After({kind().Record(), kind().Retract()}), Seen(1, kind().Retract()))), "ETAG_MISMATCH")
      << "stale beats retracted";
}

TEST_P(ResourceTest, ChangesUntilItIsRetracted) {
  if (!kind().can_change()) return;
  EXPECT_EQ(Told(DecideOn({}, kind().Change())), "RESOURCE_NOT_FOUND");
  EXPECT_EQ(Told(DecideOn({}, kind().Change(""))), "RESOURCE_NOT_FOUND");
  EXPECT_EQ(Told(DecideOn(After({kind().Record()}), kind().Change())), kind().changed);
  EXPECT_EQ(Told(DecideOn(After({kind().Record()}), WithoutReason(kind().Change()))), kind().changed);
  EXPECT_EQ(Told(DecideOn(After({kind().Record(), kind().Retract()}), kind().Change())), "RESOURCE_RETRACTED");
}

TEST_P(ResourceTest, ChangesAsSeen) {
  if (!kind().can_change()) return;
  const v1::EncounterState state = After({kind().Record(), kind().Change()});
  const auto decision = DecideOn(state, Seen(2, kind().Change()));
  EXPECT_EQ(Told(decision), kind().changed);
  EXPECT_EQ(decision.revision, 3u);
  EXPECT_EQ(decision.resource_id, kId);
  EXPECT_EQ(Told(DecideOn(state, Seen(1, kind().Change()))), "ETAG_MISMATCH");
}

// Each kind has ids of its own: what one kind took is free to another.
TEST_P(ResourceTest, SharesNoIdsWithOtherKinds) {
  std::vector<v1::EncounterCommand> others = {Plan(), Draft()};
  for (const Kind& other : Kinds()) {
    if (other.name != kind().name) others.push_back(other.Record());
  }
  EXPECT_EQ(Told(DecideOn(After(others), kind().Retract())), "RESOURCE_NOT_FOUND");
  EXPECT_EQ(Told(DecideOn(After(others), kind().Record())), kind().recorded);
}

TEST(ResultTest, AnEncounterThatNobodyKnowsMayBeNamed) {
  v1::EncounterCommand command = Kinds().front().Record();
  command.mutable_record_observation()->mutable_observation()->mutable_provenance()->set_encounter_id(kNewId);
  EXPECT_EQ(EventOfLast({command}).observation_recorded().observation().provenance().encounter_id(), kNewId);
}

TEST(ResultTest, AnAmendmentIsTheWholeObservationAndSaysWhy) {
  const v1::ObservationAmended amended =
      EventOfLast({Kinds().front().Record(), Kinds().front().Change()}).observation_amended();
  EXPECT_EQ(amended.observation().code().text(), "changed");
  EXPECT_EQ(amended.reason(), "as discussed");
  EXPECT_EQ(amended.revision(), 2u);
}

class DirectoryTest : public testing::TestWithParam<const char*> {};

INSTANTIATE_TEST_SUITE_P(, DirectoryTest, testing::Values("practitioner", "organization"),
                         [](const auto& info) { return std::string(info.param); });

TEST_P(DirectoryTest, AnEntryIsRegisteredOnce) {
  EXPECT_EQ(DecideOn({}, Register(GetParam())).revision, 1u);
  EXPECT_EQ(Told(DecideOn(After({Register(GetParam())}), Register(GetParam()))), "RESOURCE_ALREADY_EXISTS");
}

TEST_P(DirectoryTest, AnEntryIsUpdatedAsSeen) {
  const v1::EncounterState state = After({Register(GetParam()), Update(GetParam())});
  EXPECT_EQ(DecideOn(state, Update(GetParam())).revision, 3u);
  EXPECT_EQ(DecideOn(state, Seen(2, Update(GetParam()))).revision, 3u);
  EXPECT_EQ(Told(DecideOn(state, Seen(1, Update(GetParam())))), "ETAG_MISMATCH");
  EXPECT_EQ(Told(DecideOn({}, Seen(1, Update(GetParam())))), "RESOURCE_NOT_FOUND");
}

TEST_P(DirectoryTest, AnEntryHasAStreamOfItsOwn) {
  const auto stream_of = [](const v1::EncounterCommand& command) {
    return EncounterDecider::Streams(command, Input()).at(0);
  };
  EXPECT_EQ(stream_of(Register(GetParam())), absl::StrCat(GetParam(), "-", kId));
  EXPECT_EQ(stream_of(Update(GetParam())), absl::StrCat(GetParam(), "-", kId));
  EXPECT_EQ(stream_of(Register(GetParam(), "")), absl::StrCat(GetParam(), "-", kNewId));
  EXPECT_EQ(DecideOn({}, Register(GetParam(), "")).resource_id, kNewId);
}

}  // namespace
}  // namespace anamnesis::encounter
