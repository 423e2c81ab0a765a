// What the decisions about orders share: whom nobody goes on to treat, what the rules say, and what an event notes of
// it.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "services/medication/domain/decide.h"
#include "services/medication/domain/dose/medicine.h"
#include "services/medication/domain/safety/review.h"

namespace anamnesis::medication {

// PATIENT_MERGED_AWAY, PATIENT_DECEASED: nobody begins or goes on to treat such a patient. History is taken all the
// same.
absl::Status CheckPatient(const v1::PatientFacts& patient);

// TAPER_UNDER_WAY if a taper sets the dose of the order.
absl::Status CheckNoTaper(const Situation& at, const std::string& order_id, int64_t at_micros);
// The id of the taper that sets the dose of the order at the instant; empty: none does.
std::string TaperOf(const v1::MedicationState& state, std::string_view order_id, int64_t at_micros);

// When the command takes effect.
inline int64_t EffectiveAt(const Situation& at, const rpc::v1::CommandContext& context) {
  return decider::EffectiveMicros(context, at.input);
}

// The order as the rules are to look at it; `replaces`: see Proposal.
inline Proposal ProposalOf(const Situation& at, const v1::Order& order, int64_t at_micros,
                           std::string_view replaces = {}) {
  return {order, at.person, at.facts, at.rules, at_micros, at.age_seconds, replaces};
}

// What the rules say about the order as the request would have it.
template <class Request>
Alerts Review(const Situation& at, const v1::Order& order, const Request& request, std::string_view replaces = {}) {
  return ReviewSafety(ProposalOf(at, order, EffectiveAt(at, request.context()), replaces), request.overrides());
}

// The refusal, if the rules stop what is asked for: recorded with what they had to say. `asked` says what it is.
// SAFETY_OVERRIDE_REQUIRED, OVERRIDE_NOT_PERMITTED.
std::optional<Decision> Stopped(const Situation& at, const Alerts& alerts, const rpc::v1::CommandContext& context,
                                v1::PrescriptionRefused asked);

// Notes how old the facts may have been, and the tables that the rules were taken from.
template <class Event>
void NoteGrounds(const Situation& at, Event& event) {
  NoteTables(at, event);
  if (at.age_seconds.has_value()) event.set_facts_age_seconds(*at.age_seconds);
}

// The day's opioids from an instant on when all that is in force is taken, but for the order `without`, and `with`
// (null: none).
v1::DailyMmeTotal DailyMmeFrom(const Situation& at, int64_t from_micros, std::string_view without,
                               const v1::Order* with);

// What the medicine gives in a day, by ingredient.
google::protobuf::RepeatedPtrField<v1::IngredientDose> DosesOf(const Situation& at, const Medicine& medicine);

}  // namespace anamnesis::medication
