// A pain clinic that never was: people, their pain over years, visits, treatments and medicines, as FHIR R4 transaction
// bundles. A pure function of the seed and the options; reads no clock, so the same call gives the same bytes for ever.
#pragma once

#include <cstdint>

#include "services/cli/simulate/bundle.h"
#include "services/cli/simulate/calendar.h"

namespace anamnesis::simulate {

struct Options {
  Day from = std::chrono::sys_days(std::chrono::year(2020) / 1 / 1);  // the first day of care
  int years = 3;                                                      // of care, from 1 to 30
};

// The bundle of patient `index` (from 1) of a seed. Does not depend on how many patients are made. Carries the
// practitioners and the clinic that it names, with the ids of MakeClinicBundle.
Json MakePatientBundle(uint64_t seed, uint64_t index, const Options& options);

// The clinic and everybody who works there.
Json MakeClinicBundle(uint64_t seed);

}  // namespace anamnesis::simulate
