// The safety rules. Each appends an alert for each thing that fires it; its docstring opens with the ids under which it
// does. A rule that a table sets (`opioid-safety`) is silent where the table does not list it.
#pragma once

#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

#include "services/medication/domain/safety/regimen.h"
#include "services/medication/domain/safety/review.h"

namespace anamnesis::medication {

using SafetyRule = void (*)(const Proposal& proposal, const Regimen& regimen, Alerts& alerts);

// `allergy-ingredient`: the patient is allergic (block) or intolerant (warn) to the medication or an ingredient.
// An allergy that is not said to be over or refuted counts; one of a kind that is not said blocks.
void AllergyIngredient(const Proposal& proposal, const Regimen& regimen, Alerts& alerts);
// `duplicate-order` (warn): another active order has the same medication or shares an ingredient.
void DuplicateOrder(const Proposal& proposal, const Regimen& regimen, Alerts& alerts);
// `encounter-void` (warn): the order is written in an encounter that was cancelled or entered in error.
void EncounterVoid(const Proposal& proposal, const Regimen& regimen, Alerts& alerts);

// `mme-50`, `mme-90`: with this opioid the day's total is sure to reach the limit. `mme-unknown`: a part of the total
// is unknown.
void MmeTotal(const Proposal& proposal, const Regimen& regimen, Alerts& alerts);
// `two-long-acting-opioids`: this one and another.
void TwoLongActingOpioids(const Proposal& proposal, const Regimen& regimen, Alerts& alerts);
// `duplicate-opioid`: another opioid of another substance.
void DuplicateOpioid(const Proposal& proposal, const Regimen& regimen, Alerts& alerts);
// `duplicate-class`: another medicine of the same class, of another substance.
void DuplicateClass(const Proposal& proposal, const Regimen& regimen, Alerts& alerts);
// `opioid-cns-depressant`, `gabapentinoid-opioid`, `nsaid-anticoagulant`, `serotonin`: classes that harm together.
void Combinations(const Proposal& proposal, const Regimen& regimen, Alerts& alerts);
// `acetaminophen-daily`: more than the limit over all products. `acetaminophen-unknown`: a part of it is unknown.
void AcetaminophenDaily(const Proposal& proposal, const Regimen& regimen, Alerts& alerts);

// Appends an alert as the table sets the rule, unless it does not list it. The message travels in refusals, so it names
// no drug, no diagnosis and nothing of the patient; `values` do not travel.
void Raise(const Proposal& proposal, std::string_view rule_id, std::string_view message,
           const std::vector<std::string>& facts, Alerts& alerts,
           std::initializer_list<rpc::v1::NamedNumber> values = {});
// `mme_per_day` 60, or at least 60.
rpc::v1::NamedNumber Number(std::string_view name, const AtLeast& value);
// `order/<id>`.
std::string FactOf(const Medicine& medicine);

}  // namespace anamnesis::medication
