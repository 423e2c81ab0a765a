// The life of an encounter: planned → arrived → in progress → finished, no step skipped; cancelled or no-show only
// before it began. What an import says is a fact, in whatever status.
#include "base/clock.h"
#include "services/encounter/domain/decide.h"

namespace anamnesis::encounter {
namespace {

// ENCOUNTER_ALREADY_FINISHED, ENCOUNTER_CANCELLED.
absl::Status CheckNotOver(const v1::EncounterEntry& encounter) {
  switch (encounter.status()) {
    case v1::ENCOUNTER_STATUS_FINISHED:
      return Refuse(v1::ENCOUNTER_ALREADY_FINISHED);
    case v1::ENCOUNTER_STATUS_CANCELLED:
    case v1::ENCOUNTER_STATUS_NO_SHOW:
      return Refuse(v1::ENCOUNTER_CANCELLED);
    default:
      return absl::OkStatus();
  }
}

// CheckNotOver's refusals, ENCOUNTER_ALREADY_STARTED.
absl::Status CheckNotBegun(const v1::EncounterEntry& encounter) {
  RETURN_IF_ERROR(CheckNotOver(encounter));
  if (encounter.status() == v1::ENCOUNTER_STATUS_IN_PROGRESS) return Refuse(v1::ENCOUNTER_ALREADY_STARTED);
  return absl::OkStatus();
}

// CheckNotBegun's refusals, ENCOUNTER_NOT_PLANNED.
absl::Status CheckPlanned(const v1::EncounterEntry& encounter) {
  RETURN_IF_ERROR(CheckNotBegun(encounter));
  if (encounter.status() != v1::ENCOUNTER_STATUS_PLANNED) return Refuse(v1::ENCOUNTER_NOT_PLANNED);
  return absl::OkStatus();
}

// END_BEFORE_START, where both are known.
absl::Status CheckOrder(const clinical::v1::Period& period) {
  if (!period.has_start() || !period.has_end()) return absl::OkStatus();
  if (ToMicros(period.end()) < ToMicros(period.start())) return Refuse(v1::END_BEFORE_START);
  return absl::OkStatus();
}

// TELEMEDICINE_DETAILS_REQUIRED. What is said at the beginning replaces what was planned, part by part.
absl::Status CheckTelemedicine(const v1::EncounterEntry& encounter, const v1::Telemedicine& said) {
  if (!encounter.telemedicine()) return absl::OkStatus();
  const v1::Telemedicine& planned = encounter.planned_telemedicine();
  const clinical::v1::Address& location =
      said.has_patient_location() ? said.patient_location() : planned.patient_location();
  const bool has_modality = said.modality() != v1::TELEMEDICINE_MODALITY_UNSPECIFIED ||
                            planned.modality() != v1::TELEMEDICINE_MODALITY_UNSPECIFIED;
  const bool has_location = !location.state().empty() || !location.country().empty();
  return has_modality && has_location ? absl::OkStatus() : Refuse(v1::TELEMEDICINE_DETAILS_REQUIRED);
}

// Find's refusals.
template <class Request>
absl::StatusOr<const v1::EncounterEntry*> FindEncounter(const Situation& at, const Request& request) {
  return Find(at.state.encounters(), request.encounter_id(), request.context());
}

// The decision that takes a step.
template <class Step>
Decision Taken(const v1::EncounterEntry& encounter, const std::string& id, Step step,
               Step* (v1::EncounterEvent::*event)()) {
  const uint64_t revision = encounter.revision() + 1;
  step.set_encounter_id(id);
  step.set_revision(revision);
  v1::EncounterEvent envelope;
  *(envelope.*event)() = std::move(step);
  return decider::Accepted(id, revision, std::move(envelope));
}

}  // namespace

absl::StatusOr<Decision> Decide(const Situation& at, const v1::RecordEncounterRequest& request) {
  return Record(at, at.state.encounters(), request.encounter(), &v1::EncounterEvent::mutable_encounter_recorded,
                &v1::EncounterRecorded::mutable_encounter);
}

absl::StatusOr<Decision> Decide(const Situation& at, const v1::PlanEncounterRequest& request) {
  v1::Encounter encounter = request.encounter();
  if (encounter.id().empty()) encounter.set_id(at.input.new_id);
  RETURN_IF_ERROR(CheckInUse(at.facts));
  RETURN_IF_ERROR(CheckNew(at.state.encounters(), encounter.id()));
  if (at.facts.deceased()) return Refuse(v1::PATIENT_DECEASED);
  RETURN_IF_ERROR(CheckOrder(encounter.planned_period()));

  encounter.set_status(v1::ENCOUNTER_STATUS_PLANNED);
  std::string id = encounter.id();
  v1::EncounterEvent event;
  v1::EncounterPlanned& planned = *event.mutable_encounter_planned();
  *planned.mutable_encounter() = std::move(encounter);
  planned.set_revision(1);
  return decider::Accepted(std::move(id), 1, std::move(event));
}

absl::StatusOr<Decision> Decide(const Situation& at, const v1::MarkArrivedRequest& request) {
  ASSIGN_OR_RETURN(const v1::EncounterEntry* encounter, FindEncounter(at, request));
  RETURN_IF_ERROR(CheckPlanned(*encounter));

  v1::EncounterArrived arrived;
  *arrived.mutable_arrived_time() =
      request.has_arrived_time() ? request.arrived_time() : EffectiveTime(at, request.context());
  return Taken(*encounter, request.encounter_id(), std::move(arrived), &v1::EncounterEvent::mutable_encounter_arrived);
}

absl::StatusOr<Decision> Decide(const Situation& at, const v1::StartEncounterRequest& request) {
  RETURN_IF_ERROR(CheckInUse(at.facts));
  ASSIGN_OR_RETURN(const v1::EncounterEntry* encounter, FindEncounter(at, request));
  RETURN_IF_ERROR(CheckNotBegun(*encounter));
  if (encounter->status() != v1::ENCOUNTER_STATUS_ARRIVED) return Refuse(v1::ENCOUNTER_NOT_ARRIVED);
  RETURN_IF_ERROR(CheckTelemedicine(*encounter, request.telemedicine()));

  v1::EncounterStarted started;
  *started.mutable_start() = request.has_start() ? request.start() : EffectiveTime(at, request.context());
  if (request.has_telemedicine()) *started.mutable_telemedicine() = request.telemedicine();
  return Taken(*encounter, request.encounter_id(), std::move(started), &v1::EncounterEvent::mutable_encounter_started);
}

absl::StatusOr<Decision> Decide(const Situation& at, const v1::FinishEncounterRequest& request) {
  ASSIGN_OR_RETURN(const v1::EncounterEntry* encounter, FindEncounter(at, request));
  RETURN_IF_ERROR(CheckNotOver(*encounter));
  if (encounter->status() != v1::ENCOUNTER_STATUS_IN_PROGRESS) return Refuse(v1::ENCOUNTER_NOT_IN_PROGRESS);
  clinical::v1::Period period;
  if (encounter->has_start()) *period.mutable_start() = encounter->start();
  *period.mutable_end() = request.has_end() ? request.end() : EffectiveTime(at, request.context());
  RETURN_IF_ERROR(CheckOrder(period));

  v1::EncounterFinished finished;
  *finished.mutable_end() = period.end();
  if (request.has_discharge_disposition()) {
    *finished.mutable_discharge_disposition() = request.discharge_disposition();
  }
  return Taken(*encounter, request.encounter_id(), std::move(finished),
               &v1::EncounterEvent::mutable_encounter_finished);
}

absl::StatusOr<Decision> Decide(const Situation& at, const v1::CancelEncounterRequest& request) {
  ASSIGN_OR_RETURN(const v1::EncounterEntry* encounter, FindEncounter(at, request));
  // Who has arrived may still be sent home.
  if (encounter->status() != v1::ENCOUNTER_STATUS_ARRIVED) RETURN_IF_ERROR(CheckPlanned(*encounter));

  v1::EncounterCancelled cancelled;
  cancelled.set_reason(request.context().reason());
  return Taken(*encounter, request.encounter_id(), std::move(cancelled),
               &v1::EncounterEvent::mutable_encounter_cancelled);
}

absl::StatusOr<Decision> Decide(const Situation& at, const v1::MarkNoShowRequest& request) {
  ASSIGN_OR_RETURN(const v1::EncounterEntry* encounter, FindEncounter(at, request));
  RETURN_IF_ERROR(CheckPlanned(*encounter));

  return Taken(*encounter, request.encounter_id(), v1::EncounterMarkedNoShow(),
               &v1::EncounterEvent::mutable_encounter_marked_no_show);
}

absl::StatusOr<Decision> Decide(const Situation& at, const v1::RetractEncounterRequest& request) {
  return Retract(at.state.encounters(), request.context(), request.encounter_id(),
                 &v1::EncounterEvent::mutable_encounter_retracted, &v1::EncounterRetracted::mutable_encounter_id);
}

}  // namespace anamnesis::encounter
