// What the decide_*.cc files share. Each Decide is a ladder of named refusals, asked in the order of errors.proto, and
// ends in the event that is to be recorded.
#pragma once

#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "anamnesis/encounter/v1/encounter_service.pb.h"
#include "anamnesis/encounter/v1/errors.pb.h"
#include "anamnesis/encounter/v1/events.pb.h"
#include "anamnesis/encounter/v1/state.pb.h"
#include "base/refusal.h"
#include "base/status.h"
#include "decider/decision.h"
#include "services/encounter/domain/intervention/review.h"

namespace anamnesis::encounter {

using Decision = decider::Decision<v1::EncounterEvent>;

// What a command meets: all that a decision may know.
struct Situation {
  const v1::EncounterState& state;  // Of the record: what a command may change.
  // Interventions and questionnaires of the record and of those that were merged into it: what rules and scores ask
  // for.
  const v1::EncounterState& person;
  const decider::DecisionInput& input;
  const v1::PatientFacts& facts;
  const RuleShelf* shelf = nullptr;               // Null: no rule table was loaded.
  const v1::EncounterState* performer = nullptr;  // Of who performs, where the command names somebody.
  bool in_directory = false;                      // An entry of the directory that the command names is registered.
};

absl::StatusOr<Decision> Decide(const Situation& at, const v1::RegisterPractitionerRequest& request);
absl::StatusOr<Decision> Decide(const Situation& at, const v1::UpdatePractitionerRequest& request);
absl::StatusOr<Decision> Decide(const Situation& at, const v1::RegisterOrganizationRequest& request);
absl::StatusOr<Decision> Decide(const Situation& at, const v1::UpdateOrganizationRequest& request);

absl::StatusOr<Decision> Decide(const Situation& at, const v1::RecordEncounterRequest& request);
absl::StatusOr<Decision> Decide(const Situation& at, const v1::PlanEncounterRequest& request);
absl::StatusOr<Decision> Decide(const Situation& at, const v1::MarkArrivedRequest& request);
absl::StatusOr<Decision> Decide(const Situation& at, const v1::StartEncounterRequest& request);
absl::StatusOr<Decision> Decide(const Situation& at, const v1::FinishEncounterRequest& request);
absl::StatusOr<Decision> Decide(const Situation& at, const v1::CancelEncounterRequest& request);
absl::StatusOr<Decision> Decide(const Situation& at, const v1::MarkNoShowRequest& request);
absl::StatusOr<Decision> Decide(const Situation& at, const v1::RetractEncounterRequest& request);

absl::StatusOr<Decision> Decide(const Situation& at, const v1::RecordObservationRequest& request);
absl::StatusOr<Decision> Decide(const Situation& at, const v1::AmendObservationRequest& request);
absl::StatusOr<Decision> Decide(const Situation& at, const v1::RetractObservationRequest& request);
absl::StatusOr<Decision> Decide(const Situation& at, const v1::RecordDiagnosticReportRequest& request);
absl::StatusOr<Decision> Decide(const Situation& at, const v1::AmendDiagnosticReportRequest& request);
absl::StatusOr<Decision> Decide(const Situation& at, const v1::RetractDiagnosticReportRequest& request);
absl::StatusOr<Decision> Decide(const Situation& at, const v1::RecordImagingStudyRequest& request);
absl::StatusOr<Decision> Decide(const Situation& at, const v1::RetractImagingStudyRequest& request);

absl::StatusOr<Decision> Decide(const Situation& at, const v1::RecordProcedureRequest& request);
absl::StatusOr<Decision> Decide(const Situation& at, const v1::ReviseProcedureRequest& request);
absl::StatusOr<Decision> Decide(const Situation& at, const v1::RetractProcedureRequest& request);
absl::StatusOr<Decision> Decide(const Situation& at, const v1::RecordImmunizationRequest& request);
absl::StatusOr<Decision> Decide(const Situation& at, const v1::RetractImmunizationRequest& request);

absl::StatusOr<Decision> Decide(const Situation& at, const v1::RecordNoteRequest& request);
absl::StatusOr<Decision> Decide(const Situation& at, const v1::DraftNoteRequest& request);
absl::StatusOr<Decision> Decide(const Situation& at, const v1::ReviseDraftRequest& request);
absl::StatusOr<Decision> Decide(const Situation& at, const v1::SignNoteRequest& request);
absl::StatusOr<Decision> Decide(const Situation& at, const v1::AddAddendumRequest& request);
absl::StatusOr<Decision> Decide(const Situation& at, const v1::RetractNoteRequest& request);

absl::StatusOr<Decision> Decide(const Situation& at, const v1::EraseRecordRequest& request);

absl::StatusOr<Decision> Decide(const Situation& at, const v1::GrantPrivilegeRequest& request);
absl::StatusOr<Decision> Decide(const Situation& at, const v1::RevokePrivilegeRequest& request);
absl::StatusOr<Decision> Decide(const Situation& at, const v1::LoadRuleTableRequest& request);
absl::StatusOr<Decision> Decide(const Situation& at, const v1::RecordInterventionRequest& request);
absl::StatusOr<Decision> Decide(const Situation& at, const v1::PlanInterventionRequest& request);
absl::StatusOr<Decision> Decide(const Situation& at, const v1::ReviseInterventionPlanRequest& request);
absl::StatusOr<Decision> Decide(const Situation& at, const v1::RecordInterventionConsentRequest& request);
absl::StatusOr<Decision> Decide(const Situation& at, const v1::RecordTimeOutRequest& request);
absl::StatusOr<Decision> Decide(const Situation& at, const v1::PerformInterventionRequest& request);
absl::StatusOr<Decision> Decide(const Situation& at, const v1::AbortInterventionRequest& request);
absl::StatusOr<Decision> Decide(const Situation& at, const v1::RetractInterventionRequest& request);
absl::StatusOr<Decision> Decide(const Situation& at, const v1::ReportComplicationRequest& request);
absl::StatusOr<Decision> Decide(const Situation& at, const v1::ReportOutcomeRequest& request);
absl::StatusOr<Decision> Decide(const Situation& at, const v1::RetractOutcomeRequest& request);
absl::StatusOr<Decision> Decide(const Situation& at, const v1::StartAnaesthesiaRequest& request);
absl::StatusOr<Decision> Decide(const Situation& at, const v1::RecordAnaesthesiaRequest& request);
absl::StatusOr<Decision> Decide(const Situation& at, const v1::RecordAnaesthesiaVitalsRequest& request);
absl::StatusOr<Decision> Decide(const Situation& at, const v1::RecordAnaesthesiaEntriesRequest& request);
absl::StatusOr<Decision> Decide(const Situation& at, const v1::EndAnaesthesiaRequest& request);
absl::StatusOr<Decision> Decide(const Situation& at, const v1::ScoreAldreteRequest& request);
absl::StatusOr<Decision> Decide(const Situation& at, const v1::LeaveRecoveryRequest& request);
absl::StatusOr<Decision> Decide(const Situation& at, const v1::RecordErasElementsRequest& request);
absl::StatusOr<Decision> Decide(const Situation& at, const v1::AcknowledgeAlertsRequest& request);
absl::StatusOr<Decision> Decide(const Situation& at, const v1::RetractAnaesthesiaRequest& request);
absl::StatusOr<Decision> Decide(const Situation& at, const v1::RecordPainConsultRequest& request);
absl::StatusOr<Decision> Decide(const Situation& at, const v1::RetractPainConsultRequest& request);
absl::StatusOr<Decision> Decide(const Situation& at, const v1::RecordDeviceProgrammeRequest& request);
absl::StatusOr<Decision> Decide(const Situation& at, const v1::RetractDeviceProgrammeRequest& request);
absl::StatusOr<Decision> Decide(const Situation& at, const v1::RecordQuestionnaireResponseRequest& request);
absl::StatusOr<Decision> Decide(const Situation& at, const v1::RetractQuestionnaireResponseRequest& request);
absl::StatusOr<Decision> Decide(const Situation& at, const v1::RecordCredentialRequest& request);
absl::StatusOr<Decision> Decide(const Situation& at, const v1::ReviseCredentialRequest& request);
absl::StatusOr<Decision> Decide(const Situation& at, const v1::RetractCredentialRequest& request);
absl::StatusOr<Decision> Decide(const Situation& at, const v1::RecordPhysicalExaminationRequest& request);
absl::StatusOr<Decision> Decide(const Situation& at, const v1::AmendPhysicalExaminationRequest& request);
absl::StatusOr<Decision> Decide(const Situation& at, const v1::RetractPhysicalExaminationRequest& request);
absl::StatusOr<Decision> Decide(const Situation& at, const v1::RecordDifferentialDiagnosisRequest& request);
absl::StatusOr<Decision> Decide(const Situation& at, const v1::ReviseDifferentialDiagnosisRequest& request);
absl::StatusOr<Decision> Decide(const Situation& at, const v1::RetractDifferentialDiagnosisRequest& request);
absl::StatusOr<Decision> Decide(const Situation& at, const v1::RecordStudyOrderRequest& request);
absl::StatusOr<Decision> Decide(const Situation& at, const v1::OrderStudyRequest& request);
absl::StatusOr<Decision> Decide(const Situation& at, const v1::ScheduleStudyRequest& request);
absl::StatusOr<Decision> Decide(const Situation& at, const v1::CompleteStudyRequest& request);
absl::StatusOr<Decision> Decide(const Situation& at, const v1::CancelStudyRequest& request);
absl::StatusOr<Decision> Decide(const Situation& at, const v1::RetractStudyOrderRequest& request);
absl::StatusOr<Decision> Decide(const Situation& at, const v1::RecordReferralRequest& request);
absl::StatusOr<Decision> Decide(const Situation& at, const v1::SendReferralRequest& request);
absl::StatusOr<Decision> Decide(const Situation& at, const v1::AcceptReferralRequest& request);
absl::StatusOr<Decision> Decide(const Situation& at, const v1::AttendReferralRequest& request);
absl::StatusOr<Decision> Decide(const Situation& at, const v1::ReportReferralRequest& request);
absl::StatusOr<Decision> Decide(const Situation& at, const v1::DeclineReferralRequest& request);
absl::StatusOr<Decision> Decide(const Situation& at, const v1::CancelReferralRequest& request);
absl::StatusOr<Decision> Decide(const Situation& at, const v1::RetractReferralRequest& request);
absl::StatusOr<Decision> Decide(const Situation& at, const v1::RecordConferenceRequest& request);
absl::StatusOr<Decision> Decide(const Situation& at, const v1::AmendConferenceRequest& request);
absl::StatusOr<Decision> Decide(const Situation& at, const v1::RetractConferenceRequest& request);

// PATIENT_MERGED_AWAY: care goes on under the survivor.
absl::Status CheckInUse(const v1::PatientFacts& facts);

// When the command happened: as its context says, else when it arrived.
google::protobuf::Timestamp EffectiveTime(const Situation& at, const rpc::v1::CommandContext& context);

// The id of a privilege that the practitioner has for what is planned, there and then; null where there is none.
const std::string* FindPrivilege(const v1::EncounterState& practitioner, const v1::InterventionPlan& plan,
                                 int64_t at_micros);

// A patient's resources of one kind, by id.
template <class Entry>
using Entries = google::protobuf::Map<std::string, Entry>;

// RESOURCE_ALREADY_EXISTS.
template <class Entry>
absl::Status CheckNew(const Entries<Entry>& known, const std::string& id) {
  return known.contains(id) ? Refuse(v1::RESOURCE_ALREADY_EXISTS) : absl::OkStatus();
}

// The resource to change; RESOURCE_NOT_FOUND, ETAG_MISMATCH, RESOURCE_RETRACTED.
template <class Entry>
absl::StatusOr<const Entry*> Find(const Entries<Entry>& known, const std::string& id,
                                  const rpc::v1::CommandContext& context) {
  const auto found = known.find(id);
  if (found == known.end()) return Refuse(v1::RESOURCE_NOT_FOUND);
  RETURN_IF_ERROR(decider::CheckEtag(context, found->second.revision()));
  if (found->second.retracted()) return Refuse(v1::RESOURCE_RETRACTED);
  return &found->second;
}

// The three decisions that are the same for every kind of resource. `event` makes the kind's event in the envelope,
// `field` its part that says what it is about: &EncounterEvent::mutable_note_recorded, &NoteRecorded::mutable_note.

// Takes the resource as a fact.
template <class Entry, class Resource, class Recorded>
absl::StatusOr<Decision> Record(const Situation& at, const Entries<Entry>& known, Resource resource,
                                Recorded* (v1::EncounterEvent::*event)(), Resource* (Recorded::*field)()) {
  if (resource.id().empty()) resource.set_id(at.input.new_id);
  RETURN_IF_ERROR(CheckNew(known, resource.id()));

  v1::EncounterEvent envelope;
  Recorded& recorded = *(envelope.*event)();
  recorded.set_revision(1);
  std::string id = resource.id();
  *(recorded.*field)() = std::move(resource);
  return decider::Accepted(std::move(id), 1, std::move(envelope));
}

// Replaces the resource by what is said of it now.
template <class Entry, class Resource, class Changed>
absl::StatusOr<Decision> Change(const Entries<Entry>& known, const rpc::v1::CommandContext& context,
                                const Resource& resource, Changed* (v1::EncounterEvent::*event)(),
                                Resource* (Changed::*field)()) {
  ASSIGN_OR_RETURN(const Entry* entry, Find(known, resource.id(), context));

  v1::EncounterEvent envelope;
  Changed& changed = *(envelope.*event)();
  *(changed.*field)() = resource;
  changed.set_reason(context.reason());
  changed.set_revision(entry->revision() + 1);
  return decider::Accepted(resource.id(), changed.revision(), std::move(envelope));
}

// Marks the resource as entered in error.
template <class Entry, class Retracted>
absl::StatusOr<Decision> Retract(const Entries<Entry>& known, const rpc::v1::CommandContext& context,
                                 const std::string& id, Retracted* (v1::EncounterEvent::*event)(),
                                 std::string* (Retracted::*id_field)()) {
  ASSIGN_OR_RETURN(const Entry* entry, Find(known, id, context));
  if (context.reason().empty()) return Refuse(v1::REASON_REQUIRED);

  v1::EncounterEvent envelope;
  Retracted& retracted = *(envelope.*event)();
  *(retracted.*id_field)() = id;
  retracted.set_reason(context.reason());
  retracted.set_revision(entry->revision() + 1);
  return decider::Accepted(id, retracted.revision(), std::move(envelope));
}

// The refusal by a rule table of that version, recorded: `refused` says already what was asked for.
template <class Request, class Refused>
Decision RefusedByRules(const Situation& at, const Request& request, Weighed weighed, uint32_t version, Refused refused,
                        Refused* (v1::EncounterEvent::*event)()) {
  refused.set_reason(request.context().reason());
  *refused.mutable_overrides() = request.overrides();
  refused.mutable_roles()->Assign(at.input.roles.begin(), at.input.roles.end());
  refused.set_refusal(RefusalInfo(weighed.refusal).reason());
  refused.mutable_alerts()->Assign(weighed.alerts.begin(), weighed.alerts.end());
  refused.set_table_version(version);
  v1::EncounterEvent envelope;
  *(envelope.*event)() = std::move(refused);
  Decision decision = decider::RefusedAndRecorded(std::move(weighed.refusal), std::move(envelope));
  decision.alerts = std::move(weighed.alerts);
  return decision;
}

}  // namespace anamnesis::encounter
