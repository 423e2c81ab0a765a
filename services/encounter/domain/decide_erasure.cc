// What is recorded of a patient here is erased, because the patient service says so.
#include "services/encounter/domain/decide.h"

namespace anamnesis::encounter {

// A history that says nothing is as good as none: there is nothing to erase, or it was done.
absl::StatusOr<Decision> Decide(const Situation& at, const v1::EraseRecordRequest& request) {
  Decision decision{.resource_id = request.patient_id()};
  if (at.state.ByteSizeLong() == 0) return decision;
  decision.erases = true;
  v1::EncounterEvent event;
  event.mutable_record_erased()->set_erasure_id(request.erasure_id());
  decision.events.push_back({.event = std::move(event)});
  return decision;
}

}  // namespace anamnesis::encounter
