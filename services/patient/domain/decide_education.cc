// What was taught to the patient and the family.
#include <string>

#include "base/status.h"
#include "services/patient/domain/decide.h"
#include "services/patient/domain/resource.h"

namespace anamnesis::patient {

absl::StatusOr<Decision> Decide(const Situation& at, const v1::RecordEducationRequest& request) {
  v1::PatientEvent event;
  v1::EducationRecorded& recorded = *event.mutable_education_recorded();
  return Record(at, request.education(), event, recorded, *recorded.mutable_education());
}

absl::StatusOr<Decision> Decide(const Situation& at, const v1::RetractEducationRequest& request) {
  v1::PatientEvent event;
  v1::EducationRetracted& retracted = *event.mutable_education_retracted();
  retracted.set_education_id(request.education_id());
  return Retract(at, v1::RESOURCE_KIND_EDUCATION, request.education_id(), request.context(), event, retracted);
}

}  // namespace anamnesis::patient
