#include "services/medication/audit/past_decision.h"

#include <google/protobuf/util/message_differencer.h>

#include <algorithm>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "base/clock.h"
#include "base/refusal.h"

namespace anamnesis::medication {
namespace {

using Event = v1::MedicationEvent;

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
         type == v1::DrugTestRecorded::descriptor()->full_name();
}

std::optional<v1::MedicationCommand> CommandOf(const eventlog::Record& record, const Event& event) {
  v1::MedicationCommand command;
  switch (event.event_case()) {
    case Event::kOrderPrescribed: {
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
  const auto copy = [](const auto& alerts) { return std::vector<rpc::v1::Alert>(alerts.begin(), alerts.end()); };
  if (event.has_order_prescribed()) return copy(event.order_prescribed().alerts());
  if (event.has_dose_changed()) return copy(event.dose_changed().alerts());
  if (event.has_order_discontinued()) return copy(event.order_discontinued().alerts());
  return {};
}

std::optional<uint32_t> AgeOf(const Event& event) {
  const auto age = [](const auto& change) {
    return change.has_facts_age_seconds() ? std::optional<uint32_t>(change.facts_age_seconds()) : std::nullopt;
  };
  if (event.has_order_prescribed()) return age(event.order_prescribed());
  if (event.has_dose_changed()) return age(event.dose_changed());
  return std::nullopt;
}

v1::DecidedAgain DecideAgain(const v1::MedicationCommand& command, const v1::MedicationState& before,
                             const Known& known, const Event& recorded) {
  v1::DecidedAgain again;
  const v1::MedicationState* const states[] = {&before};
  const auto decision = MedicationDecider::Decide(states, command, {}, known);
  if (!decision.refusal.ok()) {
    again.set_refusal(RefusalInfo(decision.refusal).reason());
    for (const std::string& rule : StoppedBy(decision.refusal)) again.add_stopped_by(rule);
    return again;
  }
  again.mutable_alerts()->Assign(decision.alerts.begin(), decision.alerts.end());
  again.set_same(decision.events.size() == 1 &&
                 google::protobuf::util::MessageDifferencer::Equals(decision.events.front().event, recorded));
  return again;
}

bool Differs(const Event& recorded, const v1::DecidedAgain& again) {
  return !again.refusal().empty() || WhatIsSaid(AlertsOf(recorded)) != WhatIsSaid(again.alerts());
}

}  // namespace anamnesis::medication
