#include "services/medication/medication_module.h"

#include "feed/fold.h"
#include "services/medication/domain/encounter_facts.h"
#include "services/medication/domain/patient_facts.h"
#include "services/medication/projection/medication_projection.h"

namespace anamnesis::medication {

namespace {

void ApplyToPatientFacts(v1::MedicationFacts& facts, const patient::v1::PatientEvent& event) {
  ApplyPatientEvent(*facts.mutable_patient(), event);
}

void ApplyToEncounterFacts(v1::MedicationFacts& facts, const encounter::v1::EncounterEvent& event) {
  ApplyEncounterEvent(*facts.mutable_encounters(), event);
}

}  // namespace

absl::StatusOr<std::unique_ptr<MedicationService>> StartMedicationService(const service::WriteServiceOptions& options) {
  return MedicationService::Start(
      {
          .name = "medication",
          .project = ProjectMedication,
          .projection_version = kMedicationProjectionVersion,
          .followed = {{.service = "patient", .fold = feed::FoldInto(ApplyToPatientFacts)},
                       {.service = "encounter", .fold = feed::FoldInto(ApplyToEncounterFacts)}},
          .parse_facts = feed::ParseFacts<v1::MedicationFacts>
  },
      options);
}

}  // namespace anamnesis::medication
