#include "services/medication/domain/decide.h"

#include <optional>
#include <span>
#include <utility>

#include "anamnesis/rpc/v1/errors.pb.h"
#include "base/refusal.h"
#include "base/status.h"
#include "services/medication/domain/medication_decider.h"

namespace anamnesis::medication {
namespace {

// The record with what others hold of the same person, as far as the rules ask for it. The day's totals are the
// record's own: those of a record that was merged into it end with the merge, and from then on its own are of all.
v1::MedicationState PersonOf(std::span<const v1::MedicationState* const> records) {
  v1::MedicationState person = *records.front();
  for (const v1::MedicationState* const other : records.subspan(1)) {
    person.mutable_orders()->insert(other->orders().begin(), other->orders().end());
    person.mutable_in_force()->insert(other->in_force().begin(), other->in_force().end());
    person.mutable_past_opioid_uses()->MergeFrom(other->past_opioid_uses());
    person.mutable_stewardship()->insert(other->stewardship().begin(), other->stewardship().end());
  }
  return person;
}

}  // namespace

Decision MedicationDecider::Decide(std::span<const State* const> states, const Command& command,
                                   const decider::DecisionInput& input, const Facts& facts) {
  std::optional<absl::StatusOr<Decision>> decision;
  const std::span<const State* const> joined = states.subspan(1);
  State together;
  if (!joined.empty()) together = PersonOf(states);
  WithRequest(command, [&](const auto& request) {
    const RuleBook& rules = RulesAt(facts.rules.get(), decider::EffectiveMicros(request.context(), input));
    decision = medication::Decide({.state = *states.front(),
                                   .person = joined.empty() ? *states.front() : together,
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
