// What each event does to the view of its order.
#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "anamnesis/projection/v1/views.pb.h"
#include "services/medication/projection/medication_projection.h"
#include "tests/medication/builders.h"
#include "tests/medication/tables.h"

namespace anamnesis::medication {
namespace {

using projection::v1::OrderView;
using projection::v1::ViewChange;

eventlog::Record RecordOf(const v1::MedicationEvent& event) {
  eventlog::Record record;
  record.stream = absl::StrCat("medication-", kPatient);
  record.payload = event.SerializeAsString();
  return record;
}

// What the last of the commands does to views.
std::vector<ViewChange> ChangesOfLast(std::vector<v1::MedicationCommand> commands) {
  const v1::MedicationCommand last = commands.back();
  commands.pop_back();
  const auto decision = DecideOn(After(commands), last);
  EXPECT_EQ(decision.events.size(), 1) << decision.refusal;
  auto changes = ProjectMedication(RecordOf(decision.events.at(0).event));
  EXPECT_TRUE(changes.ok()) << changes.status();
  return *std::move(changes);
}

// The only change of the last of the commands, which must be to the view of kOrder.
ViewChange ChangeOfLast(const std::vector<v1::MedicationCommand>& commands) {
  const std::vector<ViewChange> changes = ChangesOfLast(commands);
  EXPECT_EQ(changes.size(), 1);
  EXPECT_EQ(changes.at(0).subject_id(), kPatient);
  EXPECT_EQ(changes.at(0).kind(), "order");
  EXPECT_EQ(changes.at(0).view_id(), kOrder);
  return changes.at(0);
}

OrderView ViewOf(const ViewChange& change) {
  projection::v1::View view;
  EXPECT_TRUE(view.ParseFromString(change.view()));
  return view.order();
}

std::vector<std::string> Replaced(const ViewChange& change) {
  return {change.replace().begin(), change.replace().end()};
}

TEST(ProjectionTest, APrescriptionIsAViewWithItsAlerts) {
  // The second tells that a warning is open.
  const ViewChange change = ChangesOfLast({Prescribe(Oxycodone(kOtherOrder)), Prescribe()}).front();
  EXPECT_EQ(change.operation(), projection::v1::CHANGE_OPERATION_PUT);
  const OrderView view = ViewOf(change);
  EXPECT_EQ(view.order().id(), kOrder);
  EXPECT_EQ(view.order().status(), v1::ORDER_STATUS_ACTIVE);
  ASSERT_EQ(view.alerts_size(), 1);
  EXPECT_EQ(view.alerts(0).rule_id(), "duplicate-order");
  EXPECT_EQ(view.etag(), "1");
}

TEST(ProjectionTest, AFactIsAViewAsItWasSaid) {
  const v1::Order order = In(v1::ORDER_STATUS_COMPLETED);
  const ViewChange change = ChangeOfLast({RecordOrder(order)});
  EXPECT_EQ(change.operation(), projection::v1::CHANGE_OPERATION_PUT);
  EXPECT_EQ(ViewOf(change).order().SerializeAsString(), order.SerializeAsString());
  EXPECT_EQ(ViewOf(change).etag(), "1");
}

TEST(ProjectionTest, AFactSaidToBeInErrorHasNoView) {
  EXPECT_TRUE(ChangesOfLast({RecordOrder(In(v1::ORDER_STATUS_ENTERED_IN_ERROR))}).empty());
}

TEST(ProjectionTest, ADoseChangeReplacesDosagesAndAlerts) {
  const ViewChange change = ChangeOfLast({Prescribe(), ChangeDose("three tablets")});
  EXPECT_EQ(change.operation(), projection::v1::CHANGE_OPERATION_PATCH);
  EXPECT_EQ(Replaced(change), (std::vector<std::string>{"order.dosages", "alerts", "doses"}));
  OrderView expected;
  expected.mutable_order()->add_dosages()->set_text("three tablets");
  expected.set_etag("2");
  v1::IngredientDose& dose = *expected.add_doses();
  dose.set_rxnorm(kOxycodone);
  dose.set_mg_per_day("0");
  dose.set_at_least(true);
  EXPECT_EQ(ViewOf(change).SerializeAsString(), expected.SerializeAsString());
}

struct StatusCase {
  const char* name;
  std::vector<v1::MedicationCommand> commands;
  v1::OrderStatus status;
  const char* reason;
  const char* etag;
};

TEST(ProjectionTest, AStatusComesWithItsReason) {
  const StatusCase cases[] = {
      {"held",                     {Prescribe(), Hold()},                          v1::ORDER_STATUS_ON_HOLD, "as discussed", "2"},
      {"resumed",                  {Prescribe(), Hold(), Resume()},                v1::ORDER_STATUS_ACTIVE,  "as discussed", "3"},
      {"resumed without a reason", {Prescribe(), Hold(), WithoutReason(Resume())}, v1::ORDER_STATUS_ACTIVE,  "",             "3"},
      {"stopped",                  {Prescribe(), Discontinue()},                   v1::ORDER_STATUS_STOPPED, "as discussed", "2"},
  };
  for (const StatusCase& each : cases) {
    SCOPED_TRACE(each.name);
    const ViewChange change = ChangeOfLast(each.commands);
    EXPECT_EQ(change.operation(), projection::v1::CHANGE_OPERATION_PATCH);
    EXPECT_EQ(Replaced(change), std::vector<std::string>{"order.status_reason"});
    const OrderView view = ViewOf(change);
    EXPECT_EQ(view.order().status(), each.status);
    EXPECT_EQ(view.order().status_reason().text(), each.reason);
    EXPECT_EQ(view.order().has_status_reason(), *each.reason != '\0');
    EXPECT_EQ(view.etag(), each.etag);
  }
}

TEST(ProjectionTest, ARetractedOrderHasNoView) {
  const ViewChange change = ChangeOfLast({Prescribe(), Retract()});
  EXPECT_EQ(change.operation(), projection::v1::CHANGE_OPERATION_REMOVE);
  EXPECT_EQ(change.view(), "");
}

TEST(ProjectionTest, FillsAndDosesAreAppendedAndLeaveTheEtag) {
  const ViewChange fill = ChangeOfLast({Prescribe(), Dispense()});
  EXPECT_EQ(fill.operation(), projection::v1::CHANGE_OPERATION_PATCH);
  EXPECT_TRUE(Replaced(fill).empty());
  ASSERT_EQ(ViewOf(fill).dispenses_size(), 1);
  EXPECT_EQ(ViewOf(fill).dispenses(0).id(), kDispense);
  EXPECT_EQ(ViewOf(fill).etag(), "");

  const ViewChange dose = ChangeOfLast({Prescribe(), Administer()});
  EXPECT_EQ(dose.operation(), projection::v1::CHANGE_OPERATION_PATCH);
  EXPECT_TRUE(Replaced(dose).empty());
  ASSERT_EQ(ViewOf(dose).administrations_size(), 1);
  EXPECT_EQ(ViewOf(dose).administrations(0).id(), kDose);
  EXPECT_EQ(ViewOf(dose).etag(), "");
}

TEST(ProjectionTest, ARetractedDoseIsNamedBesideTheDoses) {
  const ViewChange change = ChangeOfLast({Prescribe(), Administer(), RetractDose()});
  EXPECT_EQ(change.operation(), projection::v1::CHANGE_OPERATION_PATCH);
  EXPECT_TRUE(Replaced(change).empty());
  OrderView expected;
  expected.add_retracted_administration_ids(kDose);
  EXPECT_EQ(ViewOf(change).SerializeAsString(), expected.SerializeAsString());
}

// `pdmp_review PUT`, the only change of the last of the commands, which must be to kRecord.
std::string Told(const std::vector<v1::MedicationCommand>& commands) {
  const std::vector<ViewChange> changes = ChangesOfLast(commands);
  EXPECT_EQ(changes.size(), 1);
  EXPECT_EQ(changes.at(0).view_id(), kRecord);
  constexpr size_t kPrefix = sizeof("CHANGE_OPERATION_") - 1;
  return absl::StrCat(changes.at(0).kind(), " ",
                      projection::v1::ChangeOperation_Name(changes.at(0).operation()).substr(kPrefix));
}

TEST(ProjectionTest, StewardshipRecordsAreViews) {
  const auto illicit = TestUrine("2653", v1::ANALYTE_RESULT_POSITIVE, true);
  EXPECT_EQ(Told({ReviewPdmp()}), "pdmp_review PUT");
  EXPECT_EQ(Told({ReviewPdmp(), RetractRecord()}), "pdmp_review REMOVE");
  EXPECT_EQ(Told({SignAgreement()}), "treatment_agreement PUT");
  EXPECT_EQ(Told({SignAgreement(), EndAgreement()}), "treatment_agreement PATCH");
  EXPECT_EQ(Told({SignAgreement(), RetractRecord()}), "treatment_agreement REMOVE");
  EXPECT_EQ(Told({illicit}), "drug_test PUT");
  EXPECT_EQ(Told({illicit, ConcludeTest()}), "drug_test PATCH");
  EXPECT_EQ(Told({illicit, RetractRecord()}), "drug_test REMOVE");
  EXPECT_EQ(Told({OfferNaloxone()}), "naloxone_offer PUT");
  EXPECT_EQ(Told({OfferNaloxone(), RetractRecord()}), "naloxone_offer REMOVE");
  EXPECT_EQ(Told({Reassess(v1::FUNCTIONAL_GAIN_YES)}), "reassessment PUT");
  EXPECT_EQ(Told({Reassess(v1::FUNCTIONAL_GAIN_YES), RetractRecord()}), "reassessment REMOVE");
}

TEST(ProjectionTest, ATotalOfOpioidsIsAppendedToTheTherapy) {
  const auto decision = DecideOn({}, Prescribe(), {}, ShelfOf(Tables()));
  EXPECT_FALSE(decision.refusal.ok()) << "no look into the monitoring programme";
  const auto given = DecideOn({}, Prescribe(), {}, ShelfOf(TablesWithOnly({})));
  const auto changes = ProjectMedication(RecordOf(given.events.at(0).event));
  ASSERT_TRUE(changes.ok());
  ASSERT_EQ(changes->size(), 2);
  const ViewChange& therapy = changes->at(1);
  EXPECT_EQ(therapy.kind(), "opioid_therapy");
  EXPECT_EQ(therapy.view_id(), kPatient);
  EXPECT_EQ(therapy.operation(), projection::v1::CHANGE_OPERATION_PATCH);
  projection::v1::View view;
  ASSERT_TRUE(view.ParseFromString(therapy.view()));
  ASSERT_EQ(view.opioid_therapy().daily_mme_size(), 1);
  EXPECT_TRUE(view.opioid_therapy().daily_mme(0).at_least()) << "one tablet of unknown strength";
}

TEST(ProjectionTest, WhatIsNoEventIsDataLoss) {
  eventlog::Record record = RecordOf({});
  EXPECT_EQ(ProjectMedication(record).status().code(), absl::StatusCode::kDataLoss);
  record.payload = "\x0a\xff";
  EXPECT_EQ(ProjectMedication(record).status().code(), absl::StatusCode::kDataLoss);
}

}  // namespace
}  // namespace anamnesis::medication
