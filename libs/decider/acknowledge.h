// How open warnings of the clinical rules are acknowledged, the same in every service.
#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "anamnesis/rpc/v1/alerts.pb.h"
#include "base/clock.h"
#include "base/open_alerts.h"
#include "base/refusal.h"
#include "decider/decision.h"

namespace anamnesis::decider {

// By resource name.
using OpenAlerts = google::protobuf::Map<std::string, rpc::v1::OpenAlerts>;

// What the request acknowledges of what is open; `not_open`, with a precondition violation for each rule, where
// something of it is not, or nothing is.
template <class Request, class ErrorEnum>
absl::StatusOr<rpc::v1::Acknowledgement> Acknowledge(const OpenAlerts& open, const Request& request,
                                                     const DecisionInput& input, ErrorEnum not_open) {
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
  rpc::v1::Acknowledgement acknowledgement;
  acknowledgement.set_id(input.new_id);
  acknowledgement.set_resource(request.resource());
  *acknowledgement.mutable_rule_ids() = seen;
  acknowledgement.set_reason(request.context().reason());
  *acknowledgement.mutable_time() = ToTimestamp(EffectiveMicros(request.context(), input));
  return acknowledgement;
}

// A decision about the resource brought these alerts.
inline void NoteAlerts(const std::string& resource, const google::protobuf::RepeatedPtrField<rpc::v1::Alert>& alerts,
                       OpenAlerts& open) {
  const RuleIds raised = Unacknowledged(alerts);
  if (!raised.empty()) Open(raised, *open[resource].mutable_rule_ids());
}

inline void NoteAcknowledged(const rpc::v1::Acknowledgement& acknowledgement, OpenAlerts& open) {
  const auto found = open.find(acknowledgement.resource());
  if (found == open.end()) return;
  Close(acknowledgement.rule_ids(), *found->second.mutable_rule_ids());
  if (found->second.rule_ids().empty()) open.erase(found);
}

}  // namespace anamnesis::decider
