// Rules about the careful use of opioids, as the table `opioid-safety` sets them.
#include <algorithm>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "services/medication/domain/dose/daily_mme.h"
#include "services/medication/domain/safety/conditions.h"
#include "services/medication/domain/safety/opioid_therapy.h"
#include "services/medication/domain/safety/rules.h"
#include "services/medication/domain/stewardship.h"

namespace anamnesis::medication {
namespace {

using Kind = v1::StewardshipKind;

constexpr int64_t kNever = INT64_MIN;

// When a record of the kind, that is not wrong and that `counts`, was last made up to the proposal; kNever if never.
int64_t Last(
    const Proposal& proposal, Kind kind,
    const std::function<bool(const v1::StewardshipState&)>& counts = [](const auto&) { return true; }) {
  int64_t last = kNever;
  for (const auto& [id, record] : proposal.state.stewardship()) {
    const int64_t time = ToMicros(record.time());
    if (record.kind() != kind || record.retracted() || time > proposal.at_micros || !counts(record)) continue;
    last = std::max(last, time);
  }
  return last;
}

// Whether more than the rule's days have passed since then.
bool IsOver(const Proposal& proposal, std::string_view rule_id, int64_t since, std::string_view limit = "days") {
  if (proposal.rules.Setting(rule_id) == nullptr) return false;  // It is not asked.
  return since == kNever ||
         Exact(proposal.at_micros - since) > proposal.rules.Limit(rule_id, limit) * Exact(kMicrosPerDay);
}

bool LastsLongerThan(const Proposal& proposal, std::string_view rule_id, const OpioidTherapy& therapy,
                     std::string_view limit = "days") {
  return proposal.rules.Setting(rule_id) != nullptr &&
         therapy.MayHaveLastedLonger(proposal.rules.Limit(rule_id, limit), proposal.at_micros);
}

std::string ProposedFact(const Regimen& regimen) {
  return FactOf(regimen.proposed());
}

// How much the day's opioids come to without the proposal; of a dose change, with the dose as it was.
AtLeast TotalBefore(const Proposal& proposal) {
  return DailyMmeOf(MedicinesInForce(proposal.state, proposal.at_micros, proposal.rules), proposal.rules).total;
}

bool IsForOpioid(const Proposal& proposal, const Regimen& regimen) {
  return regimen.proposed().IsOpioid(proposal.rules);
}

}  // namespace

void LongActingNaive(const Proposal& proposal, const Regimen& regimen, Alerts& alerts) {
  constexpr std::string_view kRule = "long-acting-naive";
  if (proposal.rules.Setting(kRule) == nullptr || !IsForOpioid(proposal, regimen)) return;
  bool long_acting = false;
  ForEachRegimen(proposal, regimen, [&](const Regimen& taken) {
    long_acting = long_acting || taken.proposed().IsLongActingOpioid(proposal.rules);
  });
  if (!long_acting) return;
  const OpioidTherapy therapy = TherapyAt(proposal.state, proposal.at_micros);
  if (therapy.AreTakenFor(proposal.rules.Limit(kRule, "days"), proposal.at_micros)) return;
  Raise(proposal.rules, kRule, "The patient is not known to be used to opioids; a long-acting one can stop the breath.",
        {ProposedFact(regimen)}, alerts);
}

void PdmpReviewDue(const Proposal& proposal, const Regimen& regimen, Alerts& alerts) {
  if (!IsForOpioid(proposal, regimen)) return;
  const bool renewal = TherapyAt(proposal.state, proposal.at_micros).current;
  const std::string_view rule = renewal ? "pdmp-renewal" : "pdmp-initiation";
  if (!IsOver(proposal, rule, Last(proposal, v1::STEWARDSHIP_KIND_PDMP_REVIEW))) return;
  Raise(proposal.rules, rule, "The prescription drug monitoring programme was not looked into lately.",
        {ProposedFact(regimen)}, alerts);
}

void AgreementMissing(const Proposal& proposal, const Regimen& regimen, Alerts& alerts) {
  constexpr std::string_view kRule = "agreement-missing";
  if (!IsForOpioid(proposal, regimen)) return;
  if (!LastsLongerThan(proposal, kRule, TherapyAt(proposal.state, proposal.at_micros))) return;
  const auto holds = [&](const v1::StewardshipState& agreement) {
    return !agreement.has_until() || ToMicros(agreement.until()) > proposal.at_micros;
  };
  if (Last(proposal, v1::STEWARDSHIP_KIND_TREATMENT_AGREEMENT, holds) != kNever) return;
  Raise(proposal.rules, kRule, "The therapy is a long one, and no treatment agreement holds.", {ProposedFact(regimen)},
        alerts);
}

void DrugTestDue(const Proposal& proposal, const Regimen& regimen, Alerts& alerts) {
  constexpr std::string_view kRule = "drug-test-missing";
  if (!IsForOpioid(proposal, regimen)) return;
  if (!IsOver(proposal, kRule, Last(proposal, v1::STEWARDSHIP_KIND_DRUG_TEST))) return;
  Raise(proposal.rules, kRule, "There is no urine drug test of the last year.", {ProposedFact(regimen)}, alerts);
}

void DrugTestUnexpected(const Proposal& proposal, const Regimen& regimen, Alerts& alerts) {
  if (!IsForOpioid(proposal, regimen)) return;
  std::vector<std::string> tests;
  for (const auto& [id, record] : proposal.state.stewardship()) {
    if (record.open() && !record.retracted() && ToMicros(record.time()) <= proposal.at_micros) {
      tests.push_back(std::string(NameOf(record.kind())) + "/" + id);
    }
  }
  if (tests.empty()) return;
  std::ranges::sort(tests);
  Raise(proposal.rules, "drug-test-unexpected", "Nobody has concluded on an unexpected result of a urine drug test.",
        tests, alerts);
}

void NaloxoneMissing(const Proposal& proposal, const Regimen& regimen, Alerts& alerts) {
  constexpr std::string_view kRule = "naloxone-missing";
  constexpr v1::DrugClass kBenzodiazepine[] = {v1::DRUG_CLASS_BENZODIAZEPINE};
  if (proposal.rules.Setting(kRule) == nullptr) return;
  const bool takes_opioid =
      std::ranges::any_of(regimen.medicines, [&](const Medicine& m) { return m.IsOpioid(proposal.rules); });
  if (!takes_opioid || Last(proposal, v1::STEWARDSHIP_KIND_NALOXONE_OFFER) != kNever) return;
  std::vector<std::string> reasons;
  for (const Medicine& medicine : regimen.medicines) {
    if (medicine.IsOf(kBenzodiazepine, proposal.rules)) reasons.push_back(FactOf(medicine));
  }
  for (const v1::ConditionKind kind :
       {v1::CONDITION_KIND_SUBSTANCE_USE, v1::CONDITION_KIND_SLEEP_DISORDERED_BREATHING}) {
    if (auto fact = ConditionOf(proposal.facts.patient(), kind, proposal.rules)) reasons.push_back(*std::move(fact));
  }
  const AtLeast total = PeakMme(proposal, regimen).total;
  const bool much = total.Reaches(proposal.rules.Limit(kRule, "mme_per_day"));
  if (!much && reasons.empty()) return;
  if (reasons.empty()) reasons.push_back(ProposedFact(regimen));
  Raise(proposal.rules, kRule, "The risk of an overdose is raised, and naloxone was never offered.", reasons, alerts,
        {Number("mme_per_day", total)});
}

void OpioidRisk(const Proposal& proposal, const Regimen& regimen, Alerts& alerts) {
  if (!IsForOpioid(proposal, regimen)) return;
  const v1::KnownRiskScore* newest = nullptr;
  for (const v1::KnownRiskScore& known : proposal.facts.encounters().opioid_risks()) {
    if (ToMicros(known.time()) > proposal.at_micros) continue;
    if (newest == nullptr || ToMicros(known.time()) >= ToMicros(newest->time())) newest = &known;
  }
  if (newest == nullptr) return;
  const Exact score(static_cast<long>(newest->score()));
  for (const std::string_view rule : {"opioid-risk-high", "opioid-risk-moderate"}) {
    if (proposal.rules.Setting(rule) == nullptr || score < proposal.rules.Limit(rule, "score")) continue;
    Raise(proposal.rules, rule, "The Opioid Risk Tool tells of a raised risk of misuse.",
          {"questionnaire_response/" + newest->id()}, alerts, {Number("score", {score, true})});
    return;
  }
}

void InitialSupply(const Proposal& proposal, const Regimen& regimen, Alerts& alerts) {
  constexpr std::string_view kRule = "initial-supply";
  if (proposal.rules.Setting(kRule) == nullptr || !IsForOpioid(proposal, regimen)) return;
  if (!proposal.order.has_days_supply() || TherapyAt(proposal.state, proposal.at_micros).current) return;
  if (Exact(proposal.order.days_supply()) <= proposal.rules.Limit(kRule, "days")) return;
  Raise(proposal.rules, kRule, "The first supply of an opioid is for longer than acute pain mostly lasts.",
        {ProposedFact(regimen)}, alerts, {Number("days", {Exact(proposal.order.days_supply()), true})});
}

void EarlyRefill(const Proposal& proposal, const Regimen& regimen, Alerts& alerts) {
  constexpr std::string_view kRule = "early-refill";
  if (proposal.resumes || proposal.rules.Setting(kRule) == nullptr || !IsForOpioid(proposal, regimen)) return;
  // By order id: a proto map has no order of its own, and a replay must say the same.
  std::map<std::string_view, const v1::OrderInForce*> filled;
  for (const auto& [id, order] : proposal.state.in_force()) {
    if (order.days_filled() > 0) filled.emplace(id, &order);
  }
  for (const auto& [id, order] : filled) {
    if (!regimen.proposed().SharesIngredientWith(MedicineOf(order->therapy(), proposal.at_micros, proposal.rules))) {
      continue;
    }
    const Exact supply = Exact(order->days_filled()) * Exact(kMicrosPerDay);
    const Exact left = supply - Exact(proposal.at_micros - ToMicros(order->filled()));
    const Exact percent_left = left * 100 / supply;
    if (percent_left <= proposal.rules.Limit(kRule, "percent_left")) continue;
    Raise(proposal.rules, kRule, "Much of the last supply of this opioid should still be there.",
          {"order/" + std::string(id)}, alerts, {Number("percent_left", {percent_left, true})});
  }
}

void ReassessmentOverdue(const Proposal& proposal, const Regimen& regimen, Alerts& alerts) {
  constexpr std::string_view kRule = "reassessment-overdue";
  if (!IsForOpioid(proposal, regimen)) return;
  const OpioidTherapy therapy = TherapyAt(proposal.state, proposal.at_micros);
  if (!LastsLongerThan(proposal, kRule, therapy, "days_first")) return;
  const int64_t last = Last(proposal, v1::STEWARDSHIP_KIND_REASSESSMENT);
  const bool since_start = last != kNever && (!therapy.started_micros || last >= *therapy.started_micros);
  if (since_start && !IsOver(proposal, kRule, last)) return;
  Raise(proposal.rules, kRule, "Benefits and risks of the therapy were not weighed again in time.",
        {ProposedFact(regimen)}, alerts);
}

void DoseRiseWithoutGain(const Proposal& proposal, const Regimen& regimen, Alerts& alerts) {
  if (proposal.resumes || !IsForOpioid(proposal, regimen)) return;
  const std::optional<int64_t> last_rise = LastRise(proposal.state, proposal.at_micros);
  if (!last_rise) return;
  const AtLeast before = TotalBefore(proposal);
  const AtLeast after = PeakMme(proposal, regimen).total;
  if (!before.complete || after.known <= before.known) return;
  const auto gain = [](const v1::StewardshipState& reassessment) { return reassessment.gain(); };
  if (Last(proposal, v1::STEWARDSHIP_KIND_REASSESSMENT, gain) >= *last_rise) return;
  Raise(proposal.rules, "dose-rise-without-gain",
        "The dose rises again, and no gain of function is recorded since it rose last.", {ProposedFact(regimen)},
        alerts, {Number("mme_per_day_before", before), Number("mme_per_day", after)});
}

void TaperFast(const Proposal& proposal, const Regimen& regimen, Alerts& alerts) {
  constexpr std::string_view kRule = "taper-fast";
  if (!IsForOpioid(proposal, regimen)) return;
  if (!LastsLongerThan(proposal, kRule, TherapyAt(proposal.state, proposal.at_micros), "days_of_use")) return;
  const int64_t month = proposal.rules.Limit(kRule, "days").get_num().get_si() * kMicrosPerDay;
  const AtLeast now = TotalBefore(proposal);
  // What the day comes to at an instant: as it was recorded, or as it will be with the proposal.
  const auto total_at = [&](int64_t micros) -> AtLeast {
    if (micros == proposal.at_micros) return DailyMmeOf(regimen.medicines, proposal.rules).total;
    if (micros > proposal.at_micros) return DailyMmeOf(RegimenAt(proposal, micros).medicines, proposal.rules).total;
    return {DailyMmeAt(proposal.state, micros).value_or(now.known), now.complete};
  };
  std::vector<int64_t> changes =
      DoseChangesAfter(proposal.state, proposal.at_micros, regimen.replaced, &proposal.order);
  changes.insert(changes.begin(), proposal.at_micros);
  std::optional<Exact> fastest;
  for (const int64_t change : changes) {
    const AtLeast before = change == proposal.at_micros ? now : total_at(change - 1);
    const AtLeast after = total_at(change);
    // That nothing is taken any more is judged by `abrupt-stop`.
    if (!before.complete || !after.complete || after.known >= before.known) continue;
    if (after.known == 0 && change != proposal.at_micros) continue;
    // The month's fall is judged from what was taken when it began.
    const Exact reference = std::max(total_at(change - month).known, before.known);
    const Exact percent = (reference - after.known) * 100 / reference;
    if (percent > proposal.rules.Limit(kRule, "percent")) fastest = std::max(fastest.value_or(percent), percent);
  }
  if (!fastest) return;
  Raise(proposal.rules, kRule, "After long use the dose falls faster than the body gets used to.",
        {ProposedFact(regimen)}, alerts, {Number("percent", {*fastest, true})});
}

void PlannedStop(const Proposal& proposal, const Regimen& regimen, Alerts& alerts) {
  constexpr std::string_view kRule = "abrupt-stop";
  if (proposal.rules.Setting(kRule) == nullptr || !IsForOpioid(proposal, regimen)) return;
  const auto judge = [&](const AtLeast& before, const AtLeast& after) {
    if (after.known > 0 || !after.complete || !before.Reaches(proposal.rules.Limit(kRule, "mme_per_day"))) return;
    Raise(proposal.rules, kRule, "All opioids would stop at once from a dose that the body is used to.",
          {ProposedFact(regimen)}, alerts, {Number("mme_per_day_before", before)});
  };
  judge(TotalBefore(proposal), DailyMmeOf(regimen.medicines, proposal.rules).total);
  if (!proposal.taper) return;  // What is for some days only ends as it is meant to.
  for (const int64_t change : DoseChangesAfter(proposal.state, proposal.at_micros, regimen.replaced, &proposal.order)) {
    judge(DailyMmeOf(RegimenAt(proposal, change - 1).medicines, proposal.rules).total,
          DailyMmeOf(RegimenAt(proposal, change).medicines, proposal.rules).total);
  }
}

void AbruptStop(const Proposal& proposal, const Regimen& regimen, Alerts& alerts) {
  constexpr std::string_view kRule = "abrupt-stop";
  if (proposal.rules.Setting(kRule) == nullptr || !IsForOpioid(proposal, regimen)) return;
  const AtLeast before = TotalBefore(proposal);
  const bool any_left =
      std::ranges::any_of(regimen.others(), [&](const Medicine& other) { return other.IsOpioid(proposal.rules); });
  if (any_left || !before.Reaches(proposal.rules.Limit(kRule, "mme_per_day"))) return;
  Raise(proposal.rules, kRule, "All opioids stop at once from a dose that the body is used to.",
        {ProposedFact(regimen)}, alerts, {Number("mme_per_day_before", before)});
}

}  // namespace anamnesis::medication
