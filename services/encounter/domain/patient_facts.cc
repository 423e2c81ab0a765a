#include "services/encounter/domain/patient_facts.h"

namespace anamnesis::encounter {

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
    case PatientEvent::kPatientErased:
      facts.Clear();
      break;
    default:
      break;
  }
}

}  // namespace anamnesis::encounter
