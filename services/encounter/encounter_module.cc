#include "services/encounter/encounter_module.h"

#include "feed/fold.h"
#include "service/erase_record.h"
#include "services/encounter/domain/patient_facts.h"
#include "services/encounter/projection/encounter_projection.h"

namespace anamnesis::encounter {

absl::StatusOr<std::unique_ptr<EncounterService>> StartEncounterService(const service::WriteServiceOptions& options) {
  return EncounterService::Start(
      {.name = "encounter",
       .project = ProjectEncounter,
       .projection_version = kEncounterProjectionVersion,
       .followed = {{.service = "patient",
                     .fold = feed::FoldInto(ApplyPatientEvent),
                     .command_for = service::EraseRecordWhenErased<v1::EncounterCommand, patient::v1::PatientEvent>}},
       .facts_version = kEncounterFactsVersion,
       .parse_facts = feed::OwnFacts<v1::PatientFacts>},
      options);
}

}  // namespace anamnesis::encounter
