// Observations, diagnostic reports, imaging studies. Nothing is refused for what it says or for what it refers to:
// results arrive from devices, laboratories and imports in any order.
#include "services/encounter/domain/decide.h"

namespace anamnesis::encounter {

absl::StatusOr<Decision> Decide(const Situation& at, const v1::RecordObservationRequest& request) {
  return Record(at, at.state.observations(), request.observation(), &v1::EncounterEvent::mutable_observation_recorded,
                &v1::ObservationRecorded::mutable_observation);
}

absl::StatusOr<Decision> Decide(const Situation& at, const v1::AmendObservationRequest& request) {
  return Change(at.state.observations(), request.context(), request.observation(),
                &v1::EncounterEvent::mutable_observation_amended, &v1::ObservationAmended::mutable_observation);
}

absl::StatusOr<Decision> Decide(const Situation& at, const v1::RetractObservationRequest& request) {
  return Retract(at.state.observations(), request.context(), request.observation_id(),
                 &v1::EncounterEvent::mutable_observation_retracted, &v1::ObservationRetracted::mutable_observation_id);
}

absl::StatusOr<Decision> Decide(const Situation& at, const v1::RecordDiagnosticReportRequest& request) {
  return Record(at, at.state.diagnostic_reports(), request.diagnostic_report(),
                &v1::EncounterEvent::mutable_diagnostic_report_recorded,
                &v1::DiagnosticReportRecorded::mutable_diagnostic_report);
}

absl::StatusOr<Decision> Decide(const Situation& at, const v1::AmendDiagnosticReportRequest& request) {
  return Change(at.state.diagnostic_reports(), request.context(), request.diagnostic_report(),
                &v1::EncounterEvent::mutable_diagnostic_report_amended,
                &v1::DiagnosticReportAmended::mutable_diagnostic_report);
}

absl::StatusOr<Decision> Decide(const Situation& at, const v1::RetractDiagnosticReportRequest& request) {
  return Retract(at.state.diagnostic_reports(), request.context(), request.diagnostic_report_id(),
                 &v1::EncounterEvent::mutable_diagnostic_report_retracted,
                 &v1::DiagnosticReportRetracted::mutable_diagnostic_report_id);
}

absl::StatusOr<Decision> Decide(const Situation& at, const v1::RecordImagingStudyRequest& request) {
  return Record(at, at.state.imaging_studies(), request.imaging_study(),
                &v1::EncounterEvent::mutable_imaging_study_recorded, &v1::ImagingStudyRecorded::mutable_imaging_study);
}

absl::StatusOr<Decision> Decide(const Situation& at, const v1::RetractImagingStudyRequest& request) {
  return Retract(at.state.imaging_studies(), request.context(), request.imaging_study_id(),
                 &v1::EncounterEvent::mutable_imaging_study_retracted,
                 &v1::ImagingStudyRetracted::mutable_imaging_study_id);
}

}  // namespace anamnesis::encounter
