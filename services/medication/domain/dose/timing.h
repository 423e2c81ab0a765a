// How often a day doses are taken.
#pragma once

#include <optional>

#include "anamnesis/medication/v1/types.pb.h"
#include "services/medication/domain/dose/exact.h"

namespace anamnesis::medication {

// The most times a day that the timing allows: 2 per 4 hours are 12, 2 per week 2/7, every 4 to 6 hours 6, before
// meals 3. Of frequency and period, the code, and the events of the day, the first that is said decides. Nothing where
// none is, or it is not understood.
std::optional<Exact> MostTimesPerDay(const v1::Timing& timing);

}  // namespace anamnesis::medication
