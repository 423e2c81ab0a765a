// All that the patient would take.
#pragma once

#include <optional>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

#include "services/medication/domain/dose/daily_mme.h"
#include "services/medication/domain/dose/medicine.h"
#include "services/medication/domain/safety/review.h"

namespace anamnesis::medication {

// The proposed medicine and every other one whose order is active, as of when the proposal is to hold.
struct Regimen {
  std::vector<Medicine> medicines;  // The proposed one first, the others by order id.
  std::string_view replaced;        // The order whose place the proposed one takes, which is none of the others.

  const Medicine& proposed() const { return medicines.front(); }
  std::span<const Medicine> others() const { return std::span(medicines).subspan(1); }
};

// Every medicine whose order is active, by order id, but for that of one order (empty: all). Refers to the state.
std::vector<Medicine> MedicinesInForce(const v1::MedicationState& state, int64_t at_micros, const RuleBook& rules,
                                       std::string_view without = {});

// The instants after the given one at which what is taken changes by itself, because a dosage begins or has ended, in
// order: of every active order but `without`, and of `with` (null: none).
std::vector<int64_t> DoseChangesAfter(const v1::MedicationState& state, int64_t at_micros, std::string_view without,
                                      const v1::Order* with);

// Refers to the proposal, which must outlive it.
Regimen RegimenOf(const Proposal& proposal);
// As of a later instant than the proposal's own.
Regimen RegimenAt(const Proposal& proposal, int64_t at_micros);

// Calls `visit` with the regimen as it is proposed, then as it will be after each later change.
template <class Visit>
void ForEachRegimen(const Proposal& proposal, const Regimen& regimen, const Visit& visit) {
  visit(regimen);
  for (const int64_t change : DoseChangesAfter(proposal.state, proposal.at_micros, regimen.replaced, &proposal.order)) {
    visit(RegimenAt(proposal, change));
  }
}

// What `measure` finds in the regimen, something with an AtLeast `total`, when that is highest from the proposal on, as
// the dosages stand; what is unknown at any time is unknown.
template <class Measure>
auto PeakOf(const Proposal& proposal, const Regimen& regimen, const Measure& measure) {
  std::optional<decltype(measure(regimen))> peak;
  bool complete = true;
  ForEachRegimen(proposal, regimen, [&](const Regimen& taken) {
    auto measured = measure(taken);
    complete = complete && measured.total.complete;
    if (!peak.has_value() || measured.total.known > peak->total.known) peak = std::move(measured);
  });
  peak->total.complete = complete;
  return *std::move(peak);
}

// The day's opioids when they are highest from the proposal on.
DailyMme PeakMme(const Proposal& proposal, const Regimen& regimen);

}  // namespace anamnesis::medication
