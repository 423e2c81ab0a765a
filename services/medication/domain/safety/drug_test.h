// What is unexpected about a urine drug test.
#pragma once

#include <vector>

#include "anamnesis/medication/v1/state.pb.h"
#include "anamnesis/medication/v1/stewardship.pb.h"
#include "services/medication/domain/dose/rule_book.h"

namespace anamnesis::medication {

// An illicit substance that was found; an opioid of an active order that was not found; a substance that was found and
// is neither in an active order, as-needed orders included, nor what one of these becomes in the body, nor sold without
// a prescription. In the order of the analytes. What is inconclusive is neither. A substance without an RxNorm code is
// judged as illicit or not at all. House rule, after MMWR 2022;71(RR-3), recommendation 10.
std::vector<v1::DrugTestFinding> UnexpectedIn(const v1::DrugTest& test, const v1::MedicationState& state,
                                              const RuleBook& rules);

}  // namespace anamnesis::medication
