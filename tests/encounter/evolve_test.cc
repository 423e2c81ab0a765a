// What events do to the state, and that a snapshot is as good as the history.
#include <gtest/gtest.h>

#include <random>

#include "absl/strings/str_cat.h"
#include "google/protobuf/util/message_differencer.h"
#include "tests/encounter/builders.h"

namespace anamnesis::encounter {
namespace {

using google::protobuf::util::MessageDifferencer;

// Every command of a patient once, in an order in which each is taken.
std::vector<v1::EncounterCommand> EveryCommand() {
  std::vector<v1::EncounterCommand> commands = {Plan("planned"),
                                                Arrive("planned"),
                                                Start("planned"),
                                                Finish("planned"),
                                                Plan("cancelled"),
                                                Cancel("cancelled"),
                                                Plan("missed"),
                                                NoShow("missed"),
                                                RecordEncounter(v1::ENCOUNTER_STATUS_FINISHED, "recorded"),
                                                RetractEncounter("recorded"),
                                                Draft(),
                                                ReviseDraft(),
                                                Sign(),
                                                Add(),
                                                RetractNote(),
                                                RecordNote(v1::NOTE_STATUS_SIGNED, "recorded")};
  for (const Kind& kind : Kinds()) {
    commands.push_back(kind.Record());
    if (kind.can_change()) commands.push_back(kind.Change());
    commands.push_back(kind.Retract());
  }
  return commands;
}

bool Creates(const v1::EncounterEvent& event) {
  return event.has_encounter_planned() || event.has_encounter_recorded() || event.has_note_drafted() ||
         event.has_note_recorded() || event.has_observation_recorded() || event.has_procedure_recorded() ||
         event.has_diagnostic_report_recorded() || event.has_imaging_study_recorded() ||
         event.has_immunization_recorded() || event.has_practitioner_registered() ||
         event.has_organization_registered();
}

TEST(StreamsTest, ACommandOfAPatientIsForThePatientsStream) {
  for (const v1::EncounterCommand& command : EveryCommand()) {
    EXPECT_EQ(EncounterDecider::Streams(command, Input()),
              std::vector<std::string>{absl::StrCat("encounter-", kPatient)})
        << command.ShortDebugString();
  }
}

TEST(EvolveTest, AnErasedHistoryIsAsGoodAsNone) {
  v1::EncounterCommand erase;
  erase.mutable_erase_record()->set_patient_id(kPatient);
  EXPECT_EQ(EncounterDecider::Streams(erase, Input()).front(), absl::StrCat("encounter-", kPatient));
  const auto nothing = DecideOn({}, erase);
  EXPECT_TRUE(nothing.refusal.ok() && nothing.events.size() == 1 && nothing.erases) << "it is known to be done";
  v1::EncounterState state = After(EveryCommand());
  const auto erased = DecideOn(state, erase);
  ASSERT_EQ(erased.events.size(), 1U) << erased.refusal;
  EXPECT_TRUE(erased.erases);
  ASSERT_TRUE(EncounterDecider::Evolve(state, erased.events[0].event).ok());
  EXPECT_EQ(state.ByteSizeLong(), 0U);
}

TEST(StreamsTest, AnEmptyCommandIsForNone) {
  EXPECT_TRUE(EncounterDecider::Streams({}, Input()).empty());
}

TEST(EvolveTest, AnUnknownEventIsDataLoss) {
  v1::EncounterState state;
  EXPECT_EQ(EncounterDecider::Evolve(state, {}).code(), absl::StatusCode::kDataLoss);
  v1::EncounterEvent newer;
  ASSERT_TRUE(newer.ParseFromString(std::string("\xfa\x3f\x00", 3)));  // Field 1023, which no release has.
  EXPECT_EQ(EncounterDecider::Evolve(state, newer).code(), absl::StatusCode::kDataLoss);
}

TEST(EvolveTest, AnEventAboutNothingIsDataLoss) {
  v1::EncounterState state;
  for (const v1::EncounterCommand& command : EveryCommand()) {
    const auto decision = DecideOn(state, command);
    ASSERT_EQ(decision.events.size(), 1u) << command.ShortDebugString() << decision.refusal;
    const v1::EncounterEvent& event = decision.events[0].event;
    v1::EncounterState empty;
    EXPECT_EQ(EncounterDecider::Evolve(empty, event).code(),
              Creates(event) ? absl::StatusCode::kOk : absl::StatusCode::kDataLoss)
        << Told(decision);
    ASSERT_TRUE(EncounterDecider::Evolve(state, event).ok());
  }
  for (const char* kind : {"practitioner", "organization"}) {
    v1::EncounterState empty;
    EXPECT_EQ(EncounterDecider::Evolve(empty, EventOfLast({Register(kind), Update(kind)})).code(),
              absl::StatusCode::kDataLoss);
  }
}

// A command on one of a few resources, so that many are refused and many are not.
v1::EncounterCommand Any(std::mt19937& random) {
  const auto pick = [&random](size_t count) { return random() % count; };
  const std::string id = absl::StrCat("id-", pick(4));
  const Kind& kind = Kinds()[pick(Kinds().size())];
  switch (pick(18)) {
    case 0:
      return Plan(id);
    case 1:
      return RecordEncounter(static_cast<v1::EncounterStatus>(pick(8)), id);
    case 2:
      return Arrive(id);
    case 3:
      return Start(id);
    case 4:
      return At(kNow + kHour - static_cast<int64_t>(pick(3)) * kHour, Finish(id));
    case 5:
      return Cancel(id);
    case 6:
      return NoShow(id);
    case 7:
      return RetractEncounter(id);
    case 8:
      return Draft(id);
    case 9:
      return RecordNote(pick(2) == 0 ? v1::NOTE_STATUS_DRAFT : v1::NOTE_STATUS_SIGNED, id);
    case 10:
      return ReviseDraft(id);
    case 11:
      return Sign(id);
    case 12:
      return Add(id);
    case 13:
      return RetractNote(id);
    case 14:
    case 15:
      return kind.Record(id);
    case 16:
      return kind.can_change() ? kind.Change(id) : kind.Record(id);
    default:
      return kind.Retract(id);
  }
}

TEST(EvolveTest, ASnapshotIsAsGoodAsTheHistory) {
  size_t accepted = 0, refused = 0;
  for (uint32_t seed = 0; seed < 200; ++seed) {
    std::mt19937 random(seed);
    v1::EncounterState whole, resumed;
    const int snapshot_after = static_cast<int>(random() % 60);
    for (int step = 0; step < 60; ++step) {
      if (step == snapshot_after) {
        ASSERT_TRUE(resumed.ParseFromString(whole.SerializeAsString()));
      }
      const v1::EncounterCommand command = Any(random);
      const auto decision = DecideOn(whole, command);
      ++(decision.refusal.ok() ? accepted : refused);
      if (step >= snapshot_after) {
        ASSERT_EQ(Told(decision), Told(DecideOn(resumed, command)));
      }
      for (const auto& emitted : decision.events) {
        ASSERT_TRUE(EncounterDecider::Evolve(whole, emitted.event).ok());
        if (step >= snapshot_after) {
          ASSERT_TRUE(EncounterDecider::Evolve(resumed, emitted.event).ok());
        }
      }
    }
    ASSERT_TRUE(MessageDifferencer::Equals(whole, resumed)) << "seed " << seed;
  }
  EXPECT_GT(accepted, 1000u);
  EXPECT_GT(refused, 1000u);
}

}  // namespace
}  // namespace anamnesis::encounter
