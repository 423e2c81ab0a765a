#include "services/encounter/domain/scoring/instruments.h"

#include <algorithm>

namespace anamnesis::encounter {
namespace {

using enum v1::QuestionnaireTool;
using enum v1::ScoreBand;
using enum AnswerKind;

constexpr Item Scale(std::string_view link_id, int64_t most, std::string_view loinc = {}) {
  return {link_id, kWhole, most, 1, 1, loinc};
}
constexpr Item YesNo(std::string_view link_id, int64_t weight = 1) {
  return {link_id, kYesNo, 1, weight, weight};
}
constexpr Item Factor(std::string_view link_id, int64_t female_weight, int64_t male_weight) {
  return {link_id, kYesNo, 1, female_weight, male_weight};
}

constexpr Item kNrs[] = {Scale("item-1", 10)};

// Krebs et al., J Gen Intern Med 2009;24:733: average pain, enjoyment of life, general activity.
constexpr Item kPeg[] = {Scale("item-1", 10, "75893-8"), Scale("item-2", 10, "91145-3"),
                         Scale("item-3", 10, "91146-1")};

// Webster and Webster, Pain Med 2005;6:432: woman's weight, man's weight.
constexpr Item kOpioidRisk[] = {
    Factor("family-alcohol", 1, 3),
    Factor("family-illegal-drugs", 2, 3),
    Factor("family-prescription-drugs", 4, 4),
    Factor("personal-alcohol", 3, 3),
    Factor("personal-illegal-drugs", 4, 4),
    Factor("personal-prescription-drugs", 5, 5),
    Factor("age-16-to-45", 1, 1),
    Factor("preadolescent-sexual-abuse", 3, 0),
    Factor("add-ocd-bipolar-schizophrenia", 2, 2),
    Factor("depression", 1, 1),
};
constexpr BandFrom kOpioidRiskBands[] = {
    {0, false, SCORE_BAND_LOW     },
    {4, false, SCORE_BAND_MODERATE},
    {8, false, SCORE_BAND_HIGH    },
};

// Fairbank and Pynsent, Spine 2000;25:2940. No score lies between 20 and 21 %, nor between 40 and 41 …, whatever is
// left out.
constexpr Item kOswestry[] = {Scale("item-1", 5), Scale("item-2", 5), Scale("item-3", 5), Scale("item-4", 5),
                              Scale("item-5", 5), Scale("item-6", 5), Scale("item-7", 5), Scale("item-8", 5),
                              Scale("item-9", 5), Scale("item-10", 5)};
constexpr BandFrom kOswestryBands[] = {
    {0,  false, SCORE_BAND_MINIMAL    },
    {20, true,  SCORE_BAND_MODERATE   },
    {40, true,  SCORE_BAND_SEVERE     },
    {60, true,  SCORE_BAND_VERY_SEVERE},
    {80, true,  SCORE_BAND_EXTREME    },
};

// Bouhassira et al., Pain 2005;114:29.
constexpr Item kDn4[] = {YesNo("item-1"), YesNo("item-2"), YesNo("item-3"), YesNo("item-4"), YesNo("item-5"),
                         YesNo("item-6"), YesNo("item-7"), YesNo("item-8"), YesNo("item-9"), YesNo("item-10")};
constexpr BandFrom kDn4Bands[] = {
    {0, false, SCORE_BAND_NOT_NEUROPATHIC},
    {4, false, SCORE_BAND_NEUROPATHIC    },
};

// Bennett, Pain 2001;92:147.
constexpr Item kLanss[] = {YesNo("item-1", 5), YesNo("item-2", 5), YesNo("item-3", 3), YesNo("item-4", 2),
                           YesNo("item-5", 1), YesNo("item-6", 5), YesNo("item-7", 3)};
constexpr BandFrom kLanssBands[] = {
    {0,  false, SCORE_BAND_NOT_NEUROPATHIC},
    {12, false, SCORE_BAND_NEUROPATHIC    },
};

// Kroenke et al., J Gen Intern Med 2001;16:606 †.
constexpr Item kPhq9[] = {Scale("item-1", 3), Scale("item-2", 3), Scale("item-3", 3),
                          Scale("item-4", 3), Scale("item-5", 3), Scale("item-6", 3),
                          Scale("item-7", 3), Scale("item-8", 3), Scale("item-9", 3)};
constexpr BandFrom kPhq9Bands[] = {
    {0,  false, SCORE_BAND_MINIMAL          },
    {5,  false, SCORE_BAND_MILD             },
    {10, false, SCORE_BAND_MODERATE         },
    {15, false, SCORE_BAND_MODERATELY_SEVERE},
    {20, false, SCORE_BAND_SEVERE           },
};

// Spitzer et al., Arch Intern Med 2006;166:1092 †.
constexpr Item kGad7[] = {Scale("item-1", 3), Scale("item-2", 3), Scale("item-3", 3), Scale("item-4", 3),
                          Scale("item-5", 3), Scale("item-6", 3), Scale("item-7", 3)};
constexpr BandFrom kGad7Bands[] = {
    {0,  false, SCORE_BAND_MINIMAL },
    {5,  false, SCORE_BAND_MILD    },
    {10, false, SCORE_BAND_MODERATE},
    {15, false, SCORE_BAND_SEVERE  },
};

// Aldrete, J Clin Anesth 1995;7:89. 2 is best.
constexpr Item kAldrete[] = {Scale("activity", 2), Scale("respiration", 2), Scale("circulation", 2),
                             Scale("consciousness", 2), Scale("oxygen-saturation", 2)};
constexpr BandFrom kAldreteBands[] = {
    {0, false, SCORE_BAND_STAY_IN_RECOVERY  },
    {9, false, SCORE_BAND_MAY_LEAVE_RECOVERY},
};

constexpr Instrument kInstruments[] = {
    {QUESTIONNAIRE_TOOL_NRS_PAIN,         "72514-3", kNrs,        Aggregate::kSum,               false, false, 10,  {}              },
    {QUESTIONNAIRE_TOOL_PEG,              "91147-9", kPeg,        Aggregate::kMean,              false, false, 10,  {}              },
    {QUESTIONNAIRE_TOOL_OPIOID_RISK,      "91392-1", kOpioidRisk, Aggregate::kSum,               true,  false, 26,  kOpioidRiskBands},
    {QUESTIONNAIRE_TOOL_OSWESTRY,         "",        kOswestry,   Aggregate::kPercentOfPossible, false, true,  100, kOswestryBands  },
    {QUESTIONNAIRE_TOOL_DN4,              "",        kDn4,        Aggregate::kSum,               false, false, 10,  kDn4Bands       },
    {QUESTIONNAIRE_TOOL_LANSS,            "",        kLanss,      Aggregate::kSum,               false, false, 24,  kLanssBands     },
    {QUESTIONNAIRE_TOOL_PHQ9,             "44261-6", kPhq9,       Aggregate::kSum,               false, false, 27,  kPhq9Bands      },
    {QUESTIONNAIRE_TOOL_GAD7,             "70274-6", kGad7,       Aggregate::kSum,               false, false, 21,  kGad7Bands      },
    {QUESTIONNAIRE_TOOL_MODIFIED_ALDRETE, "",        kAldrete,    Aggregate::kSum,               false, false, 10,  kAldreteBands   },
};

template <class Predicate>
const Instrument* FindIf(Predicate predicate) {
  const auto* found = std::find_if(std::begin(kInstruments), std::end(kInstruments), predicate);
  return found == std::end(kInstruments) ? nullptr : found;
}

}  // namespace

const Instrument* FindInstrument(v1::QuestionnaireTool tool) {
  return FindIf([tool](const Instrument& instrument) { return instrument.tool == tool; });
}

const Instrument* FindInstrumentByLoinc(std::string_view code) {
  return FindIf([code](const Instrument& instrument) { return !code.empty() && instrument.loinc == code; });
}

v1::ScoreBand BandOf(const Instrument& instrument, int64_t whole, bool and_more) {
  v1::ScoreBand band = SCORE_BAND_UNSPECIFIED;
  for (const BandFrom& next : instrument.bands) {
    const bool reached = next.above ? whole > next.from || (whole == next.from && and_more) : whole >= next.from;
    if (reached) band = next.band;
  }
  return band;
}

}  // namespace anamnesis::encounter
