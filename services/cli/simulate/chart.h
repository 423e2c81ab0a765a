// What the themes of one patient's bundle share while it is being written.
#pragma once

#include <string>

#include "services/cli/simulate/bundle.h"
#include "services/cli/simulate/calendar.h"
#include "services/cli/simulate/clinic.h"
#include "services/cli/simulate/random.h"

namespace anamnesis::simulate {

struct Chart {
  Random random;
  BundleBuilder bundle;
  const Clinic& clinic;
  Day start;  // the first day of care
  Day end;    // the last: the window's end, or the day of death
  std::string patient;
  bool female = false;
  int age_at_start = 0;
  int height_cm = 0;
  int weight_tenths_kg = 0;
  const Staff* physician = nullptr;  // the one who leads the treatment
};

// A contact with the clinic.
struct Visit {
  std::string reference;
  Instant start;
  Instant end;
};

}  // namespace anamnesis::simulate
