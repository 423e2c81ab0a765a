// What tapers, reconciliations, pumps and renewals do to views.
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "anamnesis/projection/v1/views.pb.h"
#include "gmock/gmock.h"
#include "services/medication/projection/medication_projection.h"
#include "tests/medication/builders.h"

namespace anamnesis::medication {
namespace {

using projection::v1::View;
using projection::v1::ViewChange;
using testing::ElementsAre;

constexpr char kTaper[] = "00000000-0000-4000-8000-0000000000f7";
constexpr char kPump[] = "00000000-0000-4000-8000-0000000000b0";
constexpr char kRefill[] = "00000000-0000-4000-8000-0000000000b2";

std::vector<ViewChange> Project(const v1::MedicationEvent& event) {
  eventlog::Record record;
  record.stream = absl::StrCat("medication-", kPatient);
  record.payload = event.SerializeAsString();
  auto changes = ProjectMedication(record);
  EXPECT_TRUE(changes.ok()) << changes.status();
  return changes.ok() ? *std::move(changes) : std::vector<ViewChange>();
}

View ViewOf(const ViewChange& change) {
  View view;
  EXPECT_TRUE(view.ParseFromString(change.view()));
  return view;
}

// `PUT taper/<last two of its id>`.
std::vector<std::string> Told(const std::vector<ViewChange>& changes) {
  std::vector<std::string> told;
  for (const ViewChange& change : changes) {
    const std::string operation = projection::v1::ChangeOperation_Name(change.operation());
    told.push_back(
        absl::StrCat(operation.substr(operation.rfind('_') + 1), " ", change.kind(), "/", change.view_id().substr(34)));
  }
  return told;
}

TEST(PlansProjection, ATaperIsAViewAndTheDosagesOfItsOrder) {
  v1::MedicationEvent event;
  v1::TaperPlanned& planned = *event.mutable_taper_planned();
  planned.mutable_taper()->set_id(kTaper);
  planned.mutable_taper()->set_order_id(kOrder);
  planned.add_dosages()->set_text("half a tablet");
  planned.set_revision(1);
  planned.set_order_revision(4);
  planned.mutable_daily_mme()->set_mme_per_day("30");
  const auto changes = Project(event);
  ASSERT_THAT(Told(changes), ElementsAre("PUT taper/f7", "PATCH order/0a", "PATCH opioid_therapy/01"));
  EXPECT_EQ(ViewOf(changes[0]).taper().etag(), "1");
  EXPECT_EQ(ViewOf(changes[1]).order().etag(), "4");
  EXPECT_EQ(ViewOf(changes[1]).order().order().dosages(0).text(), "half a tablet");
  EXPECT_THAT(changes[1].replace(), ElementsAre("order.dosages"));
}

TEST(PlansProjection, AStoppedTaperSaysWhy) {
  v1::MedicationEvent event;
  v1::TaperStopped& stopped = *event.mutable_taper_stopped();
  stopped.set_taper_id(kTaper);
  stopped.set_order_id(kOrder);
  stopped.set_reason("pain is back");
  const auto changes = Project(event);
  ASSERT_THAT(Told(changes), ElementsAre("PATCH taper/f7", "PATCH order/0a"));
  EXPECT_EQ(ViewOf(changes[0]).taper().stop_reason(), "pain is back");
}

TEST(PlansProjection, ARenewedOrderIsCompletedAndItsTaperGoesOn) {
  v1::MedicationEvent event;
  event.mutable_order_renewed()->set_order_id(kOrder);
  event.mutable_order_renewed()->set_renewed_by(kOtherOrder);
  event.mutable_order_renewed()->set_taper_id(kTaper);
  const auto changes = Project(event);
  ASSERT_THAT(Told(changes), ElementsAre("PATCH order/0a", "PATCH taper/f7"));
  EXPECT_EQ(ViewOf(changes[0]).order().order().status(), v1::ORDER_STATUS_COMPLETED);
  EXPECT_EQ(ViewOf(changes[1]).taper().taper().order_id(), kOtherOrder);
  event.mutable_order_renewed()->clear_taper_id();
  EXPECT_THAT(Told(Project(event)), ElementsAre("PATCH order/0a"));
}

TEST(PlansProjection, AReconciliationIsPutAndTaken) {
  v1::MedicationEvent event;
  event.mutable_medications_reconciled()->mutable_reconciliation()->set_id(kRecord);
  event.mutable_medications_reconciled()->add_findings()->set_order_id(kOrder);
  const auto changes = Project(event);
  ASSERT_THAT(Told(changes), ElementsAre("PUT reconciliation/0f"));
  EXPECT_EQ(ViewOf(changes[0]).reconciliation().findings_size(), 1);
  v1::MedicationEvent retracted;
  retracted.mutable_reconciliation_retracted()->set_reconciliation_id(kRecord);
  EXPECT_THAT(Told(Project(retracted)), ElementsAre("REMOVE reconciliation/0f"));
}

TEST(PlansProjection, AProgrammeEndsTheOneThatItReplaces) {
  v1::MedicationEvent event;
  v1::PumpProgrammed& programmed = *event.mutable_pump_programmed();
  programmed.mutable_programme()->set_id(kPump);
  programmed.mutable_programme()->mutable_programmed()->set_seconds(7);
  programmed.set_replaces_id(kOtherRecord);
  const auto changes = Project(event);
  ASSERT_THAT(Told(changes), ElementsAre("PATCH pump/f0", "PUT pump/b0"));
  EXPECT_EQ(ViewOf(changes[0]).pump().ended().seconds(), 7);
  EXPECT_THAT(changes[0].replace(), ElementsAre("refill_due"));
}

TEST(PlansProjection, RefillsAndTheirRetractionSayWhenTheNextIsDue) {
  v1::MedicationEvent refilled;
  refilled.mutable_pump_refilled()->mutable_refill()->set_id(kRefill);
  refilled.mutable_pump_refilled()->mutable_refill()->set_programme_id(kPump);
  refilled.mutable_pump_refilled()->mutable_refill_due()->mutable_due()->set_seconds(9);
  auto changes = Project(refilled);
  ASSERT_THAT(Told(changes), ElementsAre("PATCH pump/b0"));
  EXPECT_EQ(ViewOf(changes[0]).pump().refill_due().due().seconds(), 9);
  EXPECT_EQ(ViewOf(changes[0]).pump().refills(0).id(), kRefill);
  v1::MedicationEvent retracted;
  v1::PumpRecordRetracted& record = *retracted.mutable_pump_record_retracted();
  record.set_record_id(kRefill);
  record.set_programme_id(kPump);
  record.set_kind(v1::PUMP_RECORD_KIND_REFILL);
  changes = Project(retracted);
  ASSERT_THAT(Told(changes), ElementsAre("PATCH pump/b0"));
  EXPECT_THAT(ViewOf(changes[0]).pump().retracted_ids(), ElementsAre(kRefill));
  EXPECT_THAT(changes[0].replace(), ElementsAre("refill_due")) << "the date that it gave is gone";
  record.set_kind(v1::PUMP_RECORD_KIND_PROGRAMME);
  record.set_record_id(kPump);
  EXPECT_THAT(Told(Project(retracted)), ElementsAre("REMOVE pump/b0"));
}

TEST(PlansProjection, AStoppedPumpIsDueNoMore) {
  v1::MedicationEvent event;
  event.mutable_pump_stopped()->set_programme_id(kPump);
  event.mutable_pump_stopped()->set_reason("infection");
  const auto changes = Project(event);
  ASSERT_THAT(Told(changes), ElementsAre("PATCH pump/b0"));
  EXPECT_THAT(changes[0].replace(), ElementsAre("refill_due"));
  EXPECT_EQ(ViewOf(changes[0]).pump().stop_reason(), "infection");
}

}  // namespace
}  // namespace anamnesis::medication
