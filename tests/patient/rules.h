// How rules are written down as tests: one line a rule.
#pragma once

#include <string>
#include <vector>

#include "tests/patient/builders.h"

namespace anamnesis::patient {

// After these commands, this command comes to that (see Told).
struct Rule {
  const char* name;
  std::vector<v1::PatientCommand> given;
  v1::PatientCommand when;
  const char* then;
};

// The rules of the patient resource, of merges and their undoing, and those of allergies, problems, care plans and
// goals.
const std::vector<Rule>& PatientRules();
const std::vector<Rule>& MergeRules();
const std::vector<Rule>& ResourceRules();
// Those of what came later: history, parts of plans, care team, consents.
const std::vector<Rule>& CareRules();

}  // namespace anamnesis::patient
