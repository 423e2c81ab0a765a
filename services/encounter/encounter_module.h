// The encounter service, wired: what main starts and the tests build.
#pragma once

#include <memory>

#include "absl/status/statusor.h"
#include "anamnesis/encounter/v1/encounter_service.pb.h"
#include "service/write_service.h"
#include "services/encounter/domain/encounter_decider.h"

namespace anamnesis::encounter {

using EncounterService = service::WriteService<EncounterDecider, v1::SubmitRequest, v1::SubmitResponse>;

// Opens the data and serves. The status says what could not be opened or bound, and what to do.
absl::StatusOr<std::unique_ptr<EncounterService>> StartEncounterService(const service::WriteServiceOptions& options);

}  // namespace anamnesis::encounter
