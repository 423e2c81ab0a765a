// What is recorded of a patient here is erased, because the patient service says so.
#include "services/encounter/domain/decide.h"

namespace anamnesis::encounter {

// Recorded also where there is nothing to erase: whoever follows the patient service anew is told of the erasure again,
// and must not do to a later record what was meant for an earlier one. An entry of the directory, whose id was given
// for that of a patient of whom nothing is recorded, is not erased with nobody's record.
absl::StatusOr<Decision> Decide(const Situation& at, const v1::EraseRecordRequest& request) {
  const bool is_mistaken = at.in_directory && at.state.ByteSizeLong() == 0;
  Decision decision{.resource_id = request.patient_id(), .erases = !is_mistaken};
  v1::EncounterEvent event;
  event.mutable_record_erased()->set_erasure_id(request.erasure_id());
  decision.events.push_back({.event = std::move(event)});
  return decision;
}

}  // namespace anamnesis::encounter
