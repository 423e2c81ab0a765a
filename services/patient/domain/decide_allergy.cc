// Allergies and intolerances.
#include <string>

#include "base/status.h"
#include "services/patient/domain/decide.h"
#include "services/patient/domain/resource.h"

namespace anamnesis::patient {
namespace {

constexpr v1::ResourceKind kKind = v1::RESOURCE_KIND_ALLERGY;

}  // namespace

absl::StatusOr<Decision> Decide(const Situation& at, const v1::RecordAllergyRequest& request) {
  v1::PatientEvent event;
  v1::AllergyRecorded& recorded = *event.mutable_allergy_recorded();
  return Record(at, request.allergy(), event, recorded, *recorded.mutable_allergy());
}

absl::StatusOr<Decision> Decide(const Situation& at, const v1::ReviseAllergyRequest& request) {
  const std::string& id = request.allergy().id();
  ASSIGN_OR_RETURN(const v1::ResourceState* found, FindResource(at.patient, kKind, id, request.context()));
  v1::PatientEvent event;
  v1::AllergyRevised& revised = *event.mutable_allergy_revised();
  *revised.mutable_allergy() = request.allergy();
  return Changed(id, *found, event, revised);
}

absl::StatusOr<Decision> Decide(const Situation& at, const v1::RetractAllergyRequest& request) {
  v1::PatientEvent event;
  v1::AllergyRetracted& retracted = *event.mutable_allergy_retracted();
  retracted.set_allergy_id(request.allergy_id());
  return Retract(at, kKind, request.allergy_id(), request.context(), event, retracted);
}

}  // namespace anamnesis::patient
