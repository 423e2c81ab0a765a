#include "services/encounter/domain/scoring/score.h"

#include <algorithm>
#include <map>
#include <numeric>
#include <string_view>
#include <vector>

#include "absl/strings/str_cat.h"
#include "anamnesis/encounter/v1/errors.pb.h"
#include "base/refusal.h"
#include "base/status.h"
#include "services/encounter/domain/scoring/instruments.h"

namespace anamnesis::encounter {
namespace {

using Answer = v1::QuestionnaireAnswer;
using Violations = std::vector<google::rpc::BadRequest::FieldViolation>;

// Change of pain and function that patients notice, in per cent of the score before †.
constexpr int64_t kMeaningfulPercent = 30;

v1::Fraction Reduced(int64_t numerator, int64_t denominator) {
  const int64_t divisor = std::gcd(numerator, denominator);
  v1::Fraction fraction;
  fraction.set_numerator(numerator / divisor);
  fraction.set_denominator(static_cast<uint64_t>(denominator / divisor));
  return fraction;
}

const Item* FindItem(const Instrument& instrument, std::string_view link_id) {
  const auto found = std::find_if(instrument.items.begin(), instrument.items.end(),
                                  [link_id](const Item& item) { return item.link_id == link_id; });
  return found == instrument.items.end() ? nullptr : &*found;
}

bool IsAnswered(const Answer& answer) {
  return answer.value_case() != Answer::VALUE_NOT_SET;
}

google::rpc::BadRequest::FieldViolation Violation(std::string field, const char* description) {
  google::rpc::BadRequest::FieldViolation violation;
  violation.set_field(std::move(field));
  violation.set_description(description);
  return violation;
}

// The error where `is_wrong` holds for any answer. What was answered is not said again: it is the patient's.
template <class IsWrong>
absl::Status RefuseIfAny(const v1::QuestionnaireResponse& response, v1::EncounterError error, const char* description,
                         IsWrong is_wrong) {
  Violations fields;
  for (int i = 0; i < response.answers_size(); ++i) {
    if (!is_wrong(response.answers(i))) continue;
    fields.push_back(Violation(absl::StrCat("questionnaire_response.answers[", i, "]"), description));
  }
  return fields.empty() ? absl::OkStatus() : Refuse(error, {.fields = std::move(fields)});
}

absl::Status CheckAnswers(const Instrument& instrument, const v1::QuestionnaireResponse& response) {
  RETURN_IF_ERROR(
      RefuseIfAny(response, v1::ITEM_UNKNOWN, "the tool has no such item",
                  [&instrument](const Answer& answer) { return FindItem(instrument, answer.link_id()) == nullptr; }));
  std::map<std::string_view, int> times;
  for (const Answer& answer : response.answers()) ++times[answer.link_id()];
  RETURN_IF_ERROR(RefuseIfAny(response, v1::ITEM_ANSWERED_TWICE, "the item has another answer, too",
                              [&times](const Answer& answer) { return times[answer.link_id()] > 1; }));
  RETURN_IF_ERROR(RefuseIfAny(response, v1::ANSWER_NOT_WHOLE, "the scale has whole numbers only",
                              [](const Answer& answer) { return answer.value_case() == Answer::kDecimal; }));
  RETURN_IF_ERROR(RefuseIfAny(response, v1::ANSWER_TYPE_MISMATCH, "the item takes another kind of answer",
                              [&instrument](const Answer& answer) {
                                const bool yes_no = FindItem(instrument, answer.link_id())->kind == AnswerKind::kYesNo;
                                return answer.value_case() == (yes_no ? Answer::kInteger : Answer::kBoolean);
                              }));
  return RefuseIfAny(response, v1::ANSWER_OUT_OF_RANGE, "the item takes less, or more",
                     [&instrument](const Answer& answer) {
                       return answer.value_case() == Answer::kInteger &&
                              (answer.integer() < 0 || answer.integer() > FindItem(instrument, answer.link_id())->most);
                     });
}

// ITEM_UNANSWERED.
absl::Status CheckComplete(const Instrument& instrument, const std::map<std::string_view, const Answer*>& answers) {
  if (instrument.may_omit && !answers.empty()) return absl::OkStatus();
  Violations fields;
  for (const Item& item : instrument.items) {
    if (!answers.contains(item.link_id)) fields.push_back(Violation(std::string(item.link_id), "not answered"));
  }
  return fields.empty() ? absl::OkStatus() : Refuse(v1::ITEM_UNANSWERED, {.fields = std::move(fields)});
}

int64_t PointsOf(const Item& item, const Answer& answer, v1::ScoringSex sex) {
  if (item.kind == AnswerKind::kWhole) return answer.integer();
  if (!answer.boolean()) return 0;
  return sex == v1::SCORING_SEX_MALE ? item.male_weight : item.weight;
}

v1::Fraction Aggregated(const Instrument& instrument, int64_t points, int64_t possible) {
  switch (instrument.aggregate) {
    case Aggregate::kSum:
      return Reduced(points, 1);
    case Aggregate::kMean:
      return Reduced(points, static_cast<int64_t>(instrument.items.size()));
    case Aggregate::kPercentOfPossible:
      return Reduced(points * 100, possible);
  }
  return {};
}

}  // namespace

absl::StatusOr<v1::QuestionnaireScore> ScoreOf(const v1::QuestionnaireResponse& response) {
  static constexpr Instrument kNone{};
  const Instrument* found = FindInstrument(response.tool());
  const Instrument& instrument = found == nullptr ? kNone : *found;
  RETURN_IF_ERROR(CheckAnswers(instrument, response));
  if (instrument.weighs_by_sex && response.scoring_sex() == v1::SCORING_SEX_UNSPECIFIED) {
    return Refuse(v1::SCORING_SEX_REQUIRED);
  }
  std::map<std::string_view, const Answer*> answers;
  for (const Answer& answer : response.answers()) {
    if (IsAnswered(answer)) answers[answer.link_id()] = &answer;
  }
  RETURN_IF_ERROR(CheckComplete(instrument, answers));

  int64_t points = 0;
  int64_t possible = 0;
  for (const Item& item : instrument.items) {
    const auto answer = answers.find(item.link_id);
    if (answer == answers.end()) continue;
    points += PointsOf(item, *answer->second, response.scoring_sex());
    possible += item.most;
  }
  v1::QuestionnaireScore score;
  *score.mutable_value() = Aggregated(instrument, points, possible);
  const auto denominator = static_cast<int64_t>(score.value().denominator());
  score.set_band(BandOf(instrument, score.value().numerator() / denominator, denominator > 1));
  score.set_answered(static_cast<uint32_t>(answers.size()));
  score.set_items(static_cast<uint32_t>(instrument.items.size()));
  score.set_method_version(kScoringMethodVersion);
  if (!instrument.loinc.empty()) {
    score.mutable_code()->set_system(std::string(kLoinc));
    score.mutable_code()->set_code(std::string(instrument.loinc));
  }
  return score;
}

void CodeAnswers(v1::QuestionnaireResponse& response) {
  const Instrument* const instrument = FindInstrument(response.tool());
  for (Answer& answer : *response.mutable_answers()) {
    answer.clear_code();
    const Item* const item = instrument == nullptr ? nullptr : FindItem(*instrument, answer.link_id());
    if (item == nullptr || item->loinc.empty()) continue;
    answer.mutable_code()->set_system(std::string(kLoinc));
    answer.mutable_code()->set_code(std::string(item->loinc));
  }
}

v1::ScoreChange ChangeSince(const std::string& previous_response_id, const v1::Fraction& previous,
                            const v1::Fraction& now) {
  v1::ScoreChange change;
  change.set_previous_response_id(previous_response_id);
  *change.mutable_previous() = previous;
  if (previous.numerator() == 0) return change;
  // (now − previous) ÷ previous × 100, over one denominator.
  const int64_t before = previous.numerator() * static_cast<int64_t>(now.denominator());
  const int64_t after = now.numerator() * static_cast<int64_t>(previous.denominator());
  const int64_t difference = after - before;
  *change.mutable_percent() = Reduced(difference * 100, before);
  change.set_meaningful((difference < 0 ? -difference : difference) * 100 >= kMeaningfulPercent * before);
  return change;
}

}  // namespace anamnesis::encounter
