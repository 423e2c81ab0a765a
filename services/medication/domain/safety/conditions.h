// What is known of the patient's conditions, as far as the safety rules ask for them.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "anamnesis/medication/v1/state.pb.h"
#include "services/medication/domain/dose/rule_book.h"

namespace anamnesis::medication {

// The problem that is of the kind, as an alert's fact: `problem/<id>`. Nothing where there is none.
std::optional<std::string> ConditionOf(const v1::PatientFacts& patient, v1::ConditionKind kind, const RuleBook& rules);

// The newest estimated glomerular filtration rate up to the instant, mL/min/1.73 m². Nothing where there is none, or
// its value is no number or only a lower bound; of an upper bound, the bound.
struct Egfr {
  Exact value;
  bool less = false;  // It is below the value, by how much is not said.
  std::string fact;   // `observation/<id>`.
};
std::optional<Egfr> EgfrAt(const v1::EncounterFacts& encounters, const RuleBook& rules, int64_t at_micros);

// Why the limits of opioid stewardship only inform for this patient: treated for cancer, in palliative care, sickle
// cell disease, none of them only suspected, or certain to be under 18 years old. As a fact: `problem/<id>`, or
// `patient` for the age.
std::optional<std::string> ExemptionOf(const v1::PatientFacts& patient, const RuleBook& rules, int64_t at_micros);

}  // namespace anamnesis::medication
