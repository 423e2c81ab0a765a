// Warnings of the clinical rules are open until somebody says to have seen them.
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "anamnesis/projection/v1/views.pb.h"
#include "base/clock.h"
#include "base/refusal.h"
#include "gmock/gmock.h"
#include "google/rpc/error_details.pb.h"
#include "services/medication/domain/alerts.h"
#include "services/medication/projection/medication_projection.h"
#include "tests/medication/builders.h"
#include "tests/medication/dosing.h"
#include "tests/medication/tables.h"

namespace anamnesis::medication {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

const std::string kOfOrder = absl::StrCat("order/", kOrder);

std::shared_ptr<const RuleShelf> Rules() {
  return ShelfOf(TablesWithOnly({"mme-50", "naloxone-missing", "abrupt-stop"}));
}

v1::MedicationCommand Acknowledge(const std::vector<std::string>& rules = {}, const std::string& resource = kOfOrder) {
  v1::MedicationCommand command;
  v1::AcknowledgeAlertsRequest& request = *command.mutable_acknowledge_alerts();
  request.set_patient_id(kPatient);
  request.set_resource(resource);
  request.mutable_rule_ids()->Assign(rules.begin(), rules.end());
  request.mutable_context()->set_reason("talked about it with the patient");
  return command;
}

// Raises `mme-50` and `naloxone-missing`.
v1::MedicationCommand Fifty(std::string_view id = kOrder) {
  return Prescribe(Daily(kMorphine, "50", id));
}

std::vector<std::string> OpenAfter(const std::vector<v1::MedicationCommand>& commands,
                                   const std::string& resource = kOfOrder) {
  const v1::MedicationState state = After(commands, Rules());
  const auto found = state.open_alerts().find(resource);
  if (found == state.open_alerts().end()) return {};
  return {found->second.rule_ids().begin(), found->second.rule_ids().end()};
}

TEST(Acknowledge, AWarningIsOpenUntilItIsSeen) {
  EXPECT_THAT(OpenAfter({Fifty()}), ElementsAre("mme-50", "naloxone-missing"));
  EXPECT_THAT(OpenAfter({Fifty(), Acknowledge({"mme-50"})}), ElementsAre("naloxone-missing"));
  EXPECT_THAT(OpenAfter({Fifty(), Acknowledge()}), IsEmpty());
  EXPECT_FALSE(After({Fifty(), Acknowledge()}, Rules()).open_alerts().contains(kOfOrder)) << "nothing is kept of it";
}

TEST(Acknowledge, WithTheCommandItself) {
  EXPECT_THAT(OpenAfter({Overriding("mme-50", Fifty())}), ElementsAre("naloxone-missing"));
}

TEST(Acknowledge, WhatOnlyInformsOrWasOverriddenIsNotOpen) {
  const auto decision = DecideOn({}, Fifty(), Having("C50"), Rules());
  v1::MedicationState state;
  ASSERT_TRUE(MedicationDecider::Evolve(state, decision.events.at(0).event).ok());
  EXPECT_THAT(state.open_alerts(), IsEmpty());
  EXPECT_THAT(OpenAfter({Prescribe(Daily(kMorphine, "49"))}), IsEmpty());
}

TEST(Acknowledge, ARuleThatWarnsAgainIsOpenAgain) {
  v1::MedicationCommand more = ChangeDose();
  *more.mutable_change_dose()->mutable_dosages() = Daily(kMorphine, "60").dosages();
  EXPECT_THAT(OpenAfter({Fifty(), Acknowledge(), more}), ElementsAre("mme-50", "naloxone-missing"));
  EXPECT_THAT(OpenAfter({Fifty(), Acknowledge(), Discontinue()}), ElementsAre("abrupt-stop"));
}

TEST(Acknowledge, TheEventSaysWhichWhyAndWhen) {
  const auto decision = DecideOn(After({Fifty()}, Rules()), On(1, Acknowledge()), {}, Rules());
  ASSERT_EQ(Told(decision), "AlertsAcknowledged");
  const v1::AlertsAcknowledged& event = decision.events.at(0).event.alerts_acknowledged();
  EXPECT_EQ(event.revision(), 1U);
  EXPECT_EQ(event.acknowledgement().id(), Input().new_id);
  EXPECT_EQ(event.acknowledgement().resource(), kOfOrder);
  EXPECT_THAT(event.acknowledgement().rule_ids(), ElementsAre("mme-50", "naloxone-missing"));
  EXPECT_EQ(event.acknowledgement().reason(), "talked about it with the patient");
  EXPECT_EQ(ToMicros(event.acknowledgement().time()), kNow + kMicrosOfDay);
  EXPECT_EQ(decision.resource_id, Input().new_id);
}

TEST(Acknowledge, OnlyWhatIsOpenAndForAReason) {
  const v1::MedicationState state = After({Fifty()}, Rules());
  const auto told = [&](const v1::MedicationCommand& command) { return Told(DecideOn(state, command, {}, Rules())); };
  EXPECT_EQ(told(Acknowledge({"mme-90"})), "ALERT_NOT_OPEN");
  EXPECT_EQ(told(Acknowledge({"mme-50", "mme-90"})), "ALERT_NOT_OPEN");
  EXPECT_EQ(told(Acknowledge({}, absl::StrCat("order/", kOtherOrder))), "ALERT_NOT_OPEN");
  EXPECT_EQ(told(Acknowledge({}, absl::StrCat("taper/", kOrder))), "ALERT_NOT_OPEN");
  EXPECT_EQ(told(WithoutReason(Acknowledge())), "REASON_REQUIRED");
  EXPECT_EQ(told(WithoutReason(Acknowledge({"mme-90"}))), "REASON_REQUIRED") << "asked for first";
  EXPECT_EQ(Told(DecideOn(After({Fifty(), Acknowledge()}, Rules()), Acknowledge(), {}, Rules())), "ALERT_NOT_OPEN");
}

TEST(Acknowledge, NothingIsOpenAboutWhatWasEnteredInError) {
  EXPECT_THAT(OpenAfter({Fifty(), Retract()}), IsEmpty());
  EXPECT_EQ(Told(DecideOn(After({Fifty(), Retract()}, Rules()), Acknowledge(), {}, Rules())), "ALERT_NOT_OPEN");
}

// Whatever event takes a view away leaves nothing open about it: an acknowledgement would bring it back.
TEST(RetractedBy, KnowsEveryResourceThatAlertsAreAbout) {
  v1::MedicationEvent event;
  event.mutable_order_retracted()->set_order_id("a");
  EXPECT_EQ(RetractedBy(event), "order/a");
  event.mutable_reconciliation_retracted()->set_reconciliation_id("b");
  EXPECT_EQ(RetractedBy(event), "reconciliation/b");
  event.mutable_pump_record_retracted()->set_record_id("c");
  EXPECT_EQ(RetractedBy(event), "pump/c");
  event.mutable_order_discontinued()->set_order_id("a");
  EXPECT_EQ(RetractedBy(event), "");
}

TEST(Acknowledge, ARefusalNamesWhatIsNotOpen) {
  const auto decision = DecideOn(After({Fifty()}, Rules()), Acknowledge({"mme-50", "mme-90"}), {}, Rules());
  google::rpc::PreconditionFailure failure;
  const auto payload = decision.refusal.GetPayload("type.googleapis.com/google.rpc.PreconditionFailure");
  ASSERT_TRUE(payload.has_value() && failure.ParseFromString(std::string(*payload)));
  ASSERT_EQ(failure.violations_size(), 1);
  EXPECT_EQ(failure.violations(0).type(), "mme-90");
  EXPECT_EQ(failure.violations(0).subject(), kOfOrder);
}

// The steps that the events of the last command add to the view of the order.
std::vector<rpc::v1::AlertStep> StepsOfLast(std::vector<v1::MedicationCommand> commands) {
  const v1::MedicationCommand last = commands.back();
  commands.pop_back();
  const auto decision = DecideOn(After(commands, Rules()), last, {}, Rules());
  eventlog::Record record;
  record.stream = absl::StrCat("medication-", kPatient);
  record.effective_micros = kNow;
  record.payload = decision.events.at(0).event.SerializeAsString();
  const auto changes = ProjectMedication(record);
  EXPECT_TRUE(changes.ok()) << changes.status();
  std::vector<rpc::v1::AlertStep> steps;
  for (const projection::v1::ViewChange& change : *changes) {
    projection::v1::View view;
    EXPECT_TRUE(view.ParseFromString(change.view()));
    EXPECT_EQ(change.view_id() == kOrder, view.has_order());
    steps.insert(steps.end(), view.order().alert_steps().begin(), view.order().alert_steps().end());
  }
  return steps;
}

TEST(Acknowledge, TheViewTellsStepByStep) {
  const auto raised = StepsOfLast({Fifty()});
  ASSERT_EQ(raised.size(), 1U);
  EXPECT_THAT(raised[0].raised(), ElementsAre("mme-50", "naloxone-missing"));
  EXPECT_EQ(ToMicros(raised[0].time()), kNow);
  EXPECT_FALSE(raised[0].has_acknowledged());
  const auto seen = StepsOfLast({Fifty(), Acknowledge({"mme-50"})});
  ASSERT_EQ(seen.size(), 1U);
  EXPECT_THAT(seen[0].raised(), IsEmpty());
  EXPECT_THAT(seen[0].acknowledged().rule_ids(), ElementsAre("mme-50"));
  EXPECT_THAT(StepsOfLast({Overriding("naloxone-missing", Overriding("mme-50", Fifty()))}), IsEmpty());
}

// A new event that brings alerts must be told of in RaisedBy.
TEST(RaisedBy, KnowsEveryEventThatBringsAlerts) {
  const auto& oneof = *v1::MedicationEvent::descriptor()->FindOneofByName("event");
  for (int i = 0; i < oneof.field_count(); ++i) {
    const google::protobuf::FieldDescriptor& field = *oneof.field(i);
    const bool brings =
        field.message_type()->FindFieldByName("alerts") != nullptr && !field.name().ends_with("_refused");
    v1::MedicationEvent event;
    event.GetReflection()->MutableMessage(&event, &field);
    EXPECT_EQ(RaisedBy(event).has_value(), brings) << field.name();
  }
}

}  // namespace
}  // namespace anamnesis::medication
