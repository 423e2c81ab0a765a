#include "services/encounter/domain/decide.h"

#include <optional>

#include "anamnesis/rpc/v1/errors.pb.h"
#include "base/clock.h"
#include "services/encounter/domain/encounter_decider.h"
#include "services/encounter/domain/visit_request.h"

namespace anamnesis::encounter {

Decision EncounterDecider::Decide(std::span<const State* const> states, const Command& command,
                                  const decider::DecisionInput& input, const Facts& facts) {
  std::optional<absl::StatusOr<Decision>> decision;
  VisitRequest(command, [&](const auto& request) {
    decision = encounter::Decide({.state = *states.front(),
                                  .input = input,
                                  .facts = facts.patient,
                                  .shelf = facts.rules.get(),
                                  .states = states},
                                 request);
  });
  if (!decision.has_value()) return {.refusal = Refuse(rpc::v1::COMMAND_MISSING)};
  if (!decision->ok()) return {.refusal = decision->status()};
  return **std::move(decision);
}

absl::Status CheckInUse(const v1::PatientFacts& facts) {
  if (facts.survivor_id().empty()) return absl::OkStatus();
  return Refuse(v1::PATIENT_MERGED_AWAY, {.metadata = {{"survivor_id", facts.survivor_id()}}});
}

google::protobuf::Timestamp EffectiveTime(const Situation& at, const rpc::v1::CommandContext& context) {
  return ToTimestamp(decider::EffectiveMicros(context, at.input));
}

}  // namespace anamnesis::encounter
