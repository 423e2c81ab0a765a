// Who the patient is, and what does not depend on the pain: allergies, other problems, vaccinations.
#pragma once

#include "services/cli/simulate/chart.h"

namespace anamnesis::simulate {

// Adds the Patient and fills the chart's facts about the person; moves `chart.end` to the day of death if there is one.
void AddPerson(Chart& chart, uint64_t index);
void AddAllergies(Chart& chart, const Visit& visit);
void AddOtherProblems(Chart& chart, const Visit& visit);
void AddVaccinations(Chart& chart, const Visit& visit);

}  // namespace anamnesis::simulate
