#include "services/medication/domain/decide.h"

#include <optional>
#include <utility>

#include "anamnesis/rpc/v1/errors.pb.h"
#include "base/refusal.h"
#include "base/status.h"
#include "services/medication/domain/medication_decider.h"

namespace anamnesis::medication {

Decision MedicationDecider::Decide(std::span<const State* const> states, const Command& command,
                                   const decider::DecisionInput& input, const Facts& facts) {
  std::optional<absl::StatusOr<Decision>> decision;
  WithRequest(command, [&](const auto& request) {
    const RuleBook& rules = RulesAt(facts.rules.get(), decider::EffectiveMicros(request.context(), input));
    decision = medication::Decide({.state = *states.front(),
                                   .input = input,
                                   .facts = facts.others,
                                   .rules = rules,
                                   .age_seconds = facts.age_seconds},
                                  request);
  });
  if (!decision.has_value()) return {.refusal = Refuse(rpc::v1::COMMAND_MISSING)};
  if (!decision->ok()) return {.refusal = decision->status()};
  return **std::move(decision);
}

absl::StatusOr<const v1::OrderState*> FindOrder(const v1::MedicationState& state, const std::string& order_id,
                                                const rpc::v1::CommandContext& context) {
  const auto found = state.orders().find(order_id);
  if (found == state.orders().end()) return Refuse(v1::ORDER_NOT_FOUND);
  RETURN_IF_ERROR(decider::CheckEtag(context, found->second.revision()));
  return &found->second;
}

absl::Status CheckNotRetracted(const v1::OrderState& order) {
  if (order.status() == v1::ORDER_STATUS_ENTERED_IN_ERROR) return Refuse(v1::ORDER_RETRACTED);
  return absl::OkStatus();
}

absl::Status CheckNotEnded(const v1::OrderState& order) {
  RETURN_IF_ERROR(CheckNotRetracted(order));
  switch (order.status()) {
    case v1::ORDER_STATUS_COMPLETED:
    case v1::ORDER_STATUS_STOPPED:
    case v1::ORDER_STATUS_CANCELLED:
      return Refuse(v1::ORDER_ENDED);
    default:
      return absl::OkStatus();
  }
}

absl::Status CheckActive(const v1::OrderState& order) {
  RETURN_IF_ERROR(CheckNotEnded(order));
  if (order.status() == v1::ORDER_STATUS_ON_HOLD) return Refuse(v1::ORDER_ON_HOLD);
  if (order.status() != v1::ORDER_STATUS_ACTIVE) return Refuse(v1::ORDER_NOT_ACTIVE);
  return absl::OkStatus();
}

absl::Status CheckReason(const rpc::v1::CommandContext& context) {
  return context.reason().empty() ? Refuse(v1::REASON_REQUIRED) : absl::OkStatus();
}

}  // namespace anamnesis::medication
