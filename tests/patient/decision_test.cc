// What an accepted decision records and answers, beyond its name.
#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "base/clock.h"
#include "base/refusal.h"
#include "tests/patient/builders.h"

namespace anamnesis::patient {
namespace {

const v1::PatientEvent& EventOf(const Decision& decision) {
  return decision.events.at(0).event;
}

TEST(StreamsTest, OneForAPatientTwoForAMerge) {
  using Streams = std::vector<std::string>;
  const auto of = [](const v1::PatientCommand& command) { return PatientDecider::Streams(command, Input()); };
  EXPECT_EQ(of(Die()), Streams{absl::StrCat("patient-", kPatient)});
  EXPECT_EQ(of(Of("", Register())), Streams{absl::StrCat("patient-", kNewId)});
  EXPECT_EQ(of(Merge(kPatient, kOther)),
            (Streams{absl::StrCat("patient-", kPatient), absl::StrCat("patient-", kOther)}));
  EXPECT_EQ(of(Merge(kPatient, kPatient)), Streams{absl::StrCat("patient-", kPatient)});
  EXPECT_EQ(of({}), Streams{});
}

TEST(DecisionTest, AnEmptyCommandIsRefused) {
  const v1::PatientState nobody;
  const v1::PatientState* states[] = {&nobody};
  EXPECT_EQ(Told(PatientDecider::Decide(states, {}, Input(), {})), "COMMAND_MISSING");
}

TEST(DecisionTest, ThePatientsRevisionCountsItsOwnChanges) {
  EXPECT_EQ(DecideOn({}, Register()).revision, 1);
  EXPECT_EQ(DecideOn({}, Register()).resource_id, kPatient);
  const Decision decision = DecideOn(After({Register(), Record(Allergy()), Die()}), Update(Named("Roe")));
  EXPECT_EQ(decision.revision, 3);
  EXPECT_EQ(EventOf(decision).demographics_updated().revision(), 3);
}

TEST(DecisionTest, AResourcesRevisionCountsItsOwnChanges) {
  const Decision decision = DecideOn(After({Register(), Record(Goal()), Revise(Goal()), Die()}), RetractGoal());
  EXPECT_EQ(decision.resource_id, kGoal);
  EXPECT_EQ(decision.revision, 3);
  EXPECT_EQ(EventOf(decision).goal_retracted().revision(), 3);
  EXPECT_EQ(EventOf(decision).goal_retracted().reason(), "as discussed");
}

TEST(DecisionTest, WhatHasNoIdGetsTheNewOne) {
  const Decision patient = DecideOn({}, Of("", Register()));
  EXPECT_EQ(patient.resource_id, kNewId);
  EXPECT_EQ(EventOf(patient).patient_registered().patient_id(), kNewId);
  const Decision allergy = DecideOn(After({Register()}), Record(Allergy("")));
  EXPECT_EQ(allergy.resource_id, kNewId);
  EXPECT_EQ(EventOf(allergy).allergy_recorded().allergy().id(), kNewId);
}

TEST(DecisionTest, OnlyTheNamedFieldsOfDemographicsChange) {
  v1::Demographics change = Named("Roe");
  change.set_sex(v1::SEX_FEMALE);
  change.mutable_birth_date()->set_year(1950);
  const World world = After({Register(), Update(change)});
  v1::Demographics next;
  next.set_sex(v1::SEX_OTHER);
  const v1::Demographics after =
      EventOf(DecideOn(world, Update(next, {"sex", "birth_date"}))).demographics_updated().demographics();
  EXPECT_EQ(after.names(0).family(), "Roe");
  EXPECT_EQ(after.sex(), v1::SEX_OTHER);
  EXPECT_FALSE(after.has_birth_date()) << "named and absent: taken away";
  v1::Demographics named = Named("Poe");
  named.add_names()->set_family("Poe-Roe");
  const v1::Demographics renamed =
      EventOf(DecideOn(world, Update(named, {"names"}))).demographics_updated().demographics();
  EXPECT_EQ(renamed.names_size(), 2) << "lists are replaced, not appended to";
  EXPECT_EQ(renamed.birth_date().year(), 1950);
}

TEST(DecisionTest, AnUnknownPathIsNamed) {
  const Decision decision = DecideOn(After({Register()}), Update(Named("Roe"), {"names", "hair"}));
  const google::rpc::Status status = ToRpcStatus(decision.refusal);
  google::rpc::BadRequest bad_request;
  for (const google::protobuf::Any& detail : status.details()) detail.UnpackTo(&bad_request);
  ASSERT_EQ(bad_request.field_violations_size(), 1);
  EXPECT_EQ(bad_request.field_violations(0).field(), "update_mask.paths[1]");
}

TEST(DecisionTest, IdentifiersAreToldAsTheyAreAfterTheChange) {
  clinical::v1::Identifier typed = Mrn("2");
  typed.mutable_type()->set_text("MR");
  World world = After({Register({Mrn("1"), typed})});
  const Decision retired = DecideOn(world, Retire(Mrn("2")));
  EXPECT_EQ(EventOf(retired).identifier_retired().identifier().type().text(), "MR") << "as it was, not as it was named";
  EXPECT_EQ(EventOf(retired).identifier_retired().identifiers_size(), 1);
  EXPECT_EQ(EventOf(retired).identifier_retired().retired_identifiers(0).value(), "2");
  Apply(Retire(Mrn("2")), retired, world);
  EXPECT_EQ(EventOf(DecideOn(world, Retire(Mrn("1")))).identifier_retired().retired_identifiers_size(), 2);
  const Decision added = DecideOn(world, Add(Mrn("2")));
  EXPECT_EQ(EventOf(added).identifier_added().identifiers_size(), 2);
  EXPECT_EQ(EventOf(added).identifier_added().retired_identifiers_size(), 0);
}

TEST(DecisionTest, AMergeIsToldInBothStreams) {
  const World world = After({Register(), Die(), Of(kOther, Register())});
  const Decision decision = DecideOn(world, Merge(kPatient, kOther));
  EXPECT_EQ(decision.resource_id, kPatient);
  EXPECT_EQ(decision.revision, 3);
  ASSERT_EQ(decision.events.size(), 2);
  EXPECT_EQ(decision.events[0].stream, 0);
  EXPECT_EQ(decision.events[0].event.duplicate_absorbed().duplicate_id(), kOther);
  EXPECT_EQ(decision.events[0].event.duplicate_absorbed().revision(), 3);
  EXPECT_EQ(decision.events[1].stream, 1);
  EXPECT_EQ(decision.events[1].event.merged_into().survivor_id(), kPatient);
  EXPECT_EQ(decision.events[1].event.merged_into().revision(), 2);
}

TEST(DecisionTest, AnEndIsWhenTheCommandSaysElseWhenItHappened) {
  const World world = After({Register(), Record(Problem()), Record(CarePlan())});
  const auto abatement = [&](const v1::PatientCommand& command) {
    return ToMicros(EventOf(DecideOn(world, command)).problem_resolved().abatement());
  };
  EXPECT_EQ(abatement(Resolve(kNow - kDay)), kNow - kDay);
  EXPECT_EQ(abatement(At(kNow - 2 * kDay, Resolve())), kNow - 2 * kDay);
  EXPECT_EQ(abatement(Resolve()), kNow);
  EXPECT_EQ(ToMicros(EventOf(DecideOn(world, End())).care_plan_ended().end()), kNow);
}

TEST(DecisionTest, OnlyAStoppedPlanSaysWhy) {
  const World world = After({Register(), Record(CarePlan())});
  EXPECT_EQ(EventOf(DecideOn(world, End(v1::PLAN_STATUS_COMPLETED))).care_plan_ended().reason(), "");
  EXPECT_EQ(EventOf(DecideOn(world, End(v1::PLAN_STATUS_STOPPED))).care_plan_ended().reason(), "as discussed");
}

TEST(DecisionTest, UnknownIsNotSet) {
  const v1::DeathRecorded death = EventOf(DecideOn(After({Register()}), Die())).death_recorded();
  EXPECT_FALSE(death.has_deceased_time());
  EXPECT_FALSE(death.has_cause());
}

}  // namespace
}  // namespace anamnesis::patient
