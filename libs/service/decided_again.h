// A decision that was recorded, made again.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "anamnesis/audit/v1/decisions.pb.h"
#include "anamnesis/rpc/v1/command.pb.h"
#include "decider/decider.h"
#include "google/protobuf/message.h"

namespace anamnesis::service {

// What the clinical rules had to say: the member `alerts` of the event, if it has one.
std::vector<rpc::v1::Alert> AlertsOf(const google::protobuf::Message& event);

// What came of it, beside the recorded event; `event` is null where there is none.
audit::v1::DecidedAgain Compared(const google::protobuf::Message& recorded, const absl::Status& refusal,
                                 const std::vector<rpc::v1::Alert>& alerts, const google::protobuf::Message* event);

// The name of the refusal that the event records: its member `refusal`, if it has one.
std::string RefusalOf(const google::protobuf::Message& event);

// Whether rules, severities, overrides, results or the refusal differ. Other table versions by themselves are none.
bool Differs(const google::protobuf::Message& recorded, const audit::v1::DecidedAgain& again);

// Decides again: on the states before the event, one for each stream of the command, with what was known then. What
// came of it is its first event.
template <decider::Decider D>
audit::v1::DecidedAgain DecideAgain(std::span<const typename D::State* const> states,
                                    const typename D::Command& command, const decider::DecisionInput& input,
                                    const typename D::Facts& known, const typename D::Event& recorded) {
  const auto decision = D::Decide(states, command, input, known);
  return Compared(recorded, decision.refusal, decision.alerts,
                  decision.events.empty() ? nullptr : &decision.events.front().event);
}

}  // namespace anamnesis::service
