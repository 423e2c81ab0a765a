// What events do to the state, and that a state may be kept and taken up again at any point.
#include <gtest/gtest.h>

#include <random>
#include <string>

#include "google/protobuf/util/message_differencer.h"
#include "tests/patient/builders.h"

namespace anamnesis::patient {
namespace {

using google::protobuf::util::MessageDifferencer;

TEST(EvolveTest, AnUnknownEventIsDataLoss) {
  v1::PatientState state = After({Register()}).begin()->second;
  v1::PatientEvent unknown;
  ASSERT_TRUE(unknown.ParseFromString(std::string("\xfa\x3e\x00", 3)));  // Field 1007, of a later release.
  EXPECT_EQ(PatientDecider::Evolve(state, unknown).code(), absl::StatusCode::kDataLoss);
}

TEST(EvolveTest, AHistoryBeginsWithTheRegistrationOnce) {
  v1::PatientState nobody;
  v1::PatientEvent event;
  event.mutable_death_recorded()->set_revision(2);
  EXPECT_EQ(PatientDecider::Evolve(nobody, event).code(), absl::StatusCode::kDataLoss);
  v1::PatientState state = After({Register()}).begin()->second;
  event.mutable_patient_registered()->set_revision(1);
  EXPECT_EQ(PatientDecider::Evolve(state, event).code(), absl::StatusCode::kDataLoss);
}

TEST(EvolveTest, WhatWasNeverRecordedDoesNotChange) {
  const v1::PatientState registered = After({Register()}).begin()->second;
  v1::PatientEvent event;
  const auto evolve = [&] {
    v1::PatientState state = registered;
    return PatientDecider::Evolve(state, event).code();
  };
  event.mutable_allergy_retracted()->set_allergy_id(kAllergy);
  EXPECT_EQ(evolve(), absl::StatusCode::kDataLoss);
  event.mutable_allergy_revised()->mutable_allergy()->set_id(kAllergy);
  EXPECT_EQ(evolve(), absl::StatusCode::kDataLoss);
  event.mutable_problem_resolved()->set_problem_id(kProblem);
  EXPECT_EQ(evolve(), absl::StatusCode::kDataLoss);
  event.mutable_care_plan_ended()->set_care_plan_id(kCarePlan);
  EXPECT_EQ(evolve(), absl::StatusCode::kDataLoss);
}

// One of every command, for any of three patients, so that ids meet and every refusal comes up.
v1::PatientCommand AnyCommand(std::mt19937& random) {
  static const auto* commands =
      new std::vector<v1::PatientCommand>{Register({Mrn("1")}),
                                          Update(Named("Roe")),
                                          Update({}, {"sex"}),
                                          Add(Mrn("1")),
                                          Add(Mrn("2")),
                                          Retire(Mrn("1")),
                                          Retire(Mrn("2")),
                                          Die(),
                                          Revive(),
                                          Record(Allergy()),
                                          Revise(Allergy()),
                                          RetractAllergy(),
                                          Record(Problem()),
                                          Record(From(kNow - kDay, Problem())),
                                          Revise(Problem()),
                                          Revise(Until(kNow, Problem())),
                                          Resolve(),
                                          RetractProblem(),
                                          Record(CarePlan()),
                                          Revise(CarePlan()),
                                          End(),
                                          End(v1::PLAN_STATUS_STOPPED),
                                          RetractCarePlan(),
                                          Record(Goal()),
                                          Revise(Goal()),
                                          RetractGoal(),
                                          Say("record_referral_in { referral_in { id: 'r' } }"),
                                          Say("accept_referral_in { referral_in_id: 'r' }"),
                                          Say("close_referral_in { referral_in_id: 'r' }"),
                                          Say("record_consent { consent { id: 'c' } }"),
                                          Say("withdraw_consent { consent_id: 'c' }"),
                                          Say("retract_consent { consent_id: 'c' }")};
  const char* patients[] = {kPatient, kOther, kThird};
  if (random() % 64 == 0) return Of(patients[random() % 3], Erase());
  if (random() % 64 == 0) return Merge(patients[random() % 3], patients[random() % 3]);
  if (random() % 64 == 0) return Unmerge(patients[random() % 3], patients[random() % 3]);
  return Of(patients[random() % 3], (*commands)[random() % commands->size()]);
}

TEST(EvolveTest, AStateIsTheSameFromASnapshotAndTheRest) {
  size_t accepted = 0;
  for (uint32_t seed = 0; seed < 50; ++seed) {
    std::mt19937 random(seed);
    World straight;  // Evolved event by event.
    World kept;      // Put into bytes and taken up again now and then.
    for (int step = 0; step < 200; ++step) {
      const v1::PatientCommand command = AnyCommand(random);
      const Decision decision = DecideOn(straight, command);
      ASSERT_EQ(Told(DecideOn(kept, command)), Told(decision)) << "seed " << seed << ", step " << step;
      Apply(command, decision, straight);
      Apply(command, decision, kept);
      accepted += decision.events.size();
      if (random() % 8 != 0) continue;
      for (auto& [stream, state] : kept) ASSERT_TRUE(state.ParseFromString(state.SerializeAsString()));
    }
    for (const auto& [stream, state] : straight) {
      EXPECT_TRUE(MessageDifferencer::Equals(state, kept[stream])) << "seed " << seed;
    }
  }
  EXPECT_GT(accepted, 2'000U) << "the sequences are worth something";
}

}  // namespace
}  // namespace anamnesis::patient
