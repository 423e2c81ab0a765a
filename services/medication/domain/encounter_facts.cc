#include "services/medication/domain/encounter_facts.h"

#include <algorithm>
#include <string>

namespace anamnesis::medication {
namespace {

// An encounter may be cancelled first and then retracted.
void MarkVoid(v1::EncounterFacts& facts, const std::string& encounter_id) {
  const auto& known = facts.void_ids();
  if (std::ranges::find(known, encounter_id) == known.end()) facts.add_void_ids(encounter_id);
}

}  // namespace

void ApplyEncounterEvent(v1::EncounterFacts& facts, const encounter::v1::EncounterEvent& event) {
  using encounter::v1::EncounterEvent;
  switch (event.event_case()) {
    case EncounterEvent::kEncounterRecorded:
      if (const auto& encounter = event.encounter_recorded().encounter();
          encounter.status() == encounter::v1::ENCOUNTER_STATUS_CANCELLED) {
        MarkVoid(facts, encounter.id());
      }
      break;
    case EncounterEvent::kEncounterCancelled:
      MarkVoid(facts, event.encounter_cancelled().encounter_id());
      break;
    case EncounterEvent::kEncounterRetracted:
      MarkVoid(facts, event.encounter_retracted().encounter_id());
      break;
    case EncounterEvent::kRecordErased:
      facts.Clear();
      break;
    default:
      break;
  }
}

}  // namespace anamnesis::medication
