// What is recorded of a patient here is erased, because the patient service says so.
#include "services/medication/domain/decide.h"

namespace anamnesis::medication {

// Recorded also where there is nothing to erase: whoever follows the patient service anew is told of the erasure again,
// and must not do to a later record what was meant for an earlier one.
absl::StatusOr<Decision> Decide(const Situation&, const v1::EraseRecordRequest& request) {
  Decision decision{.resource_id = request.patient_id(), .erases = true};
  v1::MedicationEvent event;
  event.mutable_record_erased()->set_erasure_id(request.erasure_id());
  decision.events.push_back({.event = std::move(event)});
  return decision;
}

}  // namespace anamnesis::medication
