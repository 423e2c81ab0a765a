// What accepted commands on referrals, plans and consents record, beyond the event's name.
#include <gtest/gtest.h>

#include <set>

#include "absl/strings/str_cat.h"
#include "base/clock.h"
#include "tests/patient/builders.h"

namespace anamnesis::patient {
namespace {

const v1::PatientEvent& EventOf(const Decision& decision) {
  return decision.events.at(0).event;
}

v1::PatientCommand Move(const std::string& part, const std::string& status, int64_t seconds = 0) {
  const std::string time = seconds == 0 ? "" : absl::StrCat("time { seconds: ", seconds, " }");
  return Say(absl::StrCat("change_plan_activity_status { care_plan_id: '", kCarePlan, "' activity_id: '", part,
                          "' status: PLAN_STATUS_", status, " ", time, " }"));
}

v1::PatientCommand TwoParts() {
  return Say(
      absl::StrCat("record_care_plan { care_plan { id: '", kCarePlan,
                   "' activities { id: 'a' status: PLAN_STATUS_PLANNED } "
                   "activities { id: 'b' status: PLAN_STATUS_PLANNED modality: TREATMENT_MODALITY_PHYSICAL } } }"));
}

TEST(PlanActivityTest, OnlyTheOneMovesAndAllAreTold) {
  World world = After({Register(), TwoParts()});
  const Decision begun = DecideOn(world, Move("b", "ACTIVE", 100));
  const v1::PlanActivityStatusChanged& event = EventOf(begun).plan_activity_status_changed();
  EXPECT_EQ(begun.resource_id, kCarePlan);
  EXPECT_EQ(begun.revision, 2);
  EXPECT_EQ(event.revision(), 2);
  EXPECT_EQ(event.reason(), "") << "only what is stopped says why";
  ASSERT_EQ(event.activities_size(), 2);
  EXPECT_EQ(event.activities(0).status(), v1::PLAN_STATUS_PLANNED);
  EXPECT_EQ(event.activities(1).status(), v1::PLAN_STATUS_ACTIVE);
  EXPECT_EQ(event.activities(1).modality(), v1::TREATMENT_MODALITY_PHYSICAL);
  EXPECT_EQ(event.activities(1).period().start().seconds(), 100);
  Apply(Move("b", "ACTIVE", 100), begun, world);

  const Decision stopped = DecideOn(world, Move("b", "STOPPED", 200));
  const v1::PlanActivity& part = EventOf(stopped).plan_activity_status_changed().activities(1);
  EXPECT_EQ(part.stop_reason(), "as discussed");
  EXPECT_EQ(part.period().start().seconds(), 100);
  EXPECT_EQ(part.period().end().seconds(), 200);
}

TEST(PlanActivityTest, AHoldDoesNotMoveTheBeginning) {
  const World world = After({Register(), TwoParts(), Move("a", "ACTIVE", 100), Move("a", "ON_HOLD", 200)});
  const Decision resumed = DecideOn(world, Move("a", "ACTIVE", 300));
  EXPECT_EQ(EventOf(resumed).plan_activity_status_changed().activities(0).period().start().seconds(), 100);
  EXPECT_FALSE(EventOf(resumed).plan_activity_status_changed().activities(0).period().has_end());
}

TEST(PlanActivityTest, PartsWithoutNamesGetThem) {
  const std::string parts = "activities { code { text: 'x' } } activities { code { text: 'y' } }";
  World world = After({Register()});
  const v1::PatientCommand record =
      Say(absl::StrCat("record_care_plan { care_plan { id: '", kCarePlan, "' ", parts, " } }"));
  const Decision recorded = DecideOn(world, record);
  std::set<std::string> names;
  for (const auto& part : EventOf(recorded).care_plan_recorded().care_plan().activities()) names.insert(part.id());
  EXPECT_EQ(names.size(), 2U);
  EXPECT_FALSE(names.contains(""));
  Apply(record, recorded, world);
  const v1::PatientCommand revise =
      Say(absl::StrCat("revise_care_plan { care_plan { id: '", kCarePlan, "' ", parts, " } }"));
  const Decision revised = DecideOn(world, revise);
  for (const auto& part : EventOf(revised).care_plan_revised().care_plan().activities()) {
    EXPECT_TRUE(names.insert(part.id()).second) << "a new part has a new name";
  }
  const Decision unnamed = DecideOn(After({Register()}), Say("record_care_plan { care_plan { " + parts + " } }"));
  EXPECT_EQ(EventOf(unnamed).care_plan_recorded().care_plan().id(), kNewId);
  EXPECT_NE(EventOf(unnamed).care_plan_recorded().care_plan().activities(0).id(), "");
}

TEST(ReferralTest, IsAnsweredWhenTheCommandSaysElseWhenItHappened) {
  const World world = After({Register(), Say("record_referral_in { referral_in { id: 'r' } }")});
  const auto answered = [&](const v1::PatientCommand& command) {
    return ToMicros(EventOf(DecideOn(world, command)).referral_in_accepted().answered_time());
  };
  EXPECT_EQ(answered(Say("accept_referral_in { referral_in_id: 'r' answered_time { seconds: 5 } }")), 5'000'000);
  EXPECT_EQ(answered(At(kNow - kDay, Say("accept_referral_in { referral_in_id: 'r' }"))), kNow - kDay);
  EXPECT_EQ(answered(Say("accept_referral_in { referral_in_id: 'r' }")), kNow);
  const v1::ReferralInClosed closed =
      EventOf(DecideOn(world, Say("close_referral_in { referral_in_id: 'r' outcome { text: 'treated' } }")))
          .referral_in_closed();
  EXPECT_EQ(closed.outcome().text(), "treated");
  EXPECT_EQ(ToMicros(closed.closed_time()), kNow);
}

TEST(EndTest, SaysWhenAndWhy) {
  const World world = After({Register(), Say("record_consent { consent { id: 'r' } }")});
  const v1::ConsentWithdrawn said =
      EventOf(DecideOn(world, Say("withdraw_consent { consent_id: 'r' end { seconds: 5 } }"))).consent_withdrawn();
  EXPECT_EQ(said.end().seconds(), 5);
  EXPECT_EQ(said.reason(), "as discussed");
  EXPECT_EQ(said.revision(), 2);
  const v1::ConsentWithdrawn unsaid =
      EventOf(DecideOn(world, WithoutReason(Say("withdraw_consent { consent_id: 'r' }")))).consent_withdrawn();
  EXPECT_EQ(ToMicros(unsaid.end()), kNow);
  EXPECT_EQ(unsaid.reason(), "");
}

TEST(RecordTest, UnknownSizeAndSeverityStayAbsent) {
  const World world = After({Register()});
  const Decision received =
      DecideOn(world, Say("receive_document { document { sha256: '0123456789abcdef0123456789abcdef' } }"));
  EXPECT_FALSE(EventOf(received).document_received().document().has_size_bytes());
  EXPECT_EQ(received.resource_id, kNewId);
  const Decision told =
      DecideOn(world, Say("record_pain_history { pain_history { locations { region: BODY_REGION_NECK } } }"));
  EXPECT_EQ(EventOf(told).pain_history_recorded().pain_history().locations(0).severity(), "");
}

}  // namespace
}  // namespace anamnesis::patient
