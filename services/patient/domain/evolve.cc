#include <algorithm>
#include <string>

#include "services/patient/domain/ended.h"
#include "services/patient/domain/patient_decider.h"

namespace anamnesis::patient {
namespace {

// The patient resource changed.
template <class Change>
absl::Status Revised(v1::PatientState& state, const Change& event) {
  state.set_revision(event.revision());
  return absl::OkStatus();
}

template <class Change>
void SetIdentifiers(v1::PatientState& state, const Change& event) {
  *state.mutable_identifiers() = event.identifiers();
  *state.mutable_retired_identifiers() = event.retired_identifiers();
}

// A record is joined to this one no longer.
void Release(v1::PatientState& state, const std::string& duplicate_id) {
  auto& absorbed = *state.mutable_absorbed();
  absorbed.erase(
      std::remove_if(absorbed.begin(), absorbed.end(),
                     [&](const v1::AbsorbedRecord& record) { return record.duplicate_id() == duplicate_id; }),
      absorbed.end());
}

// Another record is joined to this one; one that was erased and registered again since comes anew.
void Absorb(v1::PatientState& state, const std::string& duplicate_id) {
  Release(state, duplicate_id);
  v1::AbsorbedRecord& absorbed = *state.add_absorbed();
  absorbed.set_duplicate_id(duplicate_id);
  absorbed.set_at(state.events());
  *absorbed.mutable_identifiers() = state.identifiers();
}

// What the rules ask of a resource besides its revision.
void Describe(v1::ResourceState& state, const v1::Allergy&) {
  state.set_kind(v1::RESOURCE_KIND_ALLERGY);
}

void Describe(v1::ResourceState& state, const v1::Goal&) {
  state.set_kind(v1::RESOURCE_KIND_GOAL);
}

void Describe(v1::ResourceState& state, const v1::Problem& problem) {
  state.set_kind(v1::RESOURCE_KIND_PROBLEM);
  state.set_ended(HasEnded(problem));
  if (problem.has_onset()) *state.mutable_start() = problem.onset();
}

void Describe(v1::ResourceState& state, const v1::CarePlan& plan) {
  state.set_kind(v1::RESOURCE_KIND_CARE_PLAN);
  state.set_ended(HasEnded(plan));
  if (plan.period().has_start()) *state.mutable_start() = plan.period().start();
}

absl::Status NeverRecorded() {
  return absl::DataLossError("a patient event changes a resource that was never recorded");
}

// Recorded: the resource is from now on as the event says.
template <class Resource>
absl::Status Keep(v1::PatientState& state, const Resource& resource, uint64_t revision) {
  v1::ResourceState& kept = (*state.mutable_resources())[resource.id()];
  kept.Clear();
  kept.set_revision(revision);
  kept.set_changed_at(state.events());
  Describe(kept, resource);
  return absl::OkStatus();
}

// Revised: the same, for a resource that is there.
template <class Resource>
absl::Status Replace(v1::PatientState& state, const Resource& resource, uint64_t revision) {
  return state.resources().contains(resource.id()) ? Keep(state, resource, revision) : NeverRecorded();
}

// The resource at its new revision; nullptr if it was never recorded.
v1::ResourceState* Find(v1::PatientState& state, const std::string& id, uint64_t revision) {
  const auto found = state.mutable_resources()->find(id);
  if (found == state.mutable_resources()->end()) return nullptr;
  found->second.set_revision(revision);
  found->second.set_changed_at(state.events());
  return &found->second;
}

absl::Status End(v1::PatientState& state, const std::string& id, uint64_t revision) {
  v1::ResourceState* resource = Find(state, id, revision);
  if (resource == nullptr) return NeverRecorded();
  resource->set_ended(true);
  return absl::OkStatus();
}

absl::Status Retract(v1::PatientState& state, const std::string& id, uint64_t revision) {
  v1::ResourceState* resource = Find(state, id, revision);
  if (resource == nullptr) return NeverRecorded();
  resource->set_retracted(true);
  return absl::OkStatus();
}

// An event of an allergy, a problem, a care plan or a goal.
absl::Status EvolveResource(v1::PatientState& state, const v1::PatientEvent& event) {
  using Event = v1::PatientEvent;
  switch (event.event_case()) {
    case Event::kAllergyRecorded:
      return Keep(state, event.allergy_recorded().allergy(), event.allergy_recorded().revision());
    case Event::kAllergyRevised:
      return Replace(state, event.allergy_revised().allergy(), event.allergy_revised().revision());
    case Event::kAllergyRetracted:
      return Retract(state, event.allergy_retracted().allergy_id(), event.allergy_retracted().revision());
    case Event::kProblemRecorded:
      return Keep(state, event.problem_recorded().problem(), event.problem_recorded().revision());
    case Event::kProblemRevised:
      return Replace(state, event.problem_revised().problem(), event.problem_revised().revision());
    case Event::kProblemResolved:
      return End(state, event.problem_resolved().problem_id(), event.problem_resolved().revision());
    case Event::kProblemRetracted:
      return Retract(state, event.problem_retracted().problem_id(), event.problem_retracted().revision());
    case Event::kCarePlanRecorded:
      return Keep(state, event.care_plan_recorded().care_plan(), event.care_plan_recorded().revision());
    case Event::kCarePlanRevised:
      return Replace(state, event.care_plan_revised().care_plan(), event.care_plan_revised().revision());
    case Event::kCarePlanEnded:
      return End(state, event.care_plan_ended().care_plan_id(), event.care_plan_ended().revision());
    case Event::kCarePlanRetracted:
      return Retract(state, event.care_plan_retracted().care_plan_id(), event.care_plan_retracted().revision());
    case Event::kGoalRecorded:
      return Keep(state, event.goal_recorded().goal(), event.goal_recorded().revision());
    case Event::kGoalRevised:
      return Replace(state, event.goal_revised().goal(), event.goal_revised().revision());
    case Event::kGoalRetracted:
      return Retract(state, event.goal_retracted().goal_id(), event.goal_retracted().revision());
    default:
      return absl::DataLossError("a patient event of a kind that this release does not know");
  }
}

}  // namespace

absl::Status PatientDecider::Evolve(State& state, const Event& event) {
  if (event.has_patient_erased()) {
    state.Clear();
    return absl::OkStatus();
  }
  if (event.has_erasure_recorded()) return absl::OkStatus();  // In a stream that nothing is decided on.
  const bool registered = state.revision() > 0;
  if (registered == event.has_patient_registered()) {
    return absl::DataLossError("a patient's history must begin with its registration, and have only one");
  }
  state.set_events(state.events() + 1);
  switch (event.event_case()) {
    case Event::kPatientRegistered:
      *state.mutable_demographics() = event.patient_registered().demographics();
      *state.mutable_identifiers() = event.patient_registered().identifiers();
      return Revised(state, event.patient_registered());
    case Event::kDemographicsUpdated:
      *state.mutable_demographics() = event.demographics_updated().demographics();
      state.set_demographics_changed_at(state.events());
      return Revised(state, event.demographics_updated());
    case Event::kIdentifierAdded:
      SetIdentifiers(state, event.identifier_added());
      return Revised(state, event.identifier_added());
    case Event::kIdentifierRetired:
      SetIdentifiers(state, event.identifier_retired());
      return Revised(state, event.identifier_retired());
    case Event::kDeathRecorded:
      state.set_deceased(true);
      state.set_death_changed_at(state.events());
      return Revised(state, event.death_recorded());
    case Event::kDeathRetracted:
      state.set_deceased(false);
      state.set_death_changed_at(state.events());
      return Revised(state, event.death_retracted());
    case Event::kDuplicateAbsorbed:
      Absorb(state, event.duplicate_absorbed().duplicate_id());
      return Revised(state, event.duplicate_absorbed());
    case Event::kMergedInto:
      state.set_survivor_id(event.merged_into().survivor_id());
      return Revised(state, event.merged_into());
    case Event::kDuplicateReleased:
      Release(state, event.duplicate_released().duplicate_id());
      return Revised(state, event.duplicate_released());
    case Event::kUnmergedFrom:
      state.clear_survivor_id();
      return Revised(state, event.unmerged_from());
    default:
      return EvolveResource(state, event);
  }
}

}  // namespace anamnesis::patient
