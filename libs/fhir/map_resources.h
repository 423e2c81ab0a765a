// One function per FHIR resource type. Each appends the commands that record the resource, in order; what cannot be
// recorded is noted in the mapping's findings, and then the commands are worthless.
#pragma once

#include <vector>

#include "fhir/mapping.h"

namespace anamnesis::fhir {

using Mapper = void (*)(Mapping& mapping, std::vector<Command>* out);

// Patient service.
void MapPatient(Mapping& mapping, std::vector<Command>* out);
void MapAllergyIntolerance(Mapping& mapping, std::vector<Command>* out);
void MapCondition(Mapping& mapping, std::vector<Command>* out);
void MapCarePlan(Mapping& mapping, std::vector<Command>* out);
void MapGoal(Mapping& mapping, std::vector<Command>* out);

// Encounter service.
void MapPractitioner(Mapping& mapping, std::vector<Command>* out);
void MapOrganization(Mapping& mapping, std::vector<Command>* out);
void MapEncounter(Mapping& mapping, std::vector<Command>* out);
void MapObservation(Mapping& mapping, std::vector<Command>* out);
void MapProcedure(Mapping& mapping, std::vector<Command>* out);
void MapDiagnosticReport(Mapping& mapping, std::vector<Command>* out);
void MapImagingStudy(Mapping& mapping, std::vector<Command>* out);
void MapImmunization(Mapping& mapping, std::vector<Command>* out);

// Medication service.
void MapMedicationRequest(Mapping& mapping, std::vector<Command>* out);

}  // namespace anamnesis::fhir
