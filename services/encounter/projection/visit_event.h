// From the message that holds any event to the one that is set in it.
#pragma once

#include "anamnesis/encounter/v1/events.pb.h"

namespace anamnesis::encounter {

// Calls `visit` with the event that is set; false if none is, or one that this program does not know.
template <class Visitor>
bool VisitEvent(const v1::EncounterEvent& event, Visitor&& visit) {
  using v1::EncounterEvent;
  switch (event.event_case()) {
    case EncounterEvent::kPractitionerRegistered:
      return visit(event.practitioner_registered()), true;
    case EncounterEvent::kPractitionerUpdated:
      return visit(event.practitioner_updated()), true;
    case EncounterEvent::kOrganizationRegistered:
      return visit(event.organization_registered()), true;
    case EncounterEvent::kOrganizationUpdated:
      return visit(event.organization_updated()), true;
    case EncounterEvent::kEncounterRecorded:
      return visit(event.encounter_recorded()), true;
    case EncounterEvent::kEncounterPlanned:
      return visit(event.encounter_planned()), true;
    case EncounterEvent::kEncounterArrived:
      return visit(event.encounter_arrived()), true;
    case EncounterEvent::kEncounterStarted:
      return visit(event.encounter_started()), true;
    case EncounterEvent::kEncounterFinished:
      return visit(event.encounter_finished()), true;
    case EncounterEvent::kEncounterCancelled:
      return visit(event.encounter_cancelled()), true;
    case EncounterEvent::kEncounterMarkedNoShow:
      return visit(event.encounter_marked_no_show()), true;
    case EncounterEvent::kEncounterRetracted:
      return visit(event.encounter_retracted()), true;
    case EncounterEvent::kObservationRecorded:
      return visit(event.observation_recorded()), true;
    case EncounterEvent::kObservationAmended:
      return visit(event.observation_amended()), true;
    case EncounterEvent::kObservationRetracted:
      return visit(event.observation_retracted()), true;
    case EncounterEvent::kProcedureRecorded:
      return visit(event.procedure_recorded()), true;
    case EncounterEvent::kProcedureRevised:
      return visit(event.procedure_revised()), true;
    case EncounterEvent::kProcedureRetracted:
      return visit(event.procedure_retracted()), true;
    case EncounterEvent::kDiagnosticReportRecorded:
      return visit(event.diagnostic_report_recorded()), true;
    case EncounterEvent::kDiagnosticReportAmended:
      return visit(event.diagnostic_report_amended()), true;
    case EncounterEvent::kDiagnosticReportRetracted:
      return visit(event.diagnostic_report_retracted()), true;
    case EncounterEvent::kImagingStudyRecorded:
      return visit(event.imaging_study_recorded()), true;
    case EncounterEvent::kImagingStudyRetracted:
      return visit(event.imaging_study_retracted()), true;
    case EncounterEvent::kImmunizationRecorded:
      return visit(event.immunization_recorded()), true;
    case EncounterEvent::kImmunizationRetracted:
      return visit(event.immunization_retracted()), true;
    case EncounterEvent::kNoteRecorded:
      return visit(event.note_recorded()), true;
    case EncounterEvent::kNoteDrafted:
      return visit(event.note_drafted()), true;
    case EncounterEvent::kDraftRevised:
      return visit(event.draft_revised()), true;
    case EncounterEvent::kNoteSigned:
      return visit(event.note_signed()), true;
    case EncounterEvent::kAddendumAdded:
      return visit(event.addendum_added()), true;
    case EncounterEvent::kNoteRetracted:
      return visit(event.note_retracted()), true;
    case EncounterEvent::kRecordErased:
      return visit(event.record_erased()), true;
    case EncounterEvent::EVENT_NOT_SET:
      return false;
  }
  return false;
}

}  // namespace anamnesis::encounter
