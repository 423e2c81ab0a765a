// What is found when what a patient takes is laid beside what is ordered.
#include <cstring>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "base/clock.h"
#include "gmock/gmock.h"
#include "tests/medication/builders.h"
#include "tests/medication/dosing.h"
#include "tests/medication/tables.h"

namespace anamnesis::medication {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

constexpr char kDiazepam[] = "3322";

v1::ReconciledMedication Ordered(v1::Taking taking, std::string_view order_id = kOrder) {
  v1::ReconciledMedication medication;
  medication.set_order_id(std::string(order_id));
  medication.set_taking(taking);
  return medication;
}

v1::ReconciledMedication Unordered(const std::string& ingredient, v1::Taking taking = v1::TAKING_DIFFERENTLY) {
  v1::ReconciledMedication medication;
  *medication.mutable_medication()->add_codings() = RxNorm(ingredient);
  *medication.add_ingredients()->mutable_coding() = RxNorm(ingredient);
  medication.set_taking(taking);
  return medication;
}

v1::MedicationCommand Reconcile(const std::vector<v1::ReconciledMedication>& medications, bool complete = true) {
  v1::MedicationCommand command;
  v1::ReconcileMedicationsRequest& request = *command.mutable_reconcile_medications();
  request.set_patient_id(kPatient);
  request.mutable_reconciliation()->set_id(kRecord);
  request.mutable_reconciliation()->mutable_medications()->Assign(medications.begin(), medications.end());
  request.mutable_reconciliation()->set_complete(complete);
  return command;
}

v1::MedicationCommand RetractReconciliation() {
  v1::MedicationCommand command;
  command.mutable_retract_reconciliation()->set_patient_id(kPatient);
  command.mutable_retract_reconciliation()->set_reconciliation_id(kRecord);
  command.mutable_retract_reconciliation()->mutable_context()->set_reason("another patient's list");
  return command;
}

// `order left out a`, `taken without order 2`: the last digit of the order, the number in the list.
std::vector<std::string> Findings(const std::vector<v1::MedicationCommand>& given, const v1::MedicationCommand& when) {
  const auto silent = ShelfOf(TablesWithOnly({}));
  const auto decision = DecideOn(After(given, silent), when, {}, silent);
  std::vector<std::string> told;
  if (decision.events.empty()) return {Told(decision)};
  for (const auto& finding : decision.events[0].event.medications_reconciled().findings()) {
    std::string name =
        v1::ReconciliationFindingKind_Name(finding.kind()).substr(strlen("RECONCILIATION_FINDING_KIND_"));
    absl::StrAppend(&name, " ", finding.order_id().empty() ? "-" : finding.order_id().substr(35), " ",
                    finding.medication());
    told.push_back(name);
  }
  return told;
}

TEST(Reconciliation, WhatAgreesIsNoFinding) {
  EXPECT_THAT(Findings({Prescribe()}, Reconcile({Ordered(v1::TAKING_AS_ORDERED)})), IsEmpty());
  EXPECT_THAT(Findings({Prescribe(), Discontinue()}, Reconcile({Ordered(v1::TAKING_NOT)})), IsEmpty());
  EXPECT_THAT(Findings({}, Reconcile({Unordered(kMorphine, v1::TAKING_NOT)})), IsEmpty());
  EXPECT_THAT(Findings({}, Reconcile({})), IsEmpty());
}

TEST(Reconciliation, EveryDifferenceIsAFinding) {
  EXPECT_THAT(Findings({Prescribe()}, Reconcile({Ordered(v1::TAKING_NOT)})), ElementsAre("ORDER_NOT_TAKEN a 1"));
  EXPECT_THAT(Findings({Prescribe()}, Reconcile({Ordered(v1::TAKING_DIFFERENTLY)})),
              ElementsAre("TAKEN_DIFFERENTLY a 1"));
  EXPECT_THAT(Findings({Prescribe()}, Reconcile({Ordered(v1::TAKING_UNKNOWN)})), ElementsAre("UNKNOWN a 1"));
  EXPECT_THAT(Findings({Prescribe(), Hold()}, Reconcile({Ordered(v1::TAKING_AS_ORDERED)})),
              ElementsAre("TAKEN_AFTER_ORDER a 1"));
  EXPECT_THAT(Findings({Prescribe(), Discontinue()}, Reconcile({Ordered(v1::TAKING_AS_ORDERED)})),
              ElementsAre("TAKEN_AFTER_ORDER a 1"));
  EXPECT_THAT(Findings({}, Reconcile({Unordered(kAcetaminophen), Unordered(kDiazepam)})),
              ElementsAre("TAKEN_WITHOUT_ORDER - 1", "TAKEN_WITHOUT_ORDER - 2"));
}

TEST(Reconciliation, OnlyACompleteListLeavesOrdersOut) {
  const std::vector<v1::MedicationCommand> given = {Prescribe(), Prescribe(OrderOf({kAcetaminophen}, kOtherOrder))};
  EXPECT_THAT(Findings(given, Reconcile({Ordered(v1::TAKING_AS_ORDERED)})), ElementsAre("ORDER_LEFT_OUT b 0"));
  EXPECT_THAT(Findings(given, Reconcile({Ordered(v1::TAKING_AS_ORDERED)}, false)), IsEmpty());
  EXPECT_THAT(Findings({Prescribe(), Hold()}, Reconcile({})), IsEmpty()) << "what is on hold is not taken";
}

TEST(Reconciliation, TheRulesAreAskedAboutWhatIsTakenWithoutAnOrder) {
  const auto rules = ShelfOf(TablesWithOnly({"opioid-cns-depressant", "pdmp-initiation"}));
  const v1::MedicationState state = After({Prescribe()}, ShelfOf(TablesWithOnly({})));
  const auto told = [&](const v1::ReconciledMedication& medication) {
    return Told(DecideOn(state, Reconcile({medication}), Knowing({AllergyTo(kAcetaminophen)}), rules));
  };
  EXPECT_EQ(told(Unordered(kDiazepam)), "MedicationsReconciled: block opioid-cns-depressant");
  EXPECT_EQ(told(Unordered(kDiazepam, v1::TAKING_NOT)), "MedicationsReconciled");
  EXPECT_EQ(told(Unordered(kAcetaminophen)), "MedicationsReconciled: block allergy-ingredient");
  EXPECT_EQ(told(Unordered(kMorphine)), "MedicationsReconciled") << "nobody initiates it here";
}

TEST(Reconciliation, AnAlertNamesTheListAndNoOrder) {
  const auto decision = DecideOn({}, Reconcile({Unordered(kMorphine)}), {}, ShelfOf(TablesWithOnly({"mme-unknown"})));
  ASSERT_EQ(decision.alerts.size(), 1u) << "its dose is unknown";
  EXPECT_THAT(decision.alerts[0].facts(), ElementsAre(absl::StrCat("reconciliation/", kRecord)));
}

TEST(Reconciliation, Refusals) {
  EXPECT_EQ(Told(DecideOn({}, Reconcile({Ordered(v1::TAKING_NOT)}))), "ORDER_NOT_FOUND");
  v1::ReconciledMedication nothing;
  nothing.set_taking(v1::TAKING_AS_ORDERED);
  EXPECT_EQ(Told(DecideOn({}, Reconcile({nothing}))), "MEDICATION_REQUIRED");
  EXPECT_EQ(Told(DecideOn({}, Reconcile({nothing, Ordered(v1::TAKING_NOT)}))), "ORDER_NOT_FOUND");
  const v1::MedicationState once = After({Reconcile({})});
  EXPECT_EQ(Told(DecideOn(once, Reconcile({}))), "RECONCILIATION_ALREADY_EXISTS");
  EXPECT_EQ(Told(DecideOn(once, Seen(2, RetractReconciliation()))), "ETAG_MISMATCH");
  EXPECT_EQ(Told(DecideOn(once, WithoutReason(RetractReconciliation()))), "REASON_REQUIRED");
  EXPECT_EQ(Told(DecideOn(once, RetractReconciliation())), "ReconciliationRetracted");
  EXPECT_EQ(Told(DecideOn({}, RetractReconciliation())), "RECONCILIATION_NOT_FOUND");
  const v1::MedicationState retracted = After({Reconcile({}), RetractReconciliation()});
  EXPECT_EQ(Told(DecideOn(retracted, Seen(1, RetractReconciliation()))), "ETAG_MISMATCH") << "before the rest";
  EXPECT_EQ(Told(DecideOn(retracted, WithoutReason(RetractReconciliation()))), "RECONCILIATION_RETRACTED");
  EXPECT_EQ(Told(DecideOn(once, Reconcile({Ordered(v1::TAKING_NOT)}))), "RECONCILIATION_ALREADY_EXISTS");
  EXPECT_EQ(Told(DecideOn(After({Reconcile({}), RetractReconciliation()}), RetractReconciliation())),
            "RECONCILIATION_RETRACTED");
}

}  // namespace
}  // namespace anamnesis::medication
