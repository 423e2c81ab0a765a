// Anaesthesia from its beginning to leaving recovery: gaps in the vital signs, the recovery score, enhanced recovery.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "base/clock.h"
#include "base/refusal.h"
#include "google/protobuf/util/message_differencer.h"
#include "google/rpc/error_details.pb.h"
#include "service/decided_again.h"
#include "services/encounter/audit/past_decision.h"
#include "services/encounter/domain/alerts.h"
#include "services/encounter/domain/anaesthesia/gaps.h"
#include "services/encounter/domain/intervention/time_span.h"
#include "services/encounter/projection/encounter_projection.h"
#include "tests/encounter/clinic.h"

namespace anamnesis::encounter {
namespace {

const int64_t kStart = Time("2026-03-14T10:00:00Z");

v1::EncounterCommand Of(const std::string& name, const std::string& fields = "", int64_t at = kStart) {
  return At(at, Clinic().For(name, absl::StrCat("anaesthesia_id: 'a' ", fields)));
}
v1::EncounterCommand Begin() {
  return At(kStart,
            Clinic().For("start_anaesthesia",
                         "record { id: 'a' technique: ANAESTHESIA_TECHNIQUE_GENERAL airway: 'laryngeal mask' }"));
}
// Samples so many minutes after the start, with pressure and heart rate.
v1::EncounterCommand Measure(const std::vector<int>& minutes,
                             const std::string& what = "systolic: 120 diastolic: 80 heart_rate: 70") {
  std::string samples;
  for (const int minute : minutes) {
    absl::StrAppend(&samples, "samples { time { ", ToTimestamp(kStart + minute * kMicrosPerMinute).ShortDebugString(),
                    " } ", what, " } ");
  }
  return Of("record_anaesthesia_vitals", samples);
}
v1::EncounterCommand End(int minutes) {
  return Of("end_anaesthesia", "", kStart + minutes * kMicrosPerMinute);
}
v1::EncounterCommand Score(
    const std::string& items = "activity: 2 respiration: 2 circulation: 2 consciousness: 2 spo2: 1") {
  return Of("score_aldrete", absl::StrCat("scorer_id: '", kDoctor, "' items { ", items, " }"),
            kStart + 20 * kMicrosPerMinute);
}
v1::EncounterCommand Leave() {
  return Of("leave_recovery", "", kStart + 30 * kMicrosPerMinute);
}
v1::EncounterCommand Note() {
  return Of("record_anaesthesia_entries", "entries { time { seconds: 1 } event: 'shivering' }");
}
v1::EncounterCommand RetractIt() {
  return Of("retract_anaesthesia");
}

Clinic After(const std::vector<v1::EncounterCommand>& commands) {
  Clinic clinic;
  for (const v1::EncounterCommand& command : commands) {
    EXPECT_TRUE(clinic.Try(command).refusal.ok()) << command.ShortDebugString();
    clinic.Do(command);
  }
  return clinic;
}

TEST(AnaesthesiaLife, EveryCommandInEveryState) {
  struct Row {
    std::vector<v1::EncounterCommand> given;
    const char *vitals, *entries, *end, *score, *leave;
  };
  const Row rows[] = {
  // clang-format off
      {{},                                "RESOURCE_NOT_FOUND", "RESOURCE_NOT_FOUND", "RESOURCE_NOT_FOUND", "RESOURCE_NOT_FOUND", "RESOURCE_NOT_FOUND"},
      {{Begin()},                         "AnaesthesiaVitalsRecorded", "AnaesthesiaEntriesRecorded", "AnaesthesiaEnded: warn anaesthesia-vitals", "ANAESTHESIA_NOT_ENDED", "ANAESTHESIA_NOT_ENDED"},
      {{Begin(), End(9)},                 "ANAESTHESIA_ENDED", "AnaesthesiaEntriesRecorded", "ANAESTHESIA_ENDED", "AldreteScored", "SAFETY_OVERRIDE_REQUIRED: recovery-aldrete"},
      {{Begin(), End(9), Score()},        "ANAESTHESIA_ENDED", "AnaesthesiaEntriesRecorded", "ANAESTHESIA_ENDED", "AldreteScored", "RecoveryLeft"},
      {{Begin(), End(9), Score(), Leave()}, "ANAESTHESIA_ENDED", "RECOVERY_ALREADY_LEFT", "ANAESTHESIA_ENDED", "RECOVERY_ALREADY_LEFT", "RECOVERY_ALREADY_LEFT"},
      {{Begin(), RetractIt()},            "RESOURCE_RETRACTED", "RESOURCE_RETRACTED", "RESOURCE_RETRACTED", "RESOURCE_RETRACTED", "RESOURCE_RETRACTED"},
  // clang-format on
  };
  for (const Row& row : rows) {
    const size_t step = row.given.size();
    EXPECT_EQ(After(row.given).Do(Measure({1})), row.vitals) << step;
    EXPECT_EQ(After(row.given).Do(Note()), row.entries) << step;
    EXPECT_EQ(After(row.given).Do(End(10)), row.end) << step;
    EXPECT_EQ(After(row.given).Do(Score()), row.score) << step;
    EXPECT_EQ(After(row.given).Do(Leave()), row.leave) << step;
  }
}

TEST(AnaesthesiaLife, IsNotBegunForTheDeadNorEndedBeforeItBegan) {
  Clinic clinic;
  clinic.facts = MergedAwayAndDeceased();
  EXPECT_EQ(clinic.Do(Begin()), "PATIENT_MERGED_AWAY");
  clinic.facts = Deceased();
  EXPECT_EQ(clinic.Do(Begin()), "PATIENT_DECEASED");
  EXPECT_EQ(clinic.Do(Clinic().For("record_anaesthesia", "record { id: 'a' }")), "AnaesthesiaRecorded") << "history";
  EXPECT_EQ(clinic.Do(Begin()), "RESOURCE_ALREADY_EXISTS") << "before PATIENT_DECEASED";
  EXPECT_EQ(After({Begin()}).Do(End(-1)), "END_BEFORE_START");
  EXPECT_EQ(After({Begin(), End(40)}).Do(Leave()), "END_BEFORE_START");
  EXPECT_EQ(After({Begin()}).Do(WithoutReason(RetractIt())), "REASON_REQUIRED");
}

// `blood-pressure 5-11, heart-rate 5-11`, in minutes after the start.
std::string GapsAfter(const std::vector<v1::EncounterCommand>& commands, int end) {
  const auto decision = After(commands).Try(End(end));
  std::vector<std::string> gaps;
  const v1::AnaesthesiaEnded& ended = decision.events.at(0).event.anaesthesia_ended();
  for (const v1::VitalsGap& gap : ended.gaps()) {
    gaps.push_back(absl::StrCat(gap.vital(), " ", (ToMicros(gap.from()) - kStart) / kMicrosPerMinute, "-",
                                (ToMicros(gap.to()) - kStart) / kMicrosPerMinute));
  }
  EXPECT_EQ(gaps.empty(), decision.alerts.empty());
  return absl::StrJoin(gaps, ", ");
}

TEST(VitalsGaps, AreLongerThanFiveMinutes) {
  EXPECT_EQ(GapsAfter({Begin()}, 5), "");
  EXPECT_EQ(GapsAfter({Begin()}, 6), "blood-pressure 0-6, heart-rate 0-6");
  EXPECT_EQ(GapsAfter({Begin(), Measure({5, 10})}, 15), "") << "each exactly five";
  EXPECT_EQ(GapsAfter({Begin(), Measure({5, 11})}, 15), "blood-pressure 5-11, heart-rate 5-11");
  EXPECT_EQ(GapsAfter({Begin(), Measure({10}), Measure({5})}, 15), "") << "in any order, in batches";
  EXPECT_EQ(GapsAfter({Begin(), Measure({5, 10})}, 16), "blood-pressure 10-16, heart-rate 10-16") << "until its end";
  EXPECT_EQ(GapsAfter({Begin(), Measure({-2, 5, 30})}, 10), "") << "what is outside counts for nothing";
}

TEST(VitalsGaps, AreOfEachVitalByItself) {
  EXPECT_EQ(GapsAfter({Begin(), Measure({5}, "heart_rate: 70")}, 10), "blood-pressure 0-10");
  EXPECT_EQ(GapsAfter({Begin(), Measure({5}, "systolic: 120 diastolic: 80")}, 10), "heart-rate 0-10");
  EXPECT_EQ(GapsAfter({Begin(), Measure({5}, "systolic: 120 heart_rate: 70")}, 10), "blood-pressure 0-10")
      << "half a pressure is none";
  EXPECT_EQ(GapsAfter({Begin(), Measure({5}, "spo2: 99")}, 10), "blood-pressure 0-10, heart-rate 0-10");
}

TEST(VitalsGaps, OfAnUnknownBeginningCountFromTheFirstMeasurement) {
  const v1::EncounterCommand begun =
      Clinic().For("record_anaesthesia", "record { id: 'a' status: ANAESTHESIA_STATUS_RUNNING }");
  EXPECT_EQ(GapsAfter({begun}, 15), "");
  EXPECT_EQ(GapsAfter({begun, Measure({5, 10})}, 15), "");
  EXPECT_EQ(GapsAfter({begun, Measure({5, 11})}, 16), "blood-pressure 5-11, heart-rate 5-11");
  EXPECT_EQ(GapsAfter({begun, Measure({5}, "heart_rate: 70")}, 11), "heart-rate 5-11");
}

TEST(VitalsGaps, ByAMicrosecond) {
  EXPECT_TRUE(GapsOf("v", {}, 0, 300'000'000, 300'000'000).empty());
  EXPECT_EQ(GapsOf("v", {}, 0, 300'000'001, 300'000'000).size(), 1U);
}

TEST(AldreteScore, IsTheSumOfItsItems) {
  const auto total = [](const std::string& items) {
    return After({Begin(), End(9)}).Try(Score(items)).events.at(0).event.aldrete_scored().score().total();
  };
  EXPECT_EQ(total("activity: 0 respiration: 0 circulation: 0 consciousness: 0 spo2: 0"), 0U);
  EXPECT_EQ(total("activity: 1 respiration: 2 circulation: 1 consciousness: 0 spo2: 2"), 6U);
  EXPECT_EQ(total("activity: 2 respiration: 2 circulation: 2 consciousness: 2 spo2: 2"), 10U);
}

TEST(AldreteScore, TheLastOneIsTheLatestNotTheLastEntered) {
  const auto scored = [](int minutes, const char* items) {
    return At(kStart + minutes * kMicrosPerMinute, Score(items));
  };
  constexpr char kWell[] = "activity: 2 respiration: 2 circulation: 2 consciousness: 2 spo2: 2";
  constexpr char kIll[] = "activity: 1 respiration: 1 circulation: 1 consciousness: 1 spo2: 1";
  EXPECT_EQ(After({Begin(), End(9), scored(20, kWell), scored(15, kIll)}).Do(Leave()), "RecoveryLeft");
  EXPECT_EQ(After({Begin(), End(9), scored(20, kIll), scored(15, kWell)}).Do(Leave()),
            "SAFETY_OVERRIDE_REQUIRED: recovery-aldrete");
  EXPECT_EQ(After({Begin(), End(9)}).Do(scored(8, kWell)), "END_BEFORE_START") << "still under anaesthesia";
  EXPECT_EQ(After({Begin(), End(9)}).Do(scored(9, kWell)), "AldreteScored");
}

TEST(AldreteScore, NeedsEveryItem) {
  const auto decision = After({Begin(), End(9)}).Try(Score("activity: 2 circulation: 2 spo2: 2"));
  EXPECT_EQ(RefusalInfo(decision.refusal).reason(), "ALDRETE_ITEM_MISSING");
  std::vector<std::string> fields;
  const google::rpc::Status status = ToRpcStatus(decision.refusal);
  for (const auto& detail : status.details()) {
    google::rpc::BadRequest request;
    if (!detail.UnpackTo(&request)) continue;
    for (const auto& violation : request.field_violations()) fields.push_back(violation.field());
  }
  EXPECT_EQ(fields, (std::vector<std::string>{"items.respiration", "items.consciousness"}));
}

TEST(Recovery, IsLeftWithNineOrAnOverride) {
  const auto left = [](const char* items) {
    Clinic clinic = After({Begin(), End(9), Score(items)});
    return clinic.Do(Leave());
  };
  EXPECT_EQ(left("activity: 2 respiration: 2 circulation: 2 consciousness: 2 spo2: 2"), "RecoveryLeft");
  EXPECT_EQ(left("activity: 2 respiration: 2 circulation: 2 consciousness: 2 spo2: 1"), "RecoveryLeft");
  EXPECT_EQ(left("activity: 2 respiration: 2 circulation: 2 consciousness: 1 spo2: 1"),
            "SAFETY_OVERRIDE_REQUIRED: recovery-aldrete");
  Clinic clinic = After({Begin(), End(9)});
  EXPECT_EQ(clinic.Do(Leave()), "SAFETY_OVERRIDE_REQUIRED: recovery-aldrete") << "not scored";
  EXPECT_EQ(clinic.Do(Overriding("recovery-aldrete", Leave())), "RecoveryLeft: recovery-aldrete*");
}

TEST(Recovery, TheLastScoreCounts) {
  Clinic clinic =
      After({Begin(), End(9), Score(), Score("activity: 2 respiration: 2 circulation: 2 consciousness: 1 spo2: 1")});
  EXPECT_EQ(clinic.Do(Leave()), "SAFETY_OVERRIDE_REQUIRED: recovery-aldrete");
}

// Nine of ten are wanted, eight were scored, and a reason is given for another rule.
struct RefusedRecovery {
  Clinic clinic = After({Begin(), End(9), Score("activity: 2 respiration: 2 circulation: 2 consciousness: 1 spo2: 1")});
  const v1::EncounterCommand command = Overriding("anaesthesia-vitals", Leave());
  decider::Decision<v1::EncounterEvent> decision = clinic.Try(command);
};

TEST(Recovery, WhatIsRefusedIsRecorded) {
  const RefusedRecovery refused;
  EXPECT_EQ(RefusalInfo(refused.decision.refusal).reason(), "SAFETY_OVERRIDE_REQUIRED");
  ASSERT_EQ(refused.decision.events.size(), 1U);
  const v1::RecoveryRefused& recorded = refused.decision.events[0].event.recovery_refused();
  EXPECT_EQ(recorded.refusal(), "SAFETY_OVERRIDE_REQUIRED");
  EXPECT_EQ(recorded.anaesthesia_id(), refused.command.leave_recovery().anaesthesia_id());
  EXPECT_TRUE(recorded.has_time());
  EXPECT_EQ(recorded.overrides_size(), 1);
  EXPECT_THAT(recorded.roles(), testing::ElementsAreArray(refused.clinic.roles));
  ASSERT_EQ(recorded.alerts_size(), 1);
  EXPECT_EQ(recorded.alerts(0).rule_id(), "recovery-aldrete");
  EXPECT_EQ(recorded.table_version(), Rules()->At(kStart).version());

  v1::EncounterState after = refused.clinic.patient;
  ASSERT_TRUE(EncounterDecider::Evolve(after, refused.decision.events[0].event).ok());
  EXPECT_TRUE(google::protobuf::util::MessageDifferencer::Equals(after, refused.clinic.patient));
  eventlog::Record record;
  record.stream = absl::StrCat("encounter-", kPatient);
  record.payload = refused.decision.events[0].event.SerializeAsString();
  const auto changes = ProjectEncounter(record);
  ASSERT_TRUE(changes.ok()) << changes.status();
  EXPECT_TRUE(changes->empty()) << "no view may seem to say that the patient left";
}

TEST(Recovery, IsRefusedAgain) {
  const RefusedRecovery refused;
  ASSERT_EQ(refused.decision.events.size(), 1U);
  const v1::EncounterEvent& event = refused.decision.events[0].event;
  eventlog::Record record;
  record.stream = absl::StrCat("encounter-", kPatient);
  record.effective_micros = ToMicros(event.recovery_refused().time());
  const v1::EncounterCommand command = *EncounterDecisions::CommandOf(record, event);
  const std::vector<const v1::EncounterState*> states = {&refused.clinic.patient};
  const auto again = [&](const Known& known) {
    return service::DecideAgain<EncounterDecider>(states, command, EncounterDecisions::InputOf(event, command, known),
                                                  known, event);
  };
  const auto same = again({.patient = refused.clinic.facts, .rules = refused.clinic.rules});
  EXPECT_TRUE(same.same()) << same.ShortDebugString();
  EXPECT_EQ(same.refusal(), "SAFETY_OVERRIDE_REQUIRED");
  EXPECT_FALSE(service::Differs(event, same));
  EXPECT_TRUE(service::Differs(event, again({.patient = refused.clinic.facts, .rules = nullptr})))
      << "without the rule the patient may leave";
}

// `2/3`, or `unknown`.
std::string Adherence(const std::string& elements) {
  const auto decision = After({Begin()}).Try(Of("record_eras_elements", elements));
  if (!decision.refusal.ok()) return RefusalInfo(decision.refusal).reason();
  const v1::ErasElementsRecorded& recorded = decision.events.at(0).event.eras_elements_recorded();
  if (!recorded.has_adherence()) return "unknown";
  return absl::StrCat(recorded.adherence().done(), "/", recorded.adherence().planned());
}

TEST(Eras, AdherenceIsWhatWasDoneOfWhatWasPlanned) {
  const std::string done = "elements { name: 'a' planned: true result: ERAS_RESULT_DONE } ";
  const std::string not_done = "elements { name: 'b' planned: true result: ERAS_RESULT_NOT_DONE reason: 'r' } ";
  EXPECT_EQ(Adherence(done), "1/1");
  EXPECT_EQ(Adherence(done + done + not_done), "2/3");
  EXPECT_EQ(Adherence(done + "elements { name: 'c' planned: true } "), "1/2") << "not yet done";
  EXPECT_EQ(Adherence(not_done), "0/1");
  EXPECT_EQ(Adherence(not_done + "elements { name: 'd' result: ERAS_RESULT_DONE } "), "0/1") << "it was not planned";
  EXPECT_EQ(Adherence("elements { name: 'd' result: ERAS_RESULT_DONE } "), "unknown") << "nothing was planned";
  EXPECT_EQ(Adherence("elements { name: 'b' planned: true result: ERAS_RESULT_NOT_DONE } "), "REASON_REQUIRED");
}

TEST(PainConsult, IsTakenAndRetracted) {
  Clinic clinic;
  const v1::EncounterCommand record =
      At(kStart, clinic.For("record_pain_consult", "pain_consult { id: 'c' question: 'q' pain_at_rest: 0 }"));
  const auto decision = clinic.Try(record);
  ASSERT_EQ(decision.events.size(), 1U) << decision.refusal;
  EXPECT_EQ(ToMicros(decision.events[0].event.pain_consult_recorded().pain_consult().time()), kStart);
  EXPECT_EQ(clinic.Do(record), "PainConsultRecorded");
  EXPECT_EQ(clinic.Do(record), "RESOURCE_ALREADY_EXISTS");
  EXPECT_EQ(clinic.Do(clinic.For("retract_pain_consult", "pain_consult_id: 'c'")), "PainConsultRetracted");
  EXPECT_EQ(clinic.Do(clinic.For("retract_pain_consult", "pain_consult_id: 'c'")), "RESOURCE_RETRACTED");
}

// Warnings are open until somebody says to have seen them.

v1::EncounterCommand Acknowledge(const std::string& more = "", const std::string& resource = "anaesthesia/a") {
  return Clinic().For("acknowledge_alerts", absl::StrCat("resource: '", resource, "' ", more));
}

TEST(AcknowledgeAlerts, AGapIsOpenUntilItIsSeen) {
  Clinic clinic = After({Begin(), End(20)});
  ASSERT_TRUE(clinic.patient.open_alerts().contains("anaesthesia/a"));
  EXPECT_THAT(clinic.patient.open_alerts().at("anaesthesia/a").rule_ids(), testing::ElementsAre("anaesthesia-vitals"));
  EXPECT_EQ(clinic.Do(WithoutReason(Acknowledge("rule_ids: 'recovery-aldrete'"))), "REASON_REQUIRED");
  EXPECT_EQ(clinic.Do(Acknowledge("rule_ids: 'recovery-aldrete'")), "ALERT_NOT_OPEN: recovery-aldrete");
  EXPECT_EQ(clinic.Do(Acknowledge("", "anaesthesia/b")), "ALERT_NOT_OPEN");
  const auto decision = clinic.Try(Acknowledge());
  ASSERT_EQ(decision.events.size(), 1U) << decision.refusal;
  const auto& seen = decision.events[0].event.alerts_acknowledged();
  EXPECT_EQ(seen.acknowledgement().resource(), "anaesthesia/a");
  EXPECT_THAT(seen.acknowledgement().rule_ids(), testing::ElementsAre("anaesthesia-vitals"));
  EXPECT_FALSE(seen.acknowledgement().reason().empty());
  EXPECT_EQ(clinic.Do(Acknowledge()), "AlertsAcknowledged");
  EXPECT_TRUE(clinic.patient.open_alerts().empty());
  EXPECT_EQ(clinic.Do(Acknowledge()), "ALERT_NOT_OPEN");
}

TEST(AcknowledgeAlerts, NothingIsOpenAboutWhatWasEnteredInError) {
  Clinic clinic = After({Begin(), End(20)});
  ASSERT_EQ(clinic.Do(RetractIt()), "AnaesthesiaRetracted");
  EXPECT_EQ(clinic.Do(Acknowledge()), "ALERT_NOT_OPEN");
  v1::EncounterEvent event;
  event.mutable_intervention_retracted()->set_intervention_id("x");
  EXPECT_EQ(RetractedBy(event), "intervention/x");
}

TEST(AcknowledgeAlerts, NothingIsOpenWhereNothingWasWarnedOf) {
  EXPECT_EQ(After({Begin(), Measure({0, 5}), End(5)}).Do(Acknowledge()), "ALERT_NOT_OPEN");
}

// A new event that brings alerts must be told of in RaisedBy.
TEST(RaisedBy, KnowsEveryEventThatBringsAlerts) {
  const auto& oneof = *v1::EncounterEvent::descriptor()->FindOneofByName("event");
  for (int i = 0; i < oneof.field_count(); ++i) {
    const google::protobuf::FieldDescriptor& field = *oneof.field(i);
    const bool brings =
        field.message_type()->FindFieldByName("alerts") != nullptr && !field.name().ends_with("_refused");
    v1::EncounterEvent event;
    event.GetReflection()->MutableMessage(&event, &field);
    EXPECT_EQ(RaisedBy(event).has_value(), brings) << field.name();
  }
}

}  // namespace
}  // namespace anamnesis::encounter
