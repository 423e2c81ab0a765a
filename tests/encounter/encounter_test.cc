// The life of an encounter: what is taken and what is refused, where it stands.
#include <gtest/gtest.h>

#include "base/clock.h"
#include "base/refusal.h"
#include "tests/encounter/builders.h"

namespace anamnesis::encounter {
namespace {

// What every command comes to for an encounter in one status, however it got there.
struct Row {
  const char* status;
  std::vector<std::vector<v1::EncounterCommand>> ways;
  const char *arrive, *start, *finish, *cancel, *no_show, *retract;
};

const std::vector<Row>& Matrix() {
  using enum v1::EncounterStatus;
  static const auto* rows = new std::vector<Row>{
  // clang-format off
      {"not there", {{}},
       "RESOURCE_NOT_FOUND", "RESOURCE_NOT_FOUND", "RESOURCE_NOT_FOUND", "RESOURCE_NOT_FOUND", "RESOURCE_NOT_FOUND", "RESOURCE_NOT_FOUND"},
      {"planned", {{Plan()}, {RecordEncounter(ENCOUNTER_STATUS_PLANNED)}},
       "EncounterArrived", "ENCOUNTER_NOT_ARRIVED", "ENCOUNTER_NOT_IN_PROGRESS", "EncounterCancelled", "EncounterMarkedNoShow", "EncounterRetracted"},
      {"arrived", {{Plan(), Arrive()}, {RecordEncounter(ENCOUNTER_STATUS_ARRIVED)}},
       "ENCOUNTER_NOT_PLANNED", "EncounterStarted", "ENCOUNTER_NOT_IN_PROGRESS", "EncounterCancelled", "ENCOUNTER_NOT_PLANNED", "EncounterRetracted"},
      {"in progress", {{Plan(), Arrive(), Start()}, {RecordEncounter(ENCOUNTER_STATUS_IN_PROGRESS)}},
       "ENCOUNTER_ALREADY_STARTED", "ENCOUNTER_ALREADY_STARTED", "EncounterFinished", "ENCOUNTER_ALREADY_STARTED", "ENCOUNTER_ALREADY_STARTED", "EncounterRetracted"},
      {"finished", {{Plan(), Arrive(), Start(), Finish()}, {RecordEncounter(ENCOUNTER_STATUS_FINISHED)}},
       "ENCOUNTER_ALREADY_FINISHED", "ENCOUNTER_ALREADY_FINISHED", "ENCOUNTER_ALREADY_FINISHED", "ENCOUNTER_ALREADY_FINISHED", "ENCOUNTER_ALREADY_FINISHED", "EncounterRetracted"},
      {"cancelled", {{Plan(), Cancel()}, {Plan(), Arrive(), Cancel()}, {RecordEncounter(ENCOUNTER_STATUS_CANCELLED)}},
       "ENCOUNTER_CANCELLED", "ENCOUNTER_CANCELLED", "ENCOUNTER_CANCELLED", "ENCOUNTER_CANCELLED", "ENCOUNTER_CANCELLED", "EncounterRetracted"},
      {"no-show", {{Plan(), NoShow()}, {RecordEncounter(ENCOUNTER_STATUS_NO_SHOW)}},
       "ENCOUNTER_CANCELLED", "ENCOUNTER_CANCELLED", "ENCOUNTER_CANCELLED", "ENCOUNTER_CANCELLED", "ENCOUNTER_CANCELLED", "EncounterRetracted"},
      {"not known", {{RecordEncounter(ENCOUNTER_STATUS_UNKNOWN)}, {RecordEncounter(ENCOUNTER_STATUS_UNSPECIFIED)}},
       "ENCOUNTER_NOT_PLANNED", "ENCOUNTER_NOT_ARRIVED", "ENCOUNTER_NOT_IN_PROGRESS", "ENCOUNTER_NOT_PLANNED", "ENCOUNTER_NOT_PLANNED", "EncounterRetracted"},
      {"entered in error", {{Plan(), RetractEncounter()}, {Plan(), Arrive(), Start(), Finish(), RetractEncounter()}},
       "RESOURCE_RETRACTED", "RESOURCE_RETRACTED", "RESOURCE_RETRACTED", "RESOURCE_RETRACTED", "RESOURCE_RETRACTED", "RESOURCE_RETRACTED"},
  // clang-format on
  };
  return *rows;
}

TEST(EncounterTest, EveryCommandInEveryStatus) {
  for (const Row& row : Matrix()) {
    for (size_t way = 0; way < row.ways.size(); ++way) {
      SCOPED_TRACE(testing::Message() << row.status << ", way " << way);
      const v1::EncounterState state = After(row.ways[way]);
      EXPECT_EQ(Told(DecideOn(state, Arrive())), row.arrive);
      EXPECT_EQ(Told(DecideOn(state, Start())), row.start);
      EXPECT_EQ(Told(DecideOn(state, Finish())), row.finish);
      EXPECT_EQ(Told(DecideOn(state, Cancel())), row.cancel);
      EXPECT_EQ(Told(DecideOn(state, NoShow())), row.no_show);
      EXPECT_EQ(Told(DecideOn(state, RetractEncounter())), row.retract);
    }
  }
}

v1::EncounterCommand PlannedFor(int64_t start, int64_t end) {
  v1::EncounterCommand command = Plan();
  clinical::v1::Period& period = *command.mutable_plan_encounter()->mutable_encounter()->mutable_planned_period();
  *period.mutable_start() = ToTimestamp(start);
  *period.mutable_end() = ToTimestamp(end);
  return command;
}

v1::EncounterCommand RecordedSince(int64_t start) {
  v1::EncounterCommand command = RecordEncounter(v1::ENCOUNTER_STATUS_IN_PROGRESS);
  *command.mutable_record_encounter()->mutable_encounter()->mutable_period()->mutable_start() = ToTimestamp(start);
  return command;
}

struct Case {
  const char* name;
  std::vector<v1::EncounterCommand> given;
  v1::EncounterCommand when;
  v1::PatientFacts facts;
  const char* then;
};

class EncounterRules : public testing::TestWithParam<Case> {};

TEST_P(EncounterRules, Hold) {
  const v1::EncounterState state = After(GetParam().given);
  EXPECT_EQ(Told(DecideOn(state, GetParam().when, GetParam().facts)), GetParam().then);
  EXPECT_EQ(Told(DecideOn(state, GetParam().when, GetParam().facts)), GetParam().then) << "asked twice";
}

const auto kFinished = v1::ENCOUNTER_STATUS_FINISHED;

INSTANTIATE_TEST_SUITE_P(
    , EncounterRules,
    testing::ValuesIn(std::vector<Case>{
  // clang-format off
        {"AnEmptyCommandIsRefused",            {},                          {},                                  {},                      "COMMAND_MISSING"},
        {"AnIdIsTakenOnce",                    {Plan()},                    Plan(),                              {},                      "RESOURCE_ALREADY_EXISTS"},
        {"AnIdIsTakenByHistoryToo",            {RecordEncounter(kFinished)}, Plan(),                             {},                      "RESOURCE_ALREADY_EXISTS"},
        {"HistoryTakesAnIdOnce",               {Plan()},                    RecordEncounter(kFinished),          {},                      "RESOURCE_ALREADY_EXISTS"},
        {"ARetractedIdStaysTaken",             {Plan(), RetractEncounter()}, Plan(),                             {},                      "RESOURCE_ALREADY_EXISTS"},
        {"TheDeadAreNotPlannedFor",            {},                          Plan(),                              Deceased(),              "PATIENT_DECEASED"},
        {"TakenIdBeatsDeceased",               {Plan()},                    Plan(),                              Deceased(),              "RESOURCE_ALREADY_EXISTS"},
        {"HistoryOfTheDeadIsTaken",            {},                          RecordEncounter(kFinished),          Deceased(),              "EncounterRecorded"},
        {"ALastEncounterMayBeStarted",         {Plan(), Arrive()},          Start(),                             Deceased(),              "EncounterStarted"},
        {"AMergedPatientIsNotPlannedFor",      {},                          Plan(),                              MergedAway(),            "PATIENT_MERGED_AWAY"},
        {"MergedBeatsTakenId",                 {Plan()},                    Plan(),                              MergedAwayAndDeceased(), "PATIENT_MERGED_AWAY"},
        {"AMergedPatientsEncounterStartsNot",  {Plan(), Arrive()},          Start(),                             MergedAway(),            "PATIENT_MERGED_AWAY"},
        {"MergedBeatsNotFound",                {},                          Start(),                             MergedAway(),            "PATIENT_MERGED_AWAY"},
        {"AMergedPatientsEncounterEnds",       {Plan(), Arrive(), Start()}, Finish(),                            MergedAway(),            "EncounterFinished"},
        {"HistoryOfTheMergedIsTaken",          {},                          RecordEncounter(kFinished),          MergedAway(),            "EncounterRecorded"},
        {"AFreshEtagIsTaken",                  {Plan(), Arrive()},          Seen(2, Start()),                    {},                      "EncounterStarted"},
        {"AStaleEtagIsRefused",                {Plan(), Arrive()},          Seen(1, Start()),                    {},                      "ETAG_MISMATCH"},
        {"StaleBeatsStatus",                   {Plan(), Cancel()},          Seen(1, Finish()),                   {},                      "ETAG_MISMATCH"},
        {"StaleBeatsRetracted",                {Plan(), RetractEncounter()}, Seen(1, Cancel()),                  {},                      "ETAG_MISMATCH"},
        {"NotFoundBeatsStale",                 {},                          Seen(1, Cancel()),                   {},                      "RESOURCE_NOT_FOUND"},
        {"APlanMayBeAMoment",                  {},                          PlannedFor(kNow, kNow),              {},                      "EncounterPlanned"},
        {"APlanEndsAfterItStarts",             {},                          PlannedFor(kNow, kNow - 1),          {},                      "END_BEFORE_START"},
        {"DeceasedBeatsEndBeforeStart",        {},                          PlannedFor(kNow, kNow - 1),          Deceased(),              "PATIENT_DECEASED"},
        {"AnEncounterMayBeAMoment",            {Plan(), Arrive(), Start()}, At(kNow, Finish()),                  {},                      "EncounterFinished"},
        {"AnEncounterEndsAfterItStarts",       {Plan(), Arrive(), Start()}, At(kNow - 1, Finish()),              {},                      "END_BEFORE_START"},
        {"ARecordedOneEndsAfterItStarts",      {RecordedSince(kNow)},       At(kNow - 1, Finish()),              {},                      "END_BEFORE_START"},
        {"AnUnknownStartIsNotCompared",        {RecordEncounter(v1::ENCOUNTER_STATUS_IN_PROGRESS)}, At(kNow - 1, Finish()), {},           "EncounterFinished"},
        {"StatusBeatsEndBeforeStart",          {Plan(), Arrive(), Start(), Finish()}, At(kNow - 1, Finish()),    {},                      "ENCOUNTER_ALREADY_FINISHED"},
        {"RetractingSaysWhy",                  {Plan()},                    WithoutReason(RetractEncounter()),   {},                      "REASON_REQUIRED"},
        {"RetractedBeatsReason",               {Plan(), RetractEncounter()}, WithoutReason(RetractEncounter()),  {},                      "RESOURCE_RETRACTED"},
        {"CancellingNeedNotSayWhy",            {Plan()},                    WithoutReason(Cancel()),             {},                      "EncounterCancelled"},
  // clang-format on
}),
    [](const auto& info) { return info.param.name; });

TEST(EncounterTest, TheRefusalNamesTheSurvivor) {
  const auto decision = DecideOn({}, Plan(), MergedAway());
  EXPECT_EQ(RefusalInfo(decision.refusal).metadata().at("survivor_id"), kSurvivor);
}

TEST(EncounterTest, AnIdIsMadeWhereNoneIsGiven) {
  for (const v1::EncounterCommand& command : {Plan(""), RecordEncounter(kFinished, "")}) {
    const auto decision = DecideOn({}, command);
    EXPECT_EQ(decision.resource_id, kNewId);
    EXPECT_EQ(decision.revision, 1u);
    const v1::EncounterEvent& event = decision.events.at(0).event;
    EXPECT_EQ(event.has_encounter_planned() ? event.encounter_planned().encounter().id()
                                            : event.encounter_recorded().encounter().id(),
              kNewId);
  }
}

TEST(EncounterTest, PlanningMakesItPlannedWhateverIsSaid) {
  v1::EncounterCommand command = Plan();
  command.mutable_plan_encounter()->mutable_encounter()->set_status(v1::ENCOUNTER_STATUS_FINISHED);
  EXPECT_EQ(EventOfLast({command}).encounter_planned().encounter().status(), v1::ENCOUNTER_STATUS_PLANNED);
}

TEST(EncounterTest, HistoryIsKeptAsSaid) {
  v1::EncounterCommand command = RecordEncounter(v1::ENCOUNTER_STATUS_FINISHED);
  v1::Encounter& encounter = *command.mutable_record_encounter()->mutable_encounter();
  *encounter.mutable_period()->mutable_start() = ToTimestamp(kNow);
  *encounter.mutable_period()->mutable_end() =
      ToTimestamp(kNow - kHour);  // Before the start: flagged by who imports it.
  EXPECT_EQ(EventOfLast({command}).encounter_recorded().encounter().SerializeAsString(), encounter.SerializeAsString());
}

TEST(EncounterTest, EveryStepRaisesTheRevision) {
  const std::vector<v1::EncounterCommand> steps = {Plan(), Arrive(), Start(), Finish(), RetractEncounter()};
  for (size_t count = 1; count <= steps.size(); ++count) {
    const std::vector<v1::EncounterCommand> taken(steps.begin(), steps.begin() + static_cast<ptrdiff_t>(count));
    EXPECT_EQ(After(taken).encounters().at(kId).revision(), count);
    const auto decision = DecideOn(After({taken.begin(), taken.end() - 1}), taken.back());
    EXPECT_EQ(decision.revision, count);
    EXPECT_EQ(decision.resource_id, kId);
  }
}

// A step's time as its request, its context or the clock says it, in this order.
TEST(EncounterTest, AStepHappensWhenItIsSaidTo) {
  v1::EncounterCommand said = At(kNow - kHour, Start());
  *said.mutable_start_encounter()->mutable_start() = ToTimestamp(kNow - 2 * kHour);
  EXPECT_EQ(ToMicros(EventOfLast({Plan(), Arrive(), said}).encounter_started().start()), kNow - 2 * kHour);
  EXPECT_EQ(ToMicros(EventOfLast({Plan(), Arrive(), At(kNow - kHour, Start())}).encounter_started().start()),
            kNow - kHour);
  EXPECT_EQ(ToMicros(EventOfLast({Plan(), Arrive(), Start()}).encounter_started().start()), kNow);
  EXPECT_EQ(ToMicros(EventOfLast({Plan(), Arrive()}).encounter_arrived().arrived_time()), kNow);
  EXPECT_EQ(ToMicros(EventOfLast({Plan(), Arrive(), Start(), At(kNow + kHour, Finish())}).encounter_finished().end()),
            kNow + kHour);
}

}  // namespace
}  // namespace anamnesis::encounter
