#include "services/encounter/domain/patient_facts.h"

#include <algorithm>

namespace anamnesis::encounter {
namespace {

auto FindAllergy(v1::PatientFacts& facts, const std::string& id) {
  return std::ranges::find(*facts.mutable_allergies(), id, &v1::KnownAllergy::id);
}

// What is not said to be over or wrong holds.
bool Holds(const patient::v1::Allergy& allergy) {
  if (allergy.verification() == patient::v1::VERIFICATION_REFUTED) return false;
  switch (allergy.clinical_status()) {
    case patient::v1::CLINICAL_STATUS_INACTIVE:
    case patient::v1::CLINICAL_STATUS_REMISSION:
    case patient::v1::CLINICAL_STATUS_RESOLVED:
      return false;
    default:
      return true;
  }
}

void PutAllergy(v1::PatientFacts& facts, const patient::v1::Allergy& allergy) {
  const auto found = FindAllergy(facts, allergy.id());
  v1::KnownAllergy& known = found != facts.mutable_allergies()->end() ? *found : *facts.add_allergies();
  known.set_id(allergy.id());
  *known.mutable_codings() = allergy.substance().codings();
  known.set_holds(Holds(allergy));
}

void RemoveAllergy(v1::PatientFacts& facts, const std::string& id) {
  const auto found = FindAllergy(facts, id);
  if (found != facts.mutable_allergies()->end()) facts.mutable_allergies()->erase(found);
}

// One that was absorbed, erased, registered again and absorbed again is absorbed once.
void Absorb(v1::PatientFacts& facts, const std::string& id) {
  const auto& known = facts.absorbed_ids();
  if (std::ranges::find(known, id) == known.end()) facts.add_absorbed_ids(id);
}

}  // namespace

void ApplyPatientEvent(v1::PatientFacts& facts, const patient::v1::PatientEvent& event) {
  using patient::v1::PatientEvent;
  switch (event.event_case()) {
    case PatientEvent::kDeathRecorded:
      facts.set_deceased(true);
      break;
    case PatientEvent::kDeathRetracted:
      facts.set_deceased(false);
      break;
    case PatientEvent::kMergedInto:
      facts.set_survivor_id(event.merged_into().survivor_id());
      break;
    case PatientEvent::kUnmergedFrom:
      facts.clear_survivor_id();
      break;
    case PatientEvent::kDuplicateAbsorbed:
      Absorb(facts, event.duplicate_absorbed().duplicate_id());
      break;
    case PatientEvent::kDuplicateReleased:
      *facts.mutable_absorbed_ids() = event.duplicate_released().absorbed_ids();
      break;
    case PatientEvent::kAllergyRecorded:
      PutAllergy(facts, event.allergy_recorded().allergy());
      break;
    case PatientEvent::kAllergyRevised:
      PutAllergy(facts, event.allergy_revised().allergy());
      break;
    case PatientEvent::kAllergyRetracted:
      RemoveAllergy(facts, event.allergy_retracted().allergy_id());
      break;
    case PatientEvent::kPatientErased:
      facts.Clear();
      break;
    default:
      break;
  }
}

void AddAbsorbed(v1::PatientFacts& facts, const v1::PatientFacts& absorbed) {
  if (absorbed.deceased()) facts.set_deceased(true);
  facts.mutable_allergies()->MergeFrom(absorbed.allergies());
}

}  // namespace anamnesis::encounter
