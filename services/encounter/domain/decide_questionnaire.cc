// Questionnaires: scored from the answers, whatever score is sent. PEG is set beside the patient's last one.
#include "base/clock.h"
#include "services/encounter/domain/decide.h"
#include "services/encounter/domain/scoring/score.h"

namespace anamnesis::encounter {
namespace {

using Questionnaires = Entries<v1::QuestionnaireEntry>;

// The tool's last response before that time; end() where there is none. Of two at one time, that with the greater id:
// the same at every replay.
Questionnaires::const_iterator LastBefore(const Questionnaires& known, v1::QuestionnaireTool tool, int64_t micros) {
  auto last = known.end();
  for (auto entry = known.begin(); entry != known.end(); ++entry) {
    if (entry->second.tool() != tool || entry->second.retracted()) continue;
    const int64_t time = ToMicros(entry->second.authored_time());
    if (time >= micros) continue;
    if (last != known.end() &&
        std::make_pair(time, entry->first) < std::make_pair(ToMicros(last->second.authored_time()), last->first)) {
      continue;
    }
    last = entry;
  }
  return last;
}

}  // namespace

absl::StatusOr<Decision> Decide(const Situation& at, const v1::RecordQuestionnaireResponseRequest& request) {
  v1::QuestionnaireResponse response = request.questionnaire_response();
  const Questionnaires& known = at.state.questionnaires();
  if (response.id().empty()) response.set_id(at.input.new_id);
  RETURN_IF_ERROR(CheckNew(known, response.id()));
  if (!response.has_authored_time()) *response.mutable_authored_time() = EffectiveTime(at, request.context());
  ASSIGN_OR_RETURN(*response.mutable_score(), ScoreOf(response));
  CodeAnswers(response);
  if (response.tool() == v1::QUESTIONNAIRE_TOOL_PEG) {
    const Questionnaires& of_person = at.person.questionnaires();
    const auto last = LastBefore(of_person, response.tool(), ToMicros(response.authored_time()));
    if (last != of_person.end()) {
      v1::QuestionnaireScore& score = *response.mutable_score();
      *score.mutable_change() = ChangeSince(last->first, last->second.score(), score.value());
    }
  }
  return Record(at, known, std::move(response), &v1::EncounterEvent::mutable_questionnaire_response_recorded,
                &v1::QuestionnaireResponseRecorded::mutable_questionnaire_response);
}

absl::StatusOr<Decision> Decide(const Situation& at, const v1::RetractQuestionnaireResponseRequest& request) {
  return Retract(at.state.questionnaires(), request.context(), request.questionnaire_response_id(),
                 &v1::EncounterEvent::mutable_questionnaire_response_retracted,
                 &v1::QuestionnaireResponseRetracted::mutable_questionnaire_response_id);
}

}  // namespace anamnesis::encounter
