#include "services/medication/domain/decide.h"

#include <google/protobuf/arena.h>

#include <optional>
#include <span>
#include <utility>

#include "anamnesis/rpc/v1/errors.pb.h"
#include "base/refusal.h"
#include "base/status.h"
#include "services/medication/domain/medication_decider.h"

namespace anamnesis::medication {
namespace {

// Adds messages to those of one that lives on an arena and is only read: it frees nothing, so they need not be copied.
template <class Message>
void Lend(const google::protobuf::RepeatedPtrField<Message>& from, google::protobuf::RepeatedPtrField<Message>& to) {
  for (const Message& message : from) to.UnsafeArenaAddAllocated(const_cast<Message*>(&message));
}

// What the records of one person hold together, as far as the rules ask for it. The day's totals are the first
// record's: those of a record that was merged into it end with the merge, and from then on its own are of all. Orders
// that have ended are left out but where a command may name them: a long history is not copied for each decision.
const v1::MedicationState* PersonOf(std::span<const v1::MedicationState* const> records, bool with_ended,
                                    google::protobuf::Arena& arena) {
  v1::MedicationState& person = *google::protobuf::Arena::CreateMessage<v1::MedicationState>(&arena);
  Lend(records.front()->daily_mme(), *person.mutable_daily_mme());
  for (const v1::MedicationState* const record : records) {
    if (with_ended) person.mutable_orders()->insert(record->orders().begin(), record->orders().end());
    for (const auto& [id, in_force] : record->in_force()) {
      (*person.mutable_orders())[id] = record->orders().at(id);
      (*person.mutable_in_force())[id] = in_force;
    }
    Lend(record->past_opioid_uses(), *person.mutable_past_opioid_uses());
    person.mutable_stewardship()->insert(record->stewardship().begin(), record->stewardship().end());
  }
  return &person;
}

}  // namespace

Decision MedicationDecider::Decide(std::span<const State* const> states, const Command& command,
                                   const decider::DecisionInput& input, const Facts& facts) {
  std::optional<absl::StatusOr<Decision>> decision;
  google::protobuf::Arena arena;  // What is copied is many small messages, and gone when it is decided.
  const State* person = states.front();
  if (states.size() > 1) person = PersonOf(states, command.has_reconcile_medications(), arena);
  WithRequest(command, [&](const auto& request) {
    const RuleBook& rules = RulesAt(facts.rules.get(), decider::EffectiveMicros(request.context(), input));
    decision = medication::Decide({.state = *states.front(),
                                   .person = *person,
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
