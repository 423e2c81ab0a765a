// Notes: draft → signed → addenda; signed text never changes.
#include <gtest/gtest.h>

#include "base/clock.h"
#include "tests/encounter/builders.h"

namespace anamnesis::encounter {
namespace {

// What every command comes to for a note in one status, however it got there.
struct Row {
  const char* status;
  std::vector<std::vector<v1::EncounterCommand>> ways;
  const char *draft, *revise, *sign, *add, *retract;
};

const std::vector<Row>& Matrix() {
  static const auto* rows = new std::vector<Row>{
  // clang-format off
      {"not there", {{}},
       "NoteDrafted", "RESOURCE_NOT_FOUND", "RESOURCE_NOT_FOUND", "RESOURCE_NOT_FOUND", "RESOURCE_NOT_FOUND"},
      {"draft", {{Draft()}, {Draft(), ReviseDraft()}, {RecordNote(v1::NOTE_STATUS_DRAFT)}},
       "RESOURCE_ALREADY_EXISTS", "DraftRevised", "NoteSigned", "NOTE_NOT_SIGNED", "NoteRetracted"},
      {"signed", {{Draft(), Sign()}, {Draft(), Sign(), Add()}, {RecordNote(v1::NOTE_STATUS_SIGNED)}},
       "RESOURCE_ALREADY_EXISTS", "NOTE_ALREADY_SIGNED", "NOTE_ALREADY_SIGNED", "AddendumAdded", "NoteRetracted"},
      {"entered in error", {{Draft(), RetractNote()}, {Draft(), Sign(), RetractNote()}},
       "RESOURCE_ALREADY_EXISTS", "RESOURCE_RETRACTED", "RESOURCE_RETRACTED", "RESOURCE_RETRACTED", "RESOURCE_RETRACTED"},
  // clang-format on
  };
  return *rows;
}

TEST(NoteTest, EveryCommandInEveryStatus) {
  for (const Row& row : Matrix()) {
    for (size_t way = 0; way < row.ways.size(); ++way) {
      SCOPED_TRACE(testing::Message() << row.status << ", way " << way);
      const v1::EncounterState state = After(row.ways[way]);
      EXPECT_EQ(Told(DecideOn(state, Draft())), row.draft);
      EXPECT_EQ(Told(DecideOn(state, ReviseDraft())), row.revise);
      EXPECT_EQ(Told(DecideOn(state, Sign())), row.sign);
      EXPECT_EQ(Told(DecideOn(state, Add())), row.add);
      EXPECT_EQ(Told(DecideOn(state, RetractNote())), row.retract);
    }
  }
}

struct Case {
  const char* name;
  std::vector<v1::EncounterCommand> given;
  v1::EncounterCommand when;
  const char* then;
};

class NoteRules : public testing::TestWithParam<Case> {};

TEST_P(NoteRules, Hold) {
  const v1::EncounterState state = After(GetParam().given);
  EXPECT_EQ(Told(DecideOn(state, GetParam().when)), GetParam().then);
  EXPECT_EQ(Told(DecideOn(state, GetParam().when)), GetParam().then) << "asked twice";
}

INSTANTIATE_TEST_SUITE_P(
    , NoteRules,
    testing::ValuesIn(std::vector<Case>{
  // clang-format off
        {"HistoryTakesAnIdOnce",   {Draft()},                 RecordNote(v1::NOTE_STATUS_SIGNED), "RESOURCE_ALREADY_EXISTS"},
        {"AFreshEtagIsTaken",      {Draft(), ReviseDraft()},  Seen(2, Sign()),                    "NoteSigned"},
        {"AStaleEtagIsRefused",    {Draft(), ReviseDraft()},  Seen(1, Sign()),                    "ETAG_MISMATCH"},
        {"StaleBeatsSigned",       {Draft(), Sign()},         Seen(1, ReviseDraft()),             "ETAG_MISMATCH"},
        {"StaleBeatsNotSigned",    {Draft(), ReviseDraft()},  Seen(1, Add()),                     "ETAG_MISMATCH"},
        {"StaleBeatsRetracted",    {Draft(), RetractNote()},  Seen(1, Sign()),                    "ETAG_MISMATCH"},
        {"RetractingSaysWhy",      {Draft(), Sign()},         WithoutReason(RetractNote()),       "REASON_REQUIRED"},
        {"RetractedBeatsReason",   {Draft(), RetractNote()},  WithoutReason(RetractNote()),       "RESOURCE_RETRACTED"},
        {"AddendaFollowAddenda",   {Draft(), Sign(), Add()},  Seen(3, Add()),                     "AddendumAdded"},
        {"OtherNotesStayDrafts",   {Draft(), Sign(), Draft(kNewId)}, ReviseDraft(kNewId),         "DraftRevised"},
  // clang-format on
}),
    [](const auto& info) { return info.param.name; });

TEST(NoteTest, AnIdIsMadeWhereNoneIsGiven) {
  EXPECT_EQ(EventOfLast({Draft("")}).note_drafted().note_id(), kNewId);
  EXPECT_EQ(EventOfLast({RecordNote(v1::NOTE_STATUS_SIGNED, "")}).note_recorded().note().id(), kNewId);
}

TEST(NoteTest, ASignatureSaysWhoAndWhen) {
  const v1::NoteSigned signature = EventOfLast({Draft(), At(kNow - kHour, Sign())}).note_signed();
  EXPECT_EQ(signature.signer_id(), kDoctor);
  EXPECT_EQ(ToMicros(signature.signed_time()), kNow - kHour);
  EXPECT_EQ(signature.revision(), 2u);
}

TEST(NoteTest, AnAddendumSaysWhatWhoAndWhen) {
  const v1::AddendumAdded added = EventOfLast({Draft(), Sign(), Add(kId, "and in the snow")}).addendum_added();
  EXPECT_EQ(added.addendum().text(), "and in the snow");
  EXPECT_EQ(added.addendum().author_id(), kDoctor);
  EXPECT_EQ(ToMicros(added.addendum().time()), kNow);
  EXPECT_EQ(added.revision(), 3u);
}

}  // namespace
}  // namespace anamnesis::encounter
