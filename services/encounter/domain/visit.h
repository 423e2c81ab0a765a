// From the message that holds any command or any event to the one that is set in it. The only place that lists them
// all: a new one that is not listed here does not compile.
#pragma once

#include "anamnesis/encounter/v1/encounter_service.pb.h"
#include "anamnesis/encounter/v1/events.pb.h"

namespace anamnesis::encounter {

// Calls `visit` with the request that the command carries; false if it carries none.
template <class Visitor>
bool VisitRequest(const v1::EncounterCommand& command, Visitor&& visit) {
  using v1::EncounterCommand;
  switch (command.command_case()) {
    case EncounterCommand::kRegisterPractitioner:
      return visit(command.register_practitioner()), true;
    case EncounterCommand::kUpdatePractitioner:
      return visit(command.update_practitioner()), true;
    case EncounterCommand::kRegisterOrganization:
      return visit(command.register_organization()), true;
    case EncounterCommand::kUpdateOrganization:
      return visit(command.update_organization()), true;
    case EncounterCommand::kRecordEncounter:
      return visit(command.record_encounter()), true;
    case EncounterCommand::kPlanEncounter:
      return visit(command.plan_encounter()), true;
    case EncounterCommand::kMarkArrived:
      return visit(command.mark_arrived()), true;
    case EncounterCommand::kStartEncounter:
      return visit(command.start_encounter()), true;
    case EncounterCommand::kFinishEncounter:
      return visit(command.finish_encounter()), true;
    case EncounterCommand::kCancelEncounter:
      return visit(command.cancel_encounter()), true;
    case EncounterCommand::kMarkNoShow:
      return visit(command.mark_no_show()), true;
    case EncounterCommand::kRetractEncounter:
      return visit(command.retract_encounter()), true;
    case EncounterCommand::kRecordObservation:
      return visit(command.record_observation()), true;
    case EncounterCommand::kAmendObservation:
      return visit(command.amend_observation()), true;
    case EncounterCommand::kRetractObservation:
      return visit(command.retract_observation()), true;
    case EncounterCommand::kRecordProcedure:
      return visit(command.record_procedure()), true;
    case EncounterCommand::kReviseProcedure:
      return visit(command.revise_procedure()), true;
    case EncounterCommand::kRetractProcedure:
      return visit(command.retract_procedure()), true;
    case EncounterCommand::kRecordDiagnosticReport:
      return visit(command.record_diagnostic_report()), true;
    case EncounterCommand::kAmendDiagnosticReport:
      return visit(command.amend_diagnostic_report()), true;
    case EncounterCommand::kRetractDiagnosticReport:
      return visit(command.retract_diagnostic_report()), true;
    case EncounterCommand::kRecordImagingStudy:
      return visit(command.record_imaging_study()), true;
    case EncounterCommand::kRetractImagingStudy:
      return visit(command.retract_imaging_study()), true;
    case EncounterCommand::kRecordImmunization:
      return visit(command.record_immunization()), true;
    case EncounterCommand::kRetractImmunization:
      return visit(command.retract_immunization()), true;
    case EncounterCommand::kRecordNote:
      return visit(command.record_note()), true;
    case EncounterCommand::kDraftNote:
      return visit(command.draft_note()), true;
    case EncounterCommand::kReviseDraft:
      return visit(command.revise_draft()), true;
    case EncounterCommand::kSignNote:
      return visit(command.sign_note()), true;
    case EncounterCommand::kAddAddendum:
      return visit(command.add_addendum()), true;
    case EncounterCommand::kRetractNote:
      return visit(command.retract_note()), true;
    case EncounterCommand::COMMAND_NOT_SET:
      return false;
  }
  return false;
}

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
    case EncounterEvent::EVENT_NOT_SET:
      return false;
  }
  return false;
}

}  // namespace anamnesis::encounter
