// What each event does to views.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "anamnesis/projection/v1/views.pb.h"
#include "base/clock.h"
#include "services/encounter/projection/encounter_projection.h"
#include "tests/encounter/builders.h"

namespace anamnesis::encounter {
namespace {

using projection::v1::CHANGE_OPERATION_PATCH;
using projection::v1::CHANGE_OPERATION_PUT;
using projection::v1::CHANGE_OPERATION_REMOVE;
using projection::v1::View;
using projection::v1::ViewChange;
using testing::ElementsAre;

// The only change of the last of the commands, which must be to a view of this kind with the id kId.
ViewChange ChangeOfLast(const std::string& kind, const std::vector<v1::EncounterCommand>& commands) {
  eventlog::Record record;
  record.stream = EncounterDecider::Streams(commands.back(), Input()).at(0);
  record.payload = EventOfLast(commands).SerializeAsString();
  const auto changes = ProjectEncounter(record);
  EXPECT_TRUE(changes.ok()) << changes.status();
  EXPECT_EQ(changes->size(), 1u);
  const ViewChange& change = changes->at(0);
  EXPECT_EQ(absl::StrCat(change.kind(), " ", change.view_id()), absl::StrCat(kind, " ", kId));
  EXPECT_EQ(change.subject_id(), kind == "practitioner" || kind == "organization" ? kId : kPatient);
  return change;
}

View ViewOf(const ViewChange& change) {
  View view;
  EXPECT_TRUE(view.ParseFromString(change.view()));
  return view;
}

ViewChange EncounterChange(const std::vector<v1::EncounterCommand>& commands) {
  return ChangeOfLast("encounter", commands);
}

ViewChange NoteChange(const std::vector<v1::EncounterCommand>& commands) {
  return ChangeOfLast("note", commands);
}

class ResourceProjection : public testing::TestWithParam<Kind> {};

INSTANTIATE_TEST_SUITE_P(, ResourceProjection, testing::ValuesIn(Kinds()), testing::PrintToStringParamName());

TEST_P(ResourceProjection, PutsWhatIsRecordedOrChangedAndRemovesWhatIsRetracted) {
  const Kind& kind = GetParam();
  const ViewChange recorded = ChangeOfLast(kind.name, {kind.Record()});
  EXPECT_EQ(recorded.operation(), CHANGE_OPERATION_PUT);
  EXPECT_THAT(ViewOf(recorded).ShortDebugString(), testing::HasSubstr("etag: \"1\""));
  EXPECT_THAT(ViewOf(recorded).ShortDebugString(), testing::HasSubstr(kId));
  if (kind.can_change()) {
    const ViewChange changed = ChangeOfLast(kind.name, {kind.Record(), kind.Change()});
    EXPECT_EQ(changed.operation(), CHANGE_OPERATION_PUT);
    EXPECT_THAT(ViewOf(changed).ShortDebugString(), testing::HasSubstr("text: \"changed\""));
    EXPECT_THAT(ViewOf(changed).ShortDebugString(), testing::HasSubstr("reason: \"as discussed\" etag: \"2\""));
  }
  const ViewChange retracted = ChangeOfLast(kind.name, {kind.Record(), kind.Retract()});
  EXPECT_EQ(retracted.operation(), CHANGE_OPERATION_REMOVE);
  EXPECT_EQ(retracted.view(), "");
}

class DirectoryProjection : public testing::TestWithParam<const char*> {};

INSTANTIATE_TEST_SUITE_P(, DirectoryProjection, testing::Values("practitioner", "organization"),
                         [](const auto& info) { return std::string(info.param); });

TEST_P(DirectoryProjection, PutsTheWholeEntry) {
  const ViewChange registered = ChangeOfLast(GetParam(), {Register(GetParam())});
  EXPECT_EQ(registered.operation(), CHANGE_OPERATION_PUT);
  EXPECT_THAT(ViewOf(registered).ShortDebugString(), testing::HasSubstr("etag: \"1\""));
  const ViewChange updated = ChangeOfLast(GetParam(), {Register(GetParam()), Update(GetParam())});
  EXPECT_EQ(updated.operation(), CHANGE_OPERATION_PUT);
  EXPECT_THAT(ViewOf(updated).ShortDebugString(), testing::HasSubstr("active: false } etag: \"2\""));
}

TEST(EncounterProjection, PutsWhatIsPlannedOrRecorded) {
  const ViewChange planned = EncounterChange({Plan()});
  EXPECT_EQ(planned.operation(), CHANGE_OPERATION_PUT);
  EXPECT_EQ(ViewOf(planned).encounter().encounter().status(), v1::ENCOUNTER_STATUS_PLANNED);
  EXPECT_EQ(ViewOf(planned).encounter().encounter().class_().code(), "AMB");
  EXPECT_EQ(ViewOf(planned).encounter().etag(), "1");
  const ViewChange recorded = EncounterChange({RecordEncounter(v1::ENCOUNTER_STATUS_FINISHED)});
  EXPECT_EQ(recorded.operation(), CHANGE_OPERATION_PUT);
  EXPECT_EQ(ViewOf(recorded).encounter().encounter().status(), v1::ENCOUNTER_STATUS_FINISHED);
}

TEST(EncounterProjection, AnArrivalSaysWhen) {
  const ViewChange change = EncounterChange({Plan(), Arrive()});
  EXPECT_EQ(change.operation(), CHANGE_OPERATION_PATCH);
  EXPECT_THAT(change.replace(), ElementsAre("encounter.arrived_time"));
  EXPECT_EQ(ViewOf(change).encounter().encounter().status(), v1::ENCOUNTER_STATUS_ARRIVED);
  EXPECT_EQ(ToMicros(ViewOf(change).encounter().encounter().arrived_time()), kNow);
  EXPECT_EQ(ViewOf(change).encounter().etag(), "2");
}

TEST(EncounterProjection, AStartBeginsThePeriod) {
  const ViewChange change = EncounterChange({Plan(), Arrive(), Start()});
  EXPECT_EQ(change.operation(), CHANGE_OPERATION_PATCH);
  EXPECT_THAT(change.replace(), ElementsAre("encounter.period"));
  EXPECT_EQ(ViewOf(change).encounter().encounter().status(), v1::ENCOUNTER_STATUS_IN_PROGRESS);
  EXPECT_EQ(ToMicros(ViewOf(change).encounter().encounter().period().start()), kNow);
  EXPECT_EQ(ViewOf(change).encounter().etag(), "3");
}

TEST(EncounterProjection, AnEndEndsThePeriodAndLeavesItsStart) {
  const ViewChange change = EncounterChange({Plan(), Arrive(), Start(), At(kNow + kHour, Finish())});
  EXPECT_EQ(change.operation(), CHANGE_OPERATION_PATCH);
  EXPECT_THAT(change.replace(), ElementsAre("encounter.period.end"));
  const v1::Encounter encounter = ViewOf(change).encounter().encounter();
  EXPECT_EQ(encounter.status(), v1::ENCOUNTER_STATUS_FINISHED);
  EXPECT_FALSE(encounter.period().has_start());
  EXPECT_EQ(ToMicros(encounter.period().end()), kNow + kHour);
}

TEST(EncounterProjection, AnEndMaySayWhereThePatientWent) {
  v1::EncounterCommand finish = Finish();
  finish.mutable_finish_encounter()->mutable_discharge_disposition()->set_text("home");
  const ViewChange change = EncounterChange({Plan(), Arrive(), Start(), finish});
  EXPECT_THAT(change.replace(), ElementsAre("encounter.period.end", "encounter.discharge_disposition"));
  EXPECT_EQ(ViewOf(change).encounter().encounter().discharge_disposition().text(), "home");
}

TEST(EncounterProjection, WhatDidNotTakePlaceSaysSo) {
  const ViewChange cancelled = EncounterChange({Plan(), Cancel()});
  EXPECT_EQ(cancelled.operation(), CHANGE_OPERATION_PATCH);
  EXPECT_EQ(ViewOf(cancelled).encounter().encounter().status(), v1::ENCOUNTER_STATUS_CANCELLED);
  EXPECT_EQ(ViewOf(cancelled).encounter().cancel_reason(), "as discussed");
  const ViewChange missed = EncounterChange({Plan(), NoShow()});
  EXPECT_EQ(missed.operation(), CHANGE_OPERATION_PATCH);
  EXPECT_EQ(ViewOf(missed).encounter().encounter().status(), v1::ENCOUNTER_STATUS_NO_SHOW);
}

TEST(EncounterProjection, WhatIsRetractedIsRemoved) {
  EXPECT_EQ(EncounterChange({Plan(), RetractEncounter()}).operation(), CHANGE_OPERATION_REMOVE);
  EXPECT_EQ(NoteChange({Draft(), RetractNote()}).operation(), CHANGE_OPERATION_REMOVE);
}

TEST(NoteProjection, ADraftIsShownAsItIsNow) {
  const ViewChange drafted = NoteChange({Draft(kId, "first")});
  EXPECT_EQ(drafted.operation(), CHANGE_OPERATION_PUT);
  EXPECT_EQ(ViewOf(drafted).note().note().status(), v1::NOTE_STATUS_DRAFT);
  EXPECT_EQ(ViewOf(drafted).note().note().content().text(), "first");
  const ViewChange revised = NoteChange({Draft(kId, "first"), ReviseDraft(kId, "second")});
  EXPECT_EQ(revised.operation(), CHANGE_OPERATION_PATCH);
  EXPECT_THAT(revised.replace(), ElementsAre("note.content"));
  EXPECT_EQ(ViewOf(revised).note().note().content().text(), "second");
  EXPECT_EQ(ViewOf(revised).note().etag(), "2");
}

TEST(NoteProjection, ASignatureLeavesTheText) {
  const ViewChange change = NoteChange({Draft(), Sign()});
  EXPECT_EQ(change.operation(), CHANGE_OPERATION_PATCH);
  EXPECT_THAT(change.replace(), ElementsAre("note.signed_time"));
  const v1::Note note = ViewOf(change).note().note();
  EXPECT_EQ(note.status(), v1::NOTE_STATUS_SIGNED);
  EXPECT_EQ(note.signer_id(), kDoctor);
  EXPECT_EQ(ToMicros(note.signed_time()), kNow);
  EXPECT_FALSE(note.has_content());
}

TEST(NoteProjection, AnAddendumIsAppended) {
  const ViewChange change = NoteChange({Draft(), Sign(), Add(kId, "first"), Add(kId, "second")});
  EXPECT_EQ(change.operation(), CHANGE_OPERATION_PATCH);
  EXPECT_THAT(change.replace(), ElementsAre());
  ASSERT_EQ(ViewOf(change).note().note().addenda_size(), 1);
  EXPECT_EQ(ViewOf(change).note().note().addenda(0).text(), "second");
  EXPECT_EQ(ViewOf(change).note().etag(), "4");
}

TEST(NoteProjection, ARecordedNoteIsPut) {
  const ViewChange change = NoteChange({RecordNote(v1::NOTE_STATUS_SIGNED)});
  EXPECT_EQ(change.operation(), CHANGE_OPERATION_PUT);
  EXPECT_EQ(ViewOf(change).note().note().status(), v1::NOTE_STATUS_SIGNED);
}

TEST(Projection, WhatIsNoEventOfThisServiceIsDataLoss) {
  for (const std::string& payload : {std::string("\xff"), std::string("\xfa\x3f\x00", 3), std::string()}) {
    eventlog::Record record;
    record.stream = absl::StrCat("encounter-", kPatient);
    record.payload = payload;
    EXPECT_EQ(ProjectEncounter(record).status().code(), absl::StatusCode::kDataLoss);
  }
}

}  // namespace
}  // namespace anamnesis::encounter
