// The instruments that are scored here: items, weights, bands. Data only; score.h says what is done with it.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "anamnesis/encounter/v1/questionnaires.pb.h"

namespace anamnesis::encounter {

// Raised when the same answers give another score, band or change, so that a reader knows by which method a kept score
// was made.
inline constexpr uint32_t kScoringMethodVersion = 1;

inline constexpr std::string_view kLoinc = "http://loinc.org";

// What an item takes.
enum class AnswerKind {
  kWhole,  // A whole number from 0 to `most`; it counts as it is.
  kYesNo,  // Yes counts its weight, no counts nothing.
};

struct Item {
  std::string_view link_id;
  AnswerKind kind;
  int64_t most;                 // Of a whole number.
  int64_t weight;               // Of a yes; a woman's, where the sexes differ.
  int64_t male_weight;          // Of a man's yes.
  std::string_view loinc = {};  // Empty where the item has no code here.
};

// From which score on a band holds.
struct BandFrom {
  int64_t from;
  bool above;  // The band begins above `from`, not at it.
  v1::ScoreBand band;
};

// How items become a score.
enum class Aggregate {
  kSum,
  kMean,              // Of all items.
  kPercentOfPossible  // The sum, in per cent of the most that the answered items could give.
};

struct Instrument {
  v1::QuestionnaireTool tool;
  std::string_view loinc;  // Of the score; empty where there is none.
  std::span<const Item> items;
  Aggregate aggregate;
  bool weighs_by_sex;
  bool may_omit;                    // Items may be left out; at least one is answered.
  int64_t most;                     // The greatest score.
  std::span<const BandFrom> bands;  // Rising; empty where there are none.
};

// nullptr for a tool that is not one of them.
const Instrument* FindInstrument(v1::QuestionnaireTool tool);
// By the LOINC code of its score; nullptr where there is none.
const Instrument* FindInstrumentByLoinc(std::string_view code);

// The band of a score of `whole`, or of more than that and less than the next whole number. Unspecified where the
// instrument has no bands.
v1::ScoreBand BandOf(const Instrument& instrument, int64_t whole, bool and_more);

}  // namespace anamnesis::encounter
