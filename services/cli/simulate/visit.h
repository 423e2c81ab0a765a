// Contacts with the clinic and what is measured at them: vital signs, pain scores, blood tests.
#pragma once

#include "services/cli/simulate/chart.h"

namespace anamnesis::simulate {

enum class VisitKind { kConsultation, kFollowUp, kTelemedicine, kProcedure };

// Adds an Encounter on `day` of at least `minutes`; `reason` is the reference of the condition that it is about.
Visit AddVisit(Chart& chart, VisitKind kind, Day day, int minutes, const std::string& reason);

void AddVitals(Chart& chart, const Visit& visit);
// Pain now (numeric rating scale), from `pain_tenths`: 63 is 6.3, recorded as a whole number from 0 to 10.
void AddPainScore(Chart& chart, const Visit& visit, Instant when, int pain_tenths);
// The PEG: its three items and their mean. Returns the mean in tenths.
int AddPeg(Chart& chart, const Visit& visit, int pain_tenths);
// Kidney and liver values in one laboratory report, before and during long-term medication.
void AddLaboratoryReport(Chart& chart, const Visit& visit);

}  // namespace anamnesis::simulate
