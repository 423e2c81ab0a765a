// What events do to the state, and that a snapshot is as good as the history.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>
#include <set>

#include "absl/strings/str_cat.h"
#include "google/protobuf/util/message_differencer.h"
#include "tests/encounter/care_builders.h"

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
  for (v1::EncounterCommand& command : EveryCareCommand()) commands.push_back(std::move(command));
  return commands;
}

bool Creates(const v1::EncounterEvent& event) {
  return event.has_encounter_planned() || event.has_encounter_recorded() || event.has_note_drafted() ||
         event.has_note_recorded() || event.has_observation_recorded() || event.has_procedure_recorded() ||
         event.has_diagnostic_report_recorded() || event.has_imaging_study_recorded() ||
         event.has_immunization_recorded() || event.has_practitioner_registered() ||
         event.has_organization_registered() || event.has_questionnaire_response_recorded() ||
         event.has_physical_examination_recorded() || event.has_differential_diagnosis_recorded() ||
         event.has_study_order_recorded() || event.has_study_ordered() || event.has_referral_recorded() ||
         event.has_referral_sent() || event.has_conference_recorded();
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

// A patient's record and an entry of the directory may be given the same id: each is sealed with the keys of that id.
TEST(EvolveTest, AnEntryOfTheDirectoryIsNotErasedWithNobodysRecord) {
  v1::EncounterCommand erase;
  erase.mutable_erase_record()->set_patient_id(kDoctor);
  EXPECT_THAT(EncounterDecider::Streams(erase, Input()),
              testing::ElementsAre(absl::StrCat("encounter-", kDoctor), absl::StrCat("practitioner-", kDoctor),
                                   absl::StrCat("organization-", kDoctor)));
  const v1::EncounterState nobody;
  const v1::EncounterState somebody = After(EveryCommand());
  v1::EncounterState entry;
  entry.set_directory_revision(1);
  const auto decide = [&](const v1::EncounterState& record, const v1::EncounterState& practitioner,
                          const v1::EncounterState& organization) {
    const std::vector<const v1::EncounterState*> states = {&record, &practitioner, &organization};
    const auto decision = EncounterDecider::Decide(states, erase, Input(), {});
    EXPECT_EQ(decision.events.size(), 1u) << "that it was asked for is recorded";
    return decision.erases;
  };
  EXPECT_FALSE(decide(nobody, entry, nobody));
  EXPECT_FALSE(decide(nobody, nobody, entry));
  EXPECT_TRUE(decide(nobody, nobody, nobody));
  EXPECT_TRUE(decide(somebody, entry, nobody)) << "what is recorded of a patient goes";
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

// Interventions, anaesthesia and devices need a practitioner and a rule table: they are tried where those are
// (clinic.h).
constexpr int kFirstOfInterventions = 200;

// Whoever adds another command adds it here: what follows is about each of them.
TEST(EvolveTest, EveryCommandOfAPatientIsTried) {
  std::set<int> tried;
  for (const v1::EncounterCommand& command : EveryCommand()) tried.insert(command.command_case());
  const google::protobuf::Descriptor& commands = *v1::EncounterCommand::descriptor();
  for (int i = 0; i < commands.field_count(); ++i) {
    const google::protobuf::FieldDescriptor& field = *commands.field(i);
    if (field.message_type()->FindFieldByName("patient_id") == nullptr || field.name() == "erase_record") continue;
    if (field.number() >= kFirstOfInterventions) continue;
    EXPECT_TRUE(tried.contains(field.number())) << field.name();
  }
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
  for (const v1::EncounterCommand& change : {ReviseCredential(kDea), RetractCredential()}) {
    v1::EncounterState empty;
    EXPECT_EQ(EncounterDecider::Evolve(empty,
                                       EventOfLast({Register("practitioner", kDoctor), RecordCredential(kDea), change}))
                  .code(),
              absl::StatusCode::kDataLoss);
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
  switch (pick(27)) {
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
    case 18:
      return Peg({static_cast<int>(pick(11)), static_cast<int>(pick(11)), static_cast<int>(pick(11))},
                 kNow - static_cast<int64_t>(pick(4)) * kHour, id);
    case 19:
      return RetractAnswers(id);
    case 20:
      return OrderStudy(id);
    case 21:
      return ScheduleStudy(id);
    case 22:
      return CompleteStudy(id);
    case 23:
      return SendReferral(id);
    case 24:
      return AcceptReferral(id);
    case 25:
      return AttendReferral(id);
    case 26:
      return DeclineReferral(id);
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
        const auto again = DecideOn(resumed, command);
        ASSERT_EQ(Told(decision), Told(again));
        for (size_t i = 0; i < decision.events.size(); ++i) {
          ASSERT_TRUE(MessageDifferencer::Equals(decision.events[i].event, again.events[i].event));
        }
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
