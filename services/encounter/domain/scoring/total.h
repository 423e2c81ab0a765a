// Totals of instruments that came as observations, without the items: what they mean, and what is doubtful about them.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "anamnesis/encounter/v1/questionnaires.pb.h"
#include "anamnesis/encounter/v1/results.pb.h"

namespace anamnesis::encounter {

struct InstrumentTotal {
  v1::QuestionnaireTool tool;
  v1::ScoreBand band;  // Unspecified where there are no bands, or where a flag other than the first makes it doubtful.
  std::string score;   // As said.
  std::vector<std::string> flags;  // As in projection::v1::ScoredTotal.
};

// Nothing where the observation's code (LOINC) is not that of a score, or where it has no number for a value. History:
// nothing is refused and nothing corrected.
std::optional<InstrumentTotal> TotalOf(const v1::Observation& observation);

}  // namespace anamnesis::encounter
