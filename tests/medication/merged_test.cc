// A person whose records were merged: what is taken, and what was done for it, counts whichever record holds it.
#include <gtest/gtest.h>

#include <memory>
#include <set>
#include <string>
#include <vector>

#include "tests/medication/builders.h"
#include "tests/medication/dosing.h"
#include "tests/medication/tables.h"

namespace anamnesis::medication {
namespace {

constexpr char kBlocked[] = "SAFETY_OVERRIDE_REQUIRED";
constexpr char kMethadone[] = "6813";

// A record of which the commands were given, and what is decided on it with others.
struct Records {
  explicit Records(const std::set<std::string>& only) : rules(ShelfOf(TablesWithOnly(only))) {}

  decider::Decision<v1::MedicationEvent> Try(const v1::MedicationCommand& command) const {
    std::vector<const v1::MedicationState*> states = {&own};
    Known known{.others = {}, .rules = rules};
    for (const v1::MedicationState& record : joined) {
      known.others.mutable_patient()->add_absorbed_ids(kSurvivor);
      states.push_back(&record);
    }
    return MedicationDecider::Decide(states, command, Input(), known);
  }
  std::string Do(const v1::MedicationCommand& command) {
    const auto decision = Try(command);
    for (const auto& emitted : decision.events) EXPECT_TRUE(MedicationDecider::Evolve(own, emitted.event).ok());
    return Told(decision);
  }
  void Join(const std::vector<v1::MedicationCommand>& commands) { joined.push_back(After(commands, rules)); }

  std::shared_ptr<const RuleShelf> rules;
  v1::MedicationState own;
  std::vector<v1::MedicationState> joined;
};

TEST(MergedRecords, TheDaysOpioidsAreThoseOfAll) {
  Records records({"mme-50", "mme-90"});
  EXPECT_EQ(Told(records.Try(Prescribe(Daily(kMorphine, "40")))), "OrderPrescribed");
  records.Join({});
  records.Join({Prescribe(Daily(kMorphine, "49", kOtherOrder))});
  EXPECT_EQ(Told(records.Try(Prescribe(Daily(kMorphine, "0.5")))), "OrderPrescribed: warn duplicate-order");
  EXPECT_EQ(Told(records.Try(Prescribe(Daily(kMorphine, "1")))), "OrderPrescribed: warn duplicate-order, warn mme-50");
  EXPECT_EQ(Told(records.Try(Prescribe(Daily(kMorphine, "41")))), kBlocked);

  ASSERT_EQ(records.Do(Prescribe(Daily(kMorphine, "40"))), "OrderPrescribed: warn duplicate-order, warn mme-50");
  EXPECT_EQ(records.own.daily_mme(0).mme_per_day(), "89");
  ASSERT_EQ(records.Do(Discontinue()), "OrderDiscontinued");
  EXPECT_EQ(records.own.daily_mme(1).mme_per_day(), "49");
}

TEST(MergedRecords, WhatIsUnknownInOneIsUnknownInAll) {
  Records records({"mme-unknown"});
  records.Join({Prescribe(Daily(kMorphine, "", kOtherOrder))});
  EXPECT_EQ(Told(records.Try(Prescribe(Daily(kMorphine, "10")))),
            "OrderPrescribed: warn duplicate-order, warn mme-unknown");
}

TEST(MergedRecords, WhatWasTakenBeforeIsKnownOfAll) {
  Records records({"long-acting-naive"});
  EXPECT_EQ(Told(records.Try(On(0, Prescribe(Daily(kMethadone, "5"))))), kBlocked);
  records.Join({On(-7, Prescribe(Daily(kMorphine, "10", kOtherOrder)))});
  EXPECT_EQ(Told(records.Try(On(0, Prescribe(Daily(kMethadone, "5"))))), "OrderPrescribed");
}

TEST(MergedRecords, WhatWasDoneForStewardshipCounts) {
  Records records({"pdmp-initiation"});
  EXPECT_EQ(Told(records.Try(On(0, Prescribe(Daily(kMorphine, "10"))))), kBlocked);
  records.Join({On(-1, ReviewPdmp())});
  EXPECT_EQ(Told(records.Try(On(0, Prescribe(Daily(kMorphine, "10"))))), "OrderPrescribed");
}

TEST(MergedRecords, TheOrdersOfOneAreNotChangedThroughAnother) {
  Records records({});
  records.Join({Prescribe(Daily(kMorphine, "10")), ReviewPdmp()});
  EXPECT_EQ(Told(records.Try(Discontinue())), "ORDER_NOT_FOUND");
  EXPECT_EQ(Told(records.Try(RetractRecord())), "STEWARDSHIP_NOT_FOUND");
  EXPECT_EQ(Told(records.Try(Prescribe(Daily(kMorphine, "10")))), "OrderPrescribed") << "its ids are its own";
}

}  // namespace
}  // namespace anamnesis::medication
