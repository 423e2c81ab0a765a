// What answers come to. Exact: a score is a fraction, and no threshold is met or missed by rounding.
#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "anamnesis/encounter/v1/questionnaires.pb.h"

namespace anamnesis::encounter {

// The score of the response's answers, its `change` left out. The answers decide alone: a score that came with them is
// not looked at.
//
// ITEM_UNKNOWN, ITEM_ANSWERED_TWICE, ANSWER_NOT_WHOLE, ANSWER_TYPE_MISMATCH, ANSWER_OUT_OF_RANGE: of any answer, with a
// field violation for each by its place in `answers`; a tool that is not known has no items. SCORING_SEX_REQUIRED.
// ITEM_UNANSWERED, with a field violation for each item by name.
absl::StatusOr<v1::QuestionnaireScore> ScoreOf(const v1::QuestionnaireResponse& response);

// Gives each answer its item's code, or none; of a tool or item that is not known, none.
void CodeAnswers(v1::QuestionnaireResponse& response);

// What changed since the score before, which is of the same tool.
v1::ScoreChange ChangeSince(const std::string& previous_response_id, const v1::Fraction& previous,
                            const v1::Fraction& now);

}  // namespace anamnesis::encounter
