#include "services/medication/domain/encounter_facts.h"

#include <algorithm>
#include <string>

#include "services/medication/domain/dose/amount.h"

namespace anamnesis::medication {
namespace {

// An encounter may be cancelled first and then retracted.
void MarkVoid(v1::EncounterFacts& facts, const std::string& encounter_id) {
  const auto& known = facts.void_ids();
  if (std::ranges::find(known, encounter_id) == known.end()) facts.add_void_ids(encounter_id);
}

auto FindFiltration(v1::EncounterFacts& facts, const std::string& id) {
  return std::ranges::find(*facts.mutable_filtrations(), id, &v1::KnownFiltration::id);
}

void RemoveFiltration(v1::EncounterFacts& facts, const std::string& id) {
  const auto found = FindFiltration(facts, id);
  if (found != facts.mutable_filtrations()->end()) facts.mutable_filtrations()->erase(found);
}

bool MayBeFiltration(const encounter::v1::Observation& observation) {
  return UnitOf(observation.value().quantity()).starts_with("mL/min");
}

// As recorded or amended: kept where its unit says that it may be a filtration rate.
void PutFiltration(v1::EncounterFacts& facts, const encounter::v1::Observation& observation) {
  const clinical::v1::Quantity& value = observation.value().quantity();
  const bool wrong = observation.status() == encounter::v1::RESULT_STATUS_CANCELLED;
  if (wrong || !MayBeFiltration(observation)) return RemoveFiltration(facts, observation.id());
  const auto found = FindFiltration(facts, observation.id());
  v1::KnownFiltration& known = found != facts.mutable_filtrations()->end() ? *found : *facts.add_filtrations();
  known.Clear();
  known.set_id(observation.id());
  *known.mutable_codings() = observation.code().codings();
  *known.mutable_value() = value;
  if (observation.has_effective_time()) {
    *known.mutable_time() = observation.effective_time();
  } else if (observation.effective_period().has_start()) {
    *known.mutable_time() = observation.effective_period().start();
  } else if (observation.has_issued()) {
    *known.mutable_time() = observation.issued();
  }
}

void PutRisk(v1::EncounterFacts& facts, const encounter::v1::QuestionnaireResponse& response) {
  if (response.tool() != encounter::v1::QUESTIONNAIRE_TOOL_OPIOID_RISK) return;
  v1::KnownRiskScore& known = *facts.add_opioid_risks();
  known.set_id(response.id());
  if (response.has_authored_time()) *known.mutable_time() = response.authored_time();
  known.set_score(response.score().value().numerator());
}

void RemoveRisk(v1::EncounterFacts& facts, const std::string& id) {
  auto& risks = *facts.mutable_opioid_risks();
  risks.erase(std::remove_if(risks.begin(), risks.end(), [&](const auto& known) { return known.id() == id; }),
              risks.end());
}

}  // namespace

bool ConcernsFacts(const encounter::v1::EncounterEvent& event) {
  using encounter::v1::EncounterEvent;
  switch (event.event_case()) {
    case EncounterEvent::kObservationRecorded:  // By far the most; few are of the kidneys.
      return MayBeFiltration(event.observation_recorded().observation());
    case EncounterEvent::kEncounterRecorded:
    case EncounterEvent::kEncounterCancelled:
    case EncounterEvent::kEncounterRetracted:
    case EncounterEvent::kObservationAmended:
    case EncounterEvent::kObservationRetracted:
    case EncounterEvent::kQuestionnaireResponseRecorded:
    case EncounterEvent::kQuestionnaireResponseRetracted:
    case EncounterEvent::kRecordErased:
      return true;
    default:
      return false;
  }
}

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
    case EncounterEvent::kObservationRecorded:
      PutFiltration(facts, event.observation_recorded().observation());
      break;
    case EncounterEvent::kObservationAmended:
      PutFiltration(facts, event.observation_amended().observation());
      break;
    case EncounterEvent::kObservationRetracted:
      RemoveFiltration(facts, event.observation_retracted().observation_id());
      break;
    case EncounterEvent::kQuestionnaireResponseRecorded:
      PutRisk(facts, event.questionnaire_response_recorded().questionnaire_response());
      break;
    case EncounterEvent::kQuestionnaireResponseRetracted:
      RemoveRisk(facts, event.questionnaire_response_retracted().questionnaire_response_id());
      break;
    case EncounterEvent::kRecordErased:
      facts.Clear();
      break;
    default:
      break;
  }
}

}  // namespace anamnesis::medication
