#include <algorithm>
#include <string>

#include "services/patient/domain/evolve_resource.h"
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

}  // namespace

absl::Status PatientDecider::Evolve(State& state, const Event& event) {
  if (event.has_patient_erased()) {
    state.Clear();
    return absl::OkStatus();
  }
  if (event.has_erasure_recorded()) {  // In a stream of its own, of which only this is asked.
    state.set_revision(1);
    return absl::OkStatus();
  }
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
