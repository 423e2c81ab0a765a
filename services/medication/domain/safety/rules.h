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
// `allergy-class`: the patient is allergic (block) or intolerant (warn) to another substance of the same class, where
// that is a class of substances that are alike: opioids of all three kinds, non-steroidal anti-inflammatory drugs,
// gabapentinoids, SNRI, tricyclics, benzodiazepines, corticosteroids, local anaesthetics. Muscle relaxants, topicals,
// other depressants and anticoagulants share a use only. Source: house rule; one may react to both, and need not.
void AllergyClass(const Proposal& proposal, const Regimen& regimen, Alerts& alerts);
// `allergy-unread` (warn): the patient has an allergy, not said to be to food or surroundings only, without a code that
// could be compared with the medication. Source: house rule; what is not understood is not taken for harmless.
void AllergyUnread(const Proposal& proposal, const Regimen& regimen, Alerts& alerts);
// `duplicate-order` (warn): another active order has the same medication or shares an ingredient.
void DuplicateOrder(const Proposal& proposal, const Regimen& regimen, Alerts& alerts);
// `composition-unknown`: it names no ingredient that has an RxNorm code, nor a product that a table knows, or only some.
void CompositionUnknown(const Proposal& proposal, const Regimen& regimen, Alerts& alerts);
// `encounter-void` (warn): the order is written in an encounter that was cancelled or entered in error.
void EncounterVoid(const Proposal& proposal, const Regimen& regimen, Alerts& alerts);

// `facts-stale`: what is known of the patient's allergies, problems and results may be out of date for longer than the
// limit, or for an unknown time.
void FactsStale(const Proposal& proposal, const Regimen& regimen, Alerts& alerts);

// `mme-50`, `mme-90`: with this opioid the day's total is sure to reach the limit. `mme-unknown`: a part of the total
// is unknown.
void MmeTotal(const Proposal& proposal, const Regimen& regimen, Alerts& alerts);
// `two-long-acting-opioids`: this one and another at one time, now or later as the dosages say.
void TwoLongActingOpioids(const Proposal& proposal, const Regimen& regimen, Alerts& alerts);
// `duplicate-opioid`: another opioid of another substance.
void DuplicateOpioid(const Proposal& proposal, const Regimen& regimen, Alerts& alerts);
// `duplicate-class`: another medicine of the same class, of another substance.
void DuplicateClass(const Proposal& proposal, const Regimen& regimen, Alerts& alerts);
// `opioid-cns-depressant`, `gabapentinoid-opioid`, `nsaid-anticoagulant`, `serotonin`: classes that harm together.
void Combinations(const Proposal& proposal, const Regimen& regimen, Alerts& alerts);
// `nsaid-ulcer`: a non-steroidal anti-inflammatory drug with a peptic ulcer.
void NsaidUlcer(const Proposal& proposal, const Regimen& regimen, Alerts& alerts);
// `nsaid-egfr`: a non-steroidal anti-inflammatory drug where the newest filtration rate of the kidneys is below the
// limit.
void NsaidEgfr(const Proposal& proposal, const Regimen& regimen, Alerts& alerts);
// `acetaminophen-daily`: more than the limit over all products, now or later as the dosages say.
// `acetaminophen-unknown`: a part of it is unknown.
void AcetaminophenDaily(const Proposal& proposal, const Regimen& regimen, Alerts& alerts);

// `long-acting-naive`: a long-acting opioid, now or later as the dosages say, for a patient who is not sure to have
// taken opioids for the limit's days.
void LongActingNaive(const Proposal& proposal, const Regimen& regimen, Alerts& alerts);
// `pdmp-initiation`, `pdmp-renewal`: the monitoring programme was not looked into within the limit's days; the second
// where an opioid is ordered already.
void PdmpReviewDue(const Proposal& proposal, const Regimen& regimen, Alerts& alerts);
// `agreement-missing`: the therapy may have lasted longer than the limit's days, and no agreement holds.
void AgreementMissing(const Proposal& proposal, const Regimen& regimen, Alerts& alerts);
// `drug-test-missing`: no urine drug test within the limit's days.
void DrugTestDue(const Proposal& proposal, const Regimen& regimen, Alerts& alerts);
// `drug-test-unexpected`: something unexpected about a test was not concluded on.
void DrugTestUnexpected(const Proposal& proposal, const Regimen& regimen, Alerts& alerts);
// `naloxone-missing`: never offered, though the day's total reaches the limit, now or later as the dosages say, or a
// benzodiazepine is taken, or substance use or sleep-disordered breathing is known. Also asked when the other medicine
// comes second.
void NaloxoneMissing(const Proposal& proposal, const Regimen& regimen, Alerts& alerts);
// `opioid-risk-high`, `opioid-risk-moderate`: the newest score of the Opioid Risk Tool is at least the limit; of the
// two, the graver. Source: Webster & Webster, Pain Med 2005;6:432.
void OpioidRisk(const Proposal& proposal, const Regimen& regimen, Alerts& alerts);
// `initial-supply`: the first opioid is for more days than the limit; silent where the order does not say for how many.
void InitialSupply(const Proposal& proposal, const Regimen& regimen, Alerts& alerts);
// `early-refill`: of the newest fill of an order in force with the same ingredient, more than the limit should be left.
// Not asked where an order is resumed, for nothing is dispensed.
void EarlyRefill(const Proposal& proposal, const Regimen& regimen, Alerts& alerts);
// `reassessment-overdue`: none since the therapy began although it may have lasted longer than `days_first`, or the
// last one is more than `days` ago.
void ReassessmentOverdue(const Proposal& proposal, const Regimen& regimen, Alerts& alerts);
// `dose-rise-without-gain`: the day's total rises, now or later as the dosages say, and no gain of function was
// recorded since it last rose. Not asked where an order is resumed as it was.
void DoseRiseWithoutGain(const Proposal& proposal, const Regimen& regimen, Alerts& alerts);
// `taper-fast`: after `days_of_use` the day's total falls, now or later as the dosages say, by more than `percent` of
// what it was `days` before.
void TaperFast(const Proposal& proposal, const Regimen& regimen, Alerts& alerts);
// `abrupt-stop`: by a dose of nothing, or at the end of a taper, all opioids stop though the day's total is at the
// limit.
void PlannedStop(const Proposal& proposal, const Regimen& regimen, Alerts& alerts);
// `abrupt-stop`, asked when an order ends or is put on hold: the day's total reaches the limit, and no opioid is left.
void AbruptStop(const Proposal& proposal, const Regimen& regimen, Alerts& alerts);

// Appends an alert as the table sets the rule, unless it does not list it. The message travels in refusals, so it names
// no drug, no diagnosis and nothing of the patient; `values` do not travel.
void Raise(const RuleBook& rules, std::string_view rule_id, std::string_view message,
           const std::vector<std::string>& facts, Alerts& alerts,
           std::initializer_list<rpc::v1::NamedNumber> values = {});
// `mme_per_day` 60, or at least 60.
rpc::v1::NamedNumber Number(std::string_view name, const AtLeast& value);
// `order/<id>`.
std::string FactOf(const Medicine& medicine);

}  // namespace anamnesis::medication
