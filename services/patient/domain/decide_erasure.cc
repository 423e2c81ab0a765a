// A record is erased: that it was, why and who answers for it is recorded; nothing that was recorded before can be
// read.
#include "base/refusal.h"
#include "base/status.h"
#include "services/patient/domain/decide.h"

namespace anamnesis::patient {

// A record that was merged into another may be erased, and one that others were merged into: each is erased by itself.
// So may one that is not registered, or was erased before: other services may have recorded something of it, and erase
// it because this says so. But the id of an erasure is no patient's: why something was erased stays.
absl::StatusOr<Decision> Decide(const Situation& at, const v1::ErasePatientRequest& request) {
  if (at.duplicate->revision() > 0) return Refuse(v1::PATIENT_NOT_FOUND);
  RETURN_IF_ERROR(decider::CheckEtag(request.context(), at.patient.revision()));
  RETURN_IF_ERROR(CheckReason(request.context()));

  Decision decision{.resource_id = request.patient_id(), .erases = true};
  v1::PatientEvent erased;
  erased.mutable_patient_erased()->set_erasure_id(at.input.new_id);
  decision.events.push_back({.event = erased, .stream = 0});

  v1::PatientEvent why;
  v1::ErasureRecorded& recorded = *why.mutable_erasure_recorded();
  recorded.set_erasure_id(at.input.new_id);
  recorded.set_patient_id(request.patient_id());
  recorded.set_reason(request.context().reason());
  recorded.set_approved_by(request.approved_by());
  decision.events.push_back({.event = why, .stream = 1});
  return decision;
}

}  // namespace anamnesis::patient
