// What the rules refuse is recorded: what was asked for, by whom it might be overridden, what stopped it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "base/refusal.h"
#include "google/protobuf/util/message_differencer.h"
#include "service/decided_again.h"
#include "services/encounter/audit/past_decision.h"
#include "services/encounter/projection/encounter_projection.h"
#include "tests/encounter/clinic.h"

namespace anamnesis::encounter {
namespace {

using google::protobuf::util::MessageDifferencer;

const int64_t kToday = Time("2026-03-14T10:00:00Z");

constexpr char kPump[] =
    "kind: INTERVENTION_KIND_PUMP_IMPLANT region: BODY_REGION_LUMBAR side: LATERALITY_MIDLINE levels: 'L4'";
constexpr char kNerve[] =
    "kind: INTERVENTION_KIND_PERIPHERAL_NERVE_BLOCK region: BODY_REGION_LIMB side: LATERALITY_LEFT levels: 'a'";

v1::EncounterCommand Revise(const std::string& plan) {
  return At(kToday, Clinic().For("revise_intervention_plan", absl::StrCat("intervention_id: 'x' plan { ", plan, " }")));
}

// A plan of a nerve block with consent, and what is asked for next.
struct Row {
  v1::EncounterCommand command;
  bool timed_out, privileged;
  std::vector<std::string> roles;
  const char* refusal;
  const char* alerts;  // In order, those with a reason with a star.
  v1::InterventionRefused::AskedCase asked;
};

std::vector<Row> Rows() {
  using Refused = v1::InterventionRefused;
  const Clinic clinic;
  const v1::InterventionPlan nerve = PlanOf(kNerve);
  v1::InterventionPlan other_side = nerve, other_level = nerve;
  other_side.set_side(v1::LATERALITY_RIGHT);
  other_level.set_levels(0, "b");
  const v1::EncounterCommand pump = clinic.Plan(PlanOf(kPump), kToday, "y");
  const v1::EncounterCommand unchecked = clinic.TimeOut(nerve, kToday, "");
  return {
  // clang-format off
      {pump, false, true, {"clinician"}, "SAFETY_OVERRIDE_REQUIRED", "pump-trial ", Refused::kPlanned},
      {Overriding("pump-trial", pump), false, true, {"importer"}, "OVERRIDE_NOT_PERMITTED", "pump-trial ", Refused::kPlanned},
      {Revise(kPump), false, true, {"clinician"}, "SAFETY_OVERRIDE_REQUIRED", "pump-trial ", Refused::kRevised},
      {clinic.TimeOut(other_side, kToday), false, true, {}, "TIME_OUT_SIDE_MISMATCH", "", Refused::kTimeOut},
      {clinic.TimeOut(other_level, kToday), false, true, {}, "TIME_OUT_LEVEL_MISMATCH", "", Refused::kTimeOut},
      {Overriding("allergy-check", unchecked), false, true, {"clinician"}, "SAFETY_OVERRIDE_REQUIRED", "anticoagulant-hold allergy-check* ", Refused::kTimeOut},
      {clinic.Perform(kToday), true, false, {"clinician"}, "INTERVENTION_RULE_NOT_MET", "performer-privilege ", Refused::kPerformed},
  // clang-format on
  };
}

Clinic Before(const Row& row) {
  Clinic clinic;
  EXPECT_EQ(clinic.Do(clinic.Plan(PlanOf(kNerve), kToday)), "InterventionPlanned");
  EXPECT_EQ(clinic.Do(clinic.Consent()), "InterventionConsented");
  if (row.timed_out) {
    EXPECT_EQ(clinic.Do(clinic.TimeOut(PlanOf(kNerve), kToday)), "TimeOutDone");
  }
  if (!row.privileged) clinic.doctor.clear_privileges();
  clinic.roles = row.roles;
  return clinic;
}

TEST(InterventionRefused, SaysWhatWasAskedAndWhatStoppedIt) {
  for (const Row& row : Rows()) {
    SCOPED_TRACE(row.refusal);
    const Clinic clinic = Before(row);
    const auto decision = clinic.Try(row.command);
    EXPECT_EQ(RefusalInfo(decision.refusal).reason(), row.refusal);
    ASSERT_EQ(decision.events.size(), 1U);
    const v1::InterventionRefused& refused = decision.events[0].event.intervention_refused();
    EXPECT_EQ(refused.refusal(), row.refusal);
    EXPECT_EQ(refused.asked_case(), row.asked);
    EXPECT_EQ(refused.reason(), "as discussed");
    EXPECT_THAT(refused.roles(), testing::ElementsAreArray(row.roles));
    std::string alerts;
    for (const auto& alert : refused.alerts()) {
      absl::StrAppend(&alerts, alert.rule_id(), alert.override_reason().empty() ? "" : "*", " ");
    }
    EXPECT_EQ(alerts, row.alerts);
    EXPECT_EQ(refused.table_version(), refused.alerts().empty() ? 0U : Rules()->At(kToday).version());
  }
}

TEST(InterventionRefused, ChangesNothingAndShowsNothing) {
  for (const Row& row : Rows()) {
    SCOPED_TRACE(row.refusal);
    const Clinic clinic = Before(row);
    const auto decision = clinic.Try(row.command);
    ASSERT_EQ(decision.events.size(), 1U);
    v1::EncounterState after = clinic.patient;
    ASSERT_TRUE(EncounterDecider::Evolve(after, decision.events[0].event).ok());
    EXPECT_TRUE(MessageDifferencer::Equals(after, clinic.patient));
    eventlog::Record record;
    record.stream = absl::StrCat("encounter-", kPatient);
    record.payload = decision.events[0].event.SerializeAsString();
    const auto changes = ProjectEncounter(record);
    ASSERT_TRUE(changes.ok()) << changes.status();
    EXPECT_TRUE(changes->empty());
  }
}

TEST(InterventionRefused, IsRefusedAgain) {
  for (const Row& row : Rows()) {
    SCOPED_TRACE(row.refusal);
    const Clinic clinic = Before(row);
    const auto decision = clinic.Try(row.command);
    ASSERT_EQ(decision.events.size(), 1U);
    const v1::EncounterEvent& event = decision.events[0].event;
    eventlog::Record record;
    record.stream = absl::StrCat("encounter-", kPatient);
    record.effective_micros = kToday;
    const v1::EncounterCommand command = *EncounterDecisions::CommandOf(record, event);
    std::vector<const v1::EncounterState*> states = {&clinic.patient};
    if (command.has_perform_intervention()) states.push_back(&clinic.doctor);
    const auto again = [&](const Known& known) {
      return service::DecideAgain<EncounterDecider>(states, command, EncounterDecisions::InputOf(event, command, known),
                                                    known, event);
    };
    const audit::v1::DecidedAgain same = again({.patient = clinic.facts, .rules = clinic.rules});
    EXPECT_TRUE(same.same()) << same.ShortDebugString();
    EXPECT_EQ(same.refusal(), row.refusal);
    EXPECT_FALSE(service::Differs(event, same));
    if (event.intervention_refused().alerts().empty()) continue;  // No table decides on side and level.
    const audit::v1::DecidedAgain accepted = again({.patient = clinic.facts, .rules = nullptr});
    EXPECT_EQ(accepted.refusal(), "");
    EXPECT_TRUE(service::Differs(event, accepted));
  }
}

TEST(InterventionRefused, OtherRefusalsAreNotRecorded) {
  Clinic clinic;
  EXPECT_TRUE(clinic.Try(clinic.Perform(kToday)).events.empty()) << "there is no such intervention";
  clinic.Prepare(PlanOf(kNerve), kToday);
  EXPECT_TRUE(clinic.Try(Seen(1, clinic.Perform(kToday))).events.empty()) << "a stale etag";
  clinic.facts = Deceased();
  EXPECT_TRUE(clinic.Try(clinic.Perform(kToday)).events.empty());
}

}  // namespace
}  // namespace anamnesis::encounter
