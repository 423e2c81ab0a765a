#include "services/medication/audit/past_decision.h"

#include <google/protobuf/reflection.h>
#include <google/protobuf/util/message_differencer.h>

#include <algorithm>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "base/clock.h"
#include "base/refusal.h"
#include "services/medication/domain/decide.h"

namespace anamnesis::medication {
namespace {

using Event = v1::MedicationEvent;

// What the event says; null where it is of no kind.
const google::protobuf::Message* MemberOf(const Event& event) {
  const auto* const field =
      event.GetReflection()->GetOneofFieldDescriptor(event, Event::descriptor()->FindOneofByName("event"));
  return field == nullptr ? nullptr : &event.GetReflection()->GetMessage(event, field);
}

// Fills what every command carries from what was recorded.
template <class Request>
void Fill(Request& request, const eventlog::Record& record, const std::string& reason) {
  request.set_patient_id(std::string(eventlog::EntityOf(record.stream)));
  request.mutable_context()->set_reason(reason);
  *request.mutable_context()->mutable_effective_time() = ToTimestamp(record.effective_micros);
}

template <class Request, class Alerts>
void FillOverrides(Request& request, const Alerts& alerts) {
  for (const rpc::v1::Alert& alert : alerts) {
    if (alert.override_reason().empty()) continue;
    rpc::v1::AlertOverride& given = *request.add_overrides();
    given.set_rule_id(alert.rule_id());
    given.set_reason(alert.override_reason());
  }
}

// The renewal that the new order came of.
v1::MedicationCommand RenewalOf(const eventlog::Record& record, const v1::OrderPrescribed& prescribed) {
  const v1::Order& order = prescribed.order();
  v1::MedicationCommand command;
  v1::RenewOrderRequest& request = *command.mutable_renew_order();
  Fill(request, record, "");
  request.set_order_id(order.prior_order_id());
  request.set_new_order_id(order.id());
  *request.mutable_dosages() = order.dosages();
  if (order.has_quantity()) *request.mutable_quantity() = order.quantity();
  if (order.has_refills_allowed()) request.set_refills_allowed(order.refills_allowed());
  if (order.has_days_supply()) request.set_days_supply(order.days_supply());
  if (order.has_validity()) *request.mutable_validity() = order.validity();
  *request.mutable_indications() = order.indications();
  request.set_prescriber_id(order.prescriber_id());
  if (order.has_provenance()) *request.mutable_provenance() = order.provenance();
  FillOverrides(request, prescribed.alerts());
  return command;
}

// The rules that stop what nobody overrode.
std::vector<std::string> StoppedBy(const absl::Status& refusal) {
  std::vector<std::string> rules;
  const google::rpc::Status status = ToRpcStatus(refusal);
  for (const google::protobuf::Any& detail : status.details()) {
    google::rpc::PreconditionFailure failure;
    if (!detail.UnpackTo(&failure)) continue;
    for (const auto& violation : failure.violations()) rules.push_back(violation.type());
  }
  return rules;
}

// Roles of somebody who may override, when the command takes effect.
std::vector<std::string> OverrideRoles(const Known& known, const v1::MedicationCommand& command) {
  std::vector<std::string> roles;
  WithRequest(command, [&](const auto& request) {
    roles = RulesAt(known.rules.get(), decider::EffectiveMicros(request.context(), {})).override_roles();
  });
  return roles;
}

using Said = std::vector<std::tuple<std::string, int, std::string>>;

template <class Alerts>
Said WhatIsSaid(const Alerts& alerts) {
  Said said;
  for (const rpc::v1::Alert& alert : alerts) {
    said.emplace_back(alert.rule_id(), alert.severity(), alert.override_reason());
  }
  std::ranges::sort(said);
  return said;
}

}  // namespace

bool IsDecisionType(std::string_view type) {
  return type == v1::OrderPrescribed::descriptor()->full_name() || type == v1::DoseChanged::descriptor()->full_name() ||
         type == v1::OrderDiscontinued::descriptor()->full_name() ||
         type == v1::OrderCompleted::descriptor()->full_name() ||
         type == v1::TaperPlanned::descriptor()->full_name() || type == v1::TaperRevised::descriptor()->full_name() ||
         type == v1::MedicationsReconciled::descriptor()->full_name() ||
         type == v1::PumpProgrammed::descriptor()->full_name() ||
         type == v1::DrugTestRecorded::descriptor()->full_name();
}

std::optional<v1::MedicationCommand> CommandOf(const eventlog::Record& record, const Event& event) {
  v1::MedicationCommand command;
  switch (event.event_case()) {
    case Event::kOrderPrescribed: {
      if (event.order_prescribed().renewal()) return RenewalOf(record, event.order_prescribed());
      v1::PrescribeRequest& request = *command.mutable_prescribe();
      Fill(request, record, "");
      *request.mutable_order() = event.order_prescribed().order();
      FillOverrides(request, event.order_prescribed().alerts());
      return command;
    }
    case Event::kDoseChanged: {
      v1::ChangeDoseRequest& request = *command.mutable_change_dose();
      Fill(request, record, event.dose_changed().reason());
      request.set_order_id(event.dose_changed().order_id());
      *request.mutable_dosages() = event.dose_changed().dosages();
      FillOverrides(request, event.dose_changed().alerts());
      return command;
    }
    case Event::kOrderDiscontinued: {
      v1::DiscontinueOrderRequest& request = *command.mutable_discontinue_order();
      Fill(request, record, event.order_discontinued().reason());
      request.set_order_id(event.order_discontinued().order_id());
      return command;
    }
    case Event::kOrderCompleted: {
      v1::CompleteOrderRequest& request = *command.mutable_complete_order();
      Fill(request, record, "");
      request.set_order_id(event.order_completed().order_id());
      return command;
    }
    case Event::kTaperPlanned: {
      v1::PlanTaperRequest& request = *command.mutable_plan_taper();
      Fill(request, record, "");
      *request.mutable_taper() = event.taper_planned().taper();
      FillOverrides(request, event.taper_planned().alerts());
      return command;
    }
    case Event::kTaperRevised: {
      const v1::TaperRevised& revised = event.taper_revised();
      v1::ReviseTaperRequest& request = *command.mutable_revise_taper();
      Fill(request, record, revised.reason());
      request.set_taper_id(revised.taper().id());
      *request.mutable_steps() = revised.taper().steps();
      if (revised.taper().has_ends()) *request.mutable_ends() = revised.taper().ends();
      FillOverrides(request, revised.alerts());
      return command;
    }
    case Event::kMedicationsReconciled: {
      v1::ReconcileMedicationsRequest& request = *command.mutable_reconcile_medications();
      Fill(request, record, "");
      *request.mutable_reconciliation() = event.medications_reconciled().reconciliation();
      return command;
    }
    case Event::kPumpProgrammed: {
      v1::ProgrammePumpRequest& request = *command.mutable_programme_pump();
      Fill(request, record, "");
      *request.mutable_programme() = event.pump_programmed().programme();
      FillOverrides(request, event.pump_programmed().alerts());
      return command;
    }
    case Event::kDrugTestRecorded: {
      v1::RecordDrugTestRequest& request = *command.mutable_record_drug_test();
      Fill(request, record, "");
      *request.mutable_drug_test() = event.drug_test_recorded().drug_test();
      return command;
    }
    default:
      return std::nullopt;
  }
}

std::vector<rpc::v1::Alert> AlertsOf(const Event& event) {
  std::vector<rpc::v1::Alert> alerts;
  const google::protobuf::Message* const decided = MemberOf(event);
  const auto* const field = decided == nullptr ? nullptr : decided->GetDescriptor()->FindFieldByName("alerts");
  if (field == nullptr) return alerts;
  const auto recorded = decided->GetReflection()->GetRepeatedFieldRef<rpc::v1::Alert>(*decided, field);
  alerts.assign(recorded.begin(), recorded.end());
  return alerts;
}

std::optional<uint32_t> AgeOf(const Event& event) {
  const google::protobuf::Message* const decided = MemberOf(event);
  const auto* const field =
      decided == nullptr ? nullptr : decided->GetDescriptor()->FindFieldByName("facts_age_seconds");
  if (field == nullptr || !decided->GetReflection()->HasField(*decided, field)) return std::nullopt;
  return decided->GetReflection()->GetUInt32(*decided, field);
}

v1::DecidedAgain DecideAgain(const v1::MedicationCommand& command, const v1::MedicationState& before,
                             const Known& known, const Event& recorded) {
  v1::DecidedAgain again;
  const v1::MedicationState* const states[] = {&before};
  // Who overrode was permitted to.
  const decider::DecisionInput input{.roles = OverrideRoles(known, command)};
  const auto decision = MedicationDecider::Decide(states, command, input, known);
  if (!decision.refusal.ok()) {
    again.set_refusal(RefusalInfo(decision.refusal).reason());
    for (const std::string& rule : StoppedBy(decision.refusal)) again.add_stopped_by(rule);
    return again;
  }
  again.mutable_alerts()->Assign(decision.alerts.begin(), decision.alerts.end());
  again.set_same(!decision.events.empty() &&
                 google::protobuf::util::MessageDifferencer::Equals(decision.events.front().event, recorded));
  return again;
}

bool Differs(const Event& recorded, const v1::DecidedAgain& again) {
  return !again.refusal().empty() || WhatIsSaid(AlertsOf(recorded)) != WhatIsSaid(again.alerts());
}

}  // namespace anamnesis::medication
