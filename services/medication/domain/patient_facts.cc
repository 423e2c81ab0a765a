#include "services/medication/domain/patient_facts.h"

#include <algorithm>
#include <string>

namespace anamnesis::medication {
namespace {

auto FindAllergy(v1::PatientFacts& facts, const std::string& id) {
  return std::ranges::find(*facts.mutable_allergies(), id, &v1::KnownAllergy::id);
}

void PutAllergy(v1::PatientFacts& facts, const patient::v1::Allergy& allergy) {
  const auto found = FindAllergy(facts, allergy.id());
  v1::KnownAllergy& known = found != facts.mutable_allergies()->end() ? *found : *facts.add_allergies();
  known.set_id(allergy.id());
  *known.mutable_codings() = allergy.substance().codings();
  known.set_kind(allergy.kind());
  known.set_clinical_status(allergy.clinical_status());
  known.set_verification(allergy.verification());
  *known.mutable_categories() = allergy.categories();
}

void RemoveAllergy(v1::PatientFacts& facts, const std::string& id) {
  const auto found = FindAllergy(facts, id);
  if (found != facts.mutable_allergies()->end()) facts.mutable_allergies()->erase(found);
}

auto FindProblem(v1::PatientFacts& facts, const std::string& id) {
  return std::ranges::find(*facts.mutable_problems(), id, &v1::KnownProblem::id);
}

// What is not said to be over or wrong is there.
bool IsActive(const patient::v1::Problem& problem) {
  if (problem.verification() == patient::v1::VERIFICATION_REFUTED || problem.has_abatement()) return false;
  switch (problem.clinical_status()) {
    case patient::v1::CLINICAL_STATUS_INACTIVE:
    case patient::v1::CLINICAL_STATUS_REMISSION:
    case patient::v1::CLINICAL_STATUS_RESOLVED:
      return false;
    default:
      return true;
  }
}

void PutProblem(v1::PatientFacts& facts, const patient::v1::Problem& problem) {
  const auto found = FindProblem(facts, problem.id());
  v1::KnownProblem& known = found != facts.mutable_problems()->end() ? *found : *facts.add_problems();
  known.set_id(problem.id());
  *known.mutable_codings() = problem.code().codings();
  known.set_active(IsActive(problem));
  known.set_verification(problem.verification());
}

void EndProblem(v1::PatientFacts& facts, const std::string& id) {
  const auto found = FindProblem(facts, id);
  if (found != facts.mutable_problems()->end()) found->set_active(false);
}

void RemoveProblem(v1::PatientFacts& facts, const std::string& id) {
  const auto found = FindProblem(facts, id);
  if (found != facts.mutable_problems()->end()) facts.mutable_problems()->erase(found);
}

void SetBirth(v1::PatientFacts& facts, const patient::v1::Demographics& demographics) {
  facts.clear_birth_date();
  if (demographics.has_birth_date()) *facts.mutable_birth_date() = demographics.birth_date();
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
    case PatientEvent::kDuplicateAbsorbed:
      Absorb(facts, event.duplicate_absorbed().duplicate_id());
      break;
    case PatientEvent::kUnmergedFrom:
      facts.clear_survivor_id();
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
    case PatientEvent::kPatientRegistered:
      SetBirth(facts, event.patient_registered().demographics());
      break;
    case PatientEvent::kDemographicsUpdated:
      SetBirth(facts, event.demographics_updated().demographics());
      break;
    case PatientEvent::kProblemRecorded:
      PutProblem(facts, event.problem_recorded().problem());
      break;
    case PatientEvent::kProblemRevised:
      PutProblem(facts, event.problem_revised().problem());
      break;
    case PatientEvent::kProblemResolved:
      EndProblem(facts, event.problem_resolved().problem_id());
      break;
    case PatientEvent::kProblemRetracted:
      RemoveProblem(facts, event.problem_retracted().problem_id());
      break;
    case PatientEvent::kPatientErased:
      facts.Clear();
      break;
    default:
      break;
  }
}

void AddAbsorbed(v1::MedicationFacts& facts, const v1::MedicationFacts& absorbed) {
  if (absorbed.patient().deceased()) facts.mutable_patient()->set_deceased(true);
  facts.mutable_patient()->mutable_allergies()->MergeFrom(absorbed.patient().allergies());
  facts.mutable_patient()->mutable_problems()->MergeFrom(absorbed.patient().problems());
  facts.mutable_encounters()->mutable_filtrations()->MergeFrom(absorbed.encounters().filtrations());
  facts.mutable_encounters()->mutable_opioid_risks()->MergeFrom(absorbed.encounters().opioid_risks());
  facts.mutable_encounters()->mutable_void_ids()->MergeFrom(absorbed.encounters().void_ids());
}

}  // namespace anamnesis::medication
