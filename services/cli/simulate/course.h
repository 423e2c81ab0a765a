// The course of one pain problem under treatment: visits over the years, interventions in their order, pain that falls
// with what helps and comes back when it wears off.
#pragma once

#include "services/cli/simulate/chart.h"
#include "services/cli/simulate/tables.h"

namespace anamnesis::simulate {

void AddPainCourse(Chart& chart, const Problem& problem);

}  // namespace anamnesis::simulate
