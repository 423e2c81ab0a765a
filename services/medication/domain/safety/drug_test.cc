#include "services/medication/domain/safety/drug_test.h"

#include <algorithm>
#include <optional>
#include <string>

#include "base/clock.h"
#include "services/medication/domain/dose/medicine.h"

namespace anamnesis::medication {
namespace {

bool IsTaken(const std::string& rxnorm, const v1::MedicationState& state, const RuleBook& rules, int64_t at_micros) {
  return std::ranges::any_of(state.in_force(), [&](const auto& entry) {
    const auto& [id, order] = entry;
    return state.orders().at(id).status() == v1::ORDER_STATUS_ACTIVE &&
           MedicineOf(order.therapy(), at_micros, rules).Contains(rxnorm);
  });
}

std::optional<v1::UnexpectedResult> Judge(const v1::DrugTestAnalyte& analyte, const v1::MedicationState& state,
                                          const RuleBook& rules, int64_t at_micros) {
  const bool found = analyte.result() == v1::ANALYTE_RESULT_POSITIVE;
  if (!found && analyte.result() != v1::ANALYTE_RESULT_NEGATIVE) return std::nullopt;
  if (found && analyte.illicit()) return v1::UNEXPECTED_RESULT_ILLICIT_POSITIVE;
  const clinical::v1::Coding& substance = analyte.substance();
  if (substance.system() != kRxNorm || substance.code().empty()) return std::nullopt;
  const bool taken = IsTaken(substance.code(), state, rules, at_micros);
  if (!found) {
    if (taken && rules.IsOpioid(substance.code())) return v1::UNEXPECTED_RESULT_PRESCRIBED_NEGATIVE;
    return std::nullopt;
  }
  if (taken || rules.IsOverTheCounter(substance.code())) return std::nullopt;
  const bool becomes = std::ranges::any_of(rules.FoundWith(substance.code()), [&](const std::string& source) {
    return IsTaken(source, state, rules, at_micros);
  });
  if (becomes) return std::nullopt;
  return v1::UNEXPECTED_RESULT_NOT_PRESCRIBED_POSITIVE;
}

}  // namespace

std::vector<v1::DrugTestFinding> UnexpectedIn(const v1::DrugTest& test, const v1::MedicationState& state,
                                              const RuleBook& rules) {
  std::vector<v1::DrugTestFinding> findings;
  for (const v1::DrugTestAnalyte& analyte : test.analytes()) {
    const auto kind = Judge(analyte, state, rules, ToMicros(test.collected()));
    if (!kind.has_value()) continue;
    v1::DrugTestFinding& finding = findings.emplace_back();
    finding.set_rxnorm(analyte.substance().code());
    finding.set_kind(*kind);
  }
  return findings;
}

}  // namespace anamnesis::medication
