// The medication service, wired: what main starts and the tests build.
#pragma once

#include <memory>

#include "absl/status/statusor.h"
#include "anamnesis/medication/v1/medication_service.pb.h"
#include "service/write_service.h"
#include "services/medication/domain/medication_decider.h"

namespace anamnesis::medication {

using MedicationService = service::WriteService<MedicationDecider, v1::SubmitRequest, v1::SubmitResponse>;

// Opens the data and serves. The status says what could not be opened or bound, and what to do.
absl::StatusOr<std::unique_ptr<MedicationService>> StartMedicationService(const service::WriteServiceOptions& options);

}  // namespace anamnesis::medication
