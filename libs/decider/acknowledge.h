// How open warnings of the clinical rules are acknowledged, the same in every service.
#pragma once

#include <optional>
#include <string>
#include <utility>

#include "absl/status/statusor.h"
#include "anamnesis/rpc/v1/alerts.pb.h"
#include "base/clock.h"
#include "base/open_alerts.h"
#include "base/refusal.h"
#include "decider/decision.h"

namespace anamnesis::decider {

// By resource name.
using OpenAlerts = google::protobuf::Map<std::string, rpc::v1::OpenAlerts>;

// Accepts with an event that says what is acknowledged of what is open. `no_reason` where the request gives none;
// `not_open`, with a precondition violation for each rule, where something of it is not open, or nothing is.
template <class Event, class Request, class ErrorEnum>
absl::StatusOr<Decision<Event>> Acknowledge(const OpenAlerts& open, const Request& request, const DecisionInput& input,
                                            ErrorEnum no_reason, ErrorEnum not_open) {
  if (request.context().reason().empty()) return Refuse(no_reason);
  const auto found = open.find(request.resource());
  const RuleIds none;
  const RuleIds& rules = found == open.end() ? none : found->second.rule_ids();
  RuleIds seen;
  Open(request.rule_ids().empty() ? rules : request.rule_ids(), seen);
  RuleIds missing = seen;
  Close(rules, missing);
  if (seen.empty() || !missing.empty()) {
    RefusalDetails details;
    for (const std::string& rule : missing) {
      google::rpc::PreconditionFailure::Violation& violation = details.preconditions.emplace_back();
      violation.set_type(rule);
      violation.set_subject(request.resource());
    }
    return Refuse(not_open, details);
  }
  Event event;
  auto& acknowledged = *event.mutable_alerts_acknowledged();
  acknowledged.set_revision(1);
  rpc::v1::Acknowledgement& acknowledgement = *acknowledged.mutable_acknowledgement();
  acknowledgement.set_id(input.new_id);
  acknowledgement.set_resource(request.resource());
  *acknowledgement.mutable_rule_ids() = std::move(seen);
  acknowledgement.set_reason(request.context().reason());
  *acknowledgement.mutable_time() = ToTimestamp(EffectiveMicros(request.context(), input));
  return Accepted(input.new_id, 1, std::move(event));
}

// What an event does to what is open: it raised alerts, or acknowledges warnings, or takes the resource `retracted`
// back, about which nothing is open then (empty: none).
template <class Event>
void EvolveAlerts(const Event& event, const std::optional<Raised>& raised, const std::string& retracted,
                  OpenAlerts& open) {
  if (raised.has_value()) {
    const RuleIds rules = Unacknowledged(raised->alerts);
    if (!rules.empty()) Open(rules, *open[raised->resource].mutable_rule_ids());
  }
  if (event.has_alerts_acknowledged()) {
    const rpc::v1::Acknowledgement& acknowledgement = event.alerts_acknowledged().acknowledgement();
    const auto found = open.find(acknowledgement.resource());
    if (found == open.end()) return;
    Close(acknowledgement.rule_ids(), *found->second.mutable_rule_ids());
    if (found->second.rule_ids().empty()) open.erase(found);
  }
  if (!retracted.empty()) open.erase(retracted);
}

}  // namespace anamnesis::decider
