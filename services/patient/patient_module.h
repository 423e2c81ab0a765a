// The patient service, wired: what main starts and the tests build.
#pragma once

#include <memory>

#include "absl/status/statusor.h"
#include "anamnesis/patient/v1/patient_service.pb.h"
#include "service/write_service.h"
#include "services/patient/domain/patient_decider.h"

namespace anamnesis::patient {

using PatientService = service::WriteService<PatientDecider, v1::SubmitRequest, v1::SubmitResponse>;

// Opens the data and serves. The status says what could not be opened or bound, and what to do.
absl::StatusOr<std::unique_ptr<PatientService>> StartPatientService(const service::WriteServiceOptions& options);

}  // namespace anamnesis::patient
