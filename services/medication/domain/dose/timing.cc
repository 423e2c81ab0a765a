#include "services/medication/domain/dose/timing.h"

#include <algorithm>
#include <array>
#include <set>
#include <string_view>

#include "services/medication/domain/dose/amount.h"

namespace anamnesis::medication {
namespace {

struct Often {
  std::string_view code;
  long times;
  long days;
};

// HL7 GTSAbbreviation.
constexpr std::array kSchedules = {
    Often{"QD",  1,  1  },
    Often{"BID", 2,  1  },
    Often{"TID", 3,  1  },
    Often{"QID", 4,  1  },
    Often{"QOD", 1,  2  },
    Often{"Q1H", 24, 1  },
    Often{"Q2H", 12, 1  },
    Often{"Q3H", 8,  1  },
    Often{"Q4H", 6,  1  },
    Often{"Q6H", 4,  1  },
    Often{"Q8H", 3,  1  },
    Often{"AM",  1,  1  },
    Often{"PM",  1,  1  },
    Often{"BED", 1,  1  },
    Often{"WK",  1,  7  },
    Often{"MO",  16, 487}, // 30.4375 days (UCUM).
};

// HL7 v3 TimingEvent: those that stand for all meals of a day.
constexpr std::array<std::string_view, 3> kAtMeals = {"C", "AC", "PC"};
constexpr long kMeals = 3;
// Those that happen once a day.
constexpr std::array<std::string_view, 23> kOnce = {
    "MORN",      "MORN.early", "MORN.late", "NOON", "AFT", "AFT.early", "AFT.late", "EVE",
    "EVE.early", "EVE.late",   "NIGHT",     "PHS",  "HS",  "WAKE",      "CM",       "CD",
    "CV",        "ACM",        "ACD",       "ACV",  "PCM", "PCD",       "PCV"};

template <class List>
bool IsIn(const List& list, std::string_view code) {
  return std::find(list.begin(), list.end(), code) != list.end();
}

std::optional<Exact> ByPeriod(const v1::Timing& timing) {
  const std::optional<Exact> period = ParseExact(timing.period());
  const std::optional<Amount> unit = ParseUnit(timing.period_unit());
  if (!period || *period <= 0 || !unit || unit->dimension != Dimension::kTime) return std::nullopt;
  const uint32_t times = std::max(timing.frequency(), timing.frequency_max());
  if (times == 0) return std::nullopt;
  return Exact(times) / (*period * unit->value);
}

std::optional<Exact> ByCode(const clinical::v1::CodeableConcept& code) {
  for (const clinical::v1::Coding& coding : code.codings()) {
    for (const Often& schedule : kSchedules) {
      if (schedule.code == coding.code()) return Exact(schedule.times) / schedule.days;
    }
  }
  return std::nullopt;
}

std::optional<Exact> ByEvents(const v1::Timing& timing) {
  const std::set<std::string_view> events(timing.when().begin(), timing.when().end());
  long times = 0;
  for (const std::string_view event : events) {
    if (IsIn(kAtMeals, event)) {
      times += kMeals;
    } else if (IsIn(kOnce, event)) {
      ++times;
    } else {
      return std::nullopt;
    }
  }
  return Exact(times);
}

}  // namespace

std::optional<Exact> MostTimesPerDay(const v1::Timing& timing) {
  if (timing.has_frequency()) return ByPeriod(timing);
  if (timing.code().codings_size() > 0) return ByCode(timing.code());
  if (timing.when_size() > 0) return ByEvents(timing);
  return std::nullopt;
}

}  // namespace anamnesis::medication
