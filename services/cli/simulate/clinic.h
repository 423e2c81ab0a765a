// The clinic and its staff: the same for every patient of a seed.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "services/cli/simulate/bundle.h"

namespace anamnesis::simulate {

struct Staff {
  Json entry;
  std::string reference;
  std::string display;  // "Dr. Priya Sato"
};

struct Clinic {
  Json organization_entry;
  std::string organization;
  std::vector<Staff> physicians;        // prescribe and perform
  std::vector<Staff> other_clinicians;  // psychologist, physiotherapist
};

Clinic MakeClinic(uint64_t seed);

}  // namespace anamnesis::simulate
