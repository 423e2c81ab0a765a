// Procedures and immunizations, as they are said to have been done.
#include "services/encounter/domain/decide.h"

namespace anamnesis::encounter {

absl::StatusOr<Decision> Decide(const Situation& at, const v1::RecordProcedureRequest& request) {
  return Record(at, at.state.procedures(), request.procedure(), &v1::EncounterEvent::mutable_procedure_recorded,
                &v1::ProcedureRecorded::mutable_procedure);
}

absl::StatusOr<Decision> Decide(const Situation& at, const v1::ReviseProcedureRequest& request) {
  return Change(at.state.procedures(), request.context(), request.procedure(),
                &v1::EncounterEvent::mutable_procedure_revised, &v1::ProcedureRevised::mutable_procedure);
}

absl::StatusOr<Decision> Decide(const Situation& at, const v1::RetractProcedureRequest& request) {
  return Retract(at.state.procedures(), request.context(), request.procedure_id(),
                 &v1::EncounterEvent::mutable_procedure_retracted, &v1::ProcedureRetracted::mutable_procedure_id);
}

absl::StatusOr<Decision> Decide(const Situation& at, const v1::RecordImmunizationRequest& request) {
  return Record(at, at.state.immunizations(), request.immunization(),
                &v1::EncounterEvent::mutable_immunization_recorded, &v1::ImmunizationRecorded::mutable_immunization);
}

absl::StatusOr<Decision> Decide(const Situation& at, const v1::RetractImmunizationRequest& request) {
  return Retract(at.state.immunizations(), request.context(), request.immunization_id(),
                 &v1::EncounterEvent::mutable_immunization_retracted,
                 &v1::ImmunizationRetracted::mutable_immunization_id);
}

}  // namespace anamnesis::encounter
