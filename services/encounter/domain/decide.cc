#include "services/encounter/domain/decide.h"

#include <algorithm>
#include <optional>
#include <span>

#include "anamnesis/rpc/v1/errors.pb.h"
#include "base/clock.h"
#include "services/encounter/domain/encounter_decider.h"
#include "services/encounter/domain/visit_request.h"

namespace anamnesis::encounter {
namespace {

// What rules and scores ask for of the record and of those that were merged into it.
v1::EncounterState PersonOf(const v1::EncounterState& record, std::span<const v1::EncounterState* const> joined) {
  v1::EncounterState person;
  *person.mutable_interventions() = record.interventions();
  *person.mutable_questionnaires() = record.questionnaires();
  for (const v1::EncounterState* const other : joined) {
    person.mutable_interventions()->insert(other->interventions().begin(), other->interventions().end());
    person.mutable_questionnaires()->insert(other->questionnaires().begin(), other->questionnaires().end());
  }
  return person;
}

bool IsAnyRegistered(std::span<const v1::EncounterState* const> entries) {
  return std::any_of(entries.begin(), entries.end(),
                     [](const v1::EncounterState* entry) { return entry->directory_revision() > 0; });
}

}  // namespace

Decision EncounterDecider::Decide(std::span<const State* const> states, const Command& command,
                                  const decider::DecisionInput& input, const Facts& facts) {
  std::optional<absl::StatusOr<Decision>> decision;
  const auto joined = static_cast<size_t>(facts.patient.absorbed_ids_size());
  const std::span<const State* const> named = states.first(states.size() - joined);
  State together;
  if (joined > 0) together = PersonOf(*states.front(), states.last(joined));
  VisitRequest(command, [&](const auto& request) {
    decision = encounter::Decide({.state = *states.front(),
                                  .person = joined > 0 ? together : *states.front(),
                                  .input = input,
                                  .facts = facts.patient,
                                  .shelf = facts.rules.get(),
                                  .performer = named.size() > 1 ? named.back() : nullptr,
                                  .in_directory = IsAnyRegistered(named.subspan(1))},
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
