#include "services/patient/patient_module.h"

#include "services/patient/projection/patient_projection.h"

namespace anamnesis::patient {

absl::StatusOr<std::unique_ptr<PatientService>> StartPatientService(const service::WriteServiceOptions& options) {
  return PatientService::Start({.name = "patient",
                                .project = ProjectPatient,
                                .projection_version = kPatientProjectionVersion,
                                .parse_facts = nullptr},
                               options);
}

}  // namespace anamnesis::patient
