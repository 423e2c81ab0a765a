// What events do to the state, and that a snapshot is as good as the history.
#include <gtest/gtest.h>

#include <random>

#include "absl/strings/str_cat.h"
#include "google/protobuf/util/message_differencer.h"
#include "tests/medication/builders.h"

namespace anamnesis::medication {
namespace {

using google::protobuf::util::MessageDifferencer;

TEST(StreamsTest, ACommandIsForThePatientsMedication) {
  for (const auto& command : {Prescribe(), RecordOrder(Oxycodone()), ChangeDose(), Hold(), Resume(), Discontinue(),
                              Retract(), Dispense(), Administer(), RetractDose()}) {
    EXPECT_EQ(MedicationDecider::Streams(command, Input()),
              std::vector<std::string>{absl::StrCat("medication-", kPatient)});
  }
  EXPECT_TRUE(MedicationDecider::Streams({}, Input()).empty());
}

TEST(EvolveTest, AnUnknownEventIsDataLoss) {
  v1::MedicationState state;
  EXPECT_EQ(MedicationDecider::Evolve(state, {}).code(), absl::StatusCode::kDataLoss);
  v1::MedicationEvent newer;
  ASSERT_TRUE(newer.ParseFromString(std::string("\xfa\x3f\x00", 3)));  // Field 1023, which no release has.
  EXPECT_EQ(MedicationDecider::Evolve(state, newer).code(), absl::StatusCode::kDataLoss);
}

TEST(EvolveTest, AnEventAboutNothingIsDataLoss) {
  const std::vector<v1::MedicationCommand> history = {Prescribe(), ChangeDose(),  Hold(),        Resume(), Administer(),
                                                      Dispense(),  RetractDose(), Discontinue(), Retract()};
  v1::MedicationState state;
  for (const v1::MedicationCommand& command : history) {
    const auto decision = DecideOn(state, command);
    ASSERT_EQ(decision.events.size(), 1) << decision.refusal;
    v1::MedicationState empty;
    EXPECT_EQ(MedicationDecider::Evolve(empty, decision.events[0].event).code(),
              command.has_prescribe() ? absl::StatusCode::kOk : absl::StatusCode::kDataLoss)
        << Told(decision);
    ASSERT_TRUE(MedicationDecider::Evolve(state, decision.events[0].event).ok());
  }
}

TEST(EvolveTest, AnErasedHistoryIsAsGoodAsNone) {
  v1::MedicationCommand erase;
  erase.mutable_erase_record()->set_patient_id(kPatient);
  const auto nothing = DecideOn({}, erase);
  EXPECT_TRUE(nothing.refusal.ok() && nothing.events.size() == 1 && nothing.erases) << "it is known to be done";
  v1::MedicationState state = After({Prescribe(), Dispense(), Administer()});
  const auto erased = DecideOn(state, erase);
  ASSERT_EQ(Told(erased), "RecordErased");
  EXPECT_TRUE(erased.erases);
  ASSERT_TRUE(MedicationDecider::Evolve(state, erased.events[0].event).ok());
  EXPECT_EQ(state.ByteSizeLong(), 0U);
}

TEST(EvolveTest, OnlyWhatMayBeInForceIsKeptForTheRules) {
  EXPECT_TRUE(After({Prescribe()}).in_force().contains(kOrder));
  EXPECT_TRUE(After({Prescribe(), Hold()}).in_force().contains(kOrder));
  EXPECT_TRUE(After({Prescribe(), Hold(), Resume()}).in_force().contains(kOrder));
  EXPECT_FALSE(After({Prescribe(), Discontinue()}).in_force().contains(kOrder));
  EXPECT_FALSE(After({Prescribe(), Retract()}).in_force().contains(kOrder));
  EXPECT_FALSE(After({RecordOrder(In(v1::ORDER_STATUS_COMPLETED))}).in_force().contains(kOrder));
  EXPECT_FALSE(After({RecordOrder(In(v1::ORDER_STATUS_DRAFT))}).in_force().contains(kOrder));
}

TEST(EvolveTest, TheDoseInForceIsTheLast) {
  const v1::Order therapy = After({Prescribe(), ChangeDose("three tablets")}).in_force().at(kOrder).therapy();
  ASSERT_EQ(therapy.dosages_size(), 1);
  EXPECT_EQ(therapy.dosages(0).text(), "three tablets");
}

// A command on one of a few orders and records, so that many are refused and many are not.
v1::MedicationCommand Any(std::mt19937& random) {
  const auto pick = [&random](int count) { return static_cast<int>(random() % count); };
  std::string order_id = kOrder, record_id = kDose;
  order_id.back() = static_cast<char>('0' + pick(4));
  record_id.back() = static_cast<char>('0' + pick(8));
  const auto on_order = [&order_id](v1::MedicationCommand command) {
    if (command.has_change_dose()) command.mutable_change_dose()->set_order_id(order_id);
    if (command.has_hold_order()) command.mutable_hold_order()->set_order_id(order_id);
    if (command.has_resume_order()) command.mutable_resume_order()->set_order_id(order_id);
    if (command.has_discontinue_order()) command.mutable_discontinue_order()->set_order_id(order_id);
    if (command.has_retract_order()) command.mutable_retract_order()->set_order_id(order_id);
    return command;
  };
  switch (pick(12)) {
    case 0:
    case 1:
      return Prescribe(Oxycodone(order_id));
    case 2:
      return RecordOrder(In(static_cast<v1::OrderStatus>(pick(9)), OrderOf({kMorphine}, order_id)));
    case 3:
    case 4:
      return on_order(ChangeDose(absl::StrCat(pick(5), " tablets")));
    case 5:
      return on_order(Hold());
    case 6:
      return on_order(Resume());
    case 7:
      return on_order(Discontinue());
    case 8:
      return on_order(Retract());
    case 9:
      return Dispense(record_id);
    case 10:
      return Administer(record_id);
    default:
      return RetractDose(record_id);
  }
}

TEST(EvolveTest, ASnapshotIsAsGoodAsTheHistory) {
  size_t accepted = 0, refused = 0;
  for (uint32_t seed = 0; seed < 200; ++seed) {
    std::mt19937 random(seed);
    v1::MedicationState whole, resumed;
    const int snapshot_after = static_cast<int>(random() % 40);
    for (int step = 0; step < 40; ++step) {
      if (step == snapshot_after) {
        ASSERT_TRUE(resumed.ParseFromString(whole.SerializeAsString()));
      }
      const v1::MedicationCommand command = Any(random);
      const auto decision = DecideOn(whole, command);
      ++(decision.refusal.ok() ? accepted : refused);
      if (step >= snapshot_after) {
        ASSERT_EQ(Told(decision), Told(DecideOn(resumed, command)));
      }
      for (const auto& emitted : decision.events) {
        ASSERT_TRUE(MedicationDecider::Evolve(whole, emitted.event).ok());
        if (step >= snapshot_after) {
          ASSERT_TRUE(MedicationDecider::Evolve(resumed, emitted.event).ok());
        }
      }
    }
    ASSERT_TRUE(MessageDifferencer::Equals(whole, resumed)) << "seed " << seed;
  }
  EXPECT_GT(accepted, 1000u);
  EXPECT_GT(refused, 1000u);
}

}  // namespace
}  // namespace anamnesis::medication
