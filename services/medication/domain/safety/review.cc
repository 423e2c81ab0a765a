#include "services/medication/domain/safety/review.h"

#include <algorithm>
#include <array>
#include <functional>
#include <span>

#include "absl/strings/str_join.h"
#include "anamnesis/medication/v1/errors.pb.h"
#include "base/refusal.h"
#include "services/medication/domain/safety/conditions.h"
#include "services/medication/domain/safety/rules.h"

namespace anamnesis::medication {
namespace {

constexpr int kPlacesOfNumbers = 2;

// In the order in which equally grave alerts are shown.
constexpr std::array kOfAnOrder = {
    AllergyIngredient, AllergyClass,     CompositionUnknown,   DuplicateOrder,  EncounterVoid,
    FactsStale,        MmeTotal,         TwoLongActingOpioids, LongActingNaive, Combinations,
    DuplicateOpioid,   DuplicateClass,   AcetaminophenDaily,   NsaidUlcer,      NsaidEgfr,
    PdmpReviewDue,     AgreementMissing, DrugTestUnexpected,   DrugTestDue,     OpioidRisk,
    NaloxoneMissing,   InitialSupply,    ReassessmentOverdue,  EarlyRefill,     DoseRiseWithoutGain,
    TaperFast,         PlannedStop,      AllergyUnread,
};
// Of what is taken without an order: whether it agrees with the patient and with what is ordered.
constexpr std::array kOfWhatIsTaken = {
    AllergyIngredient,    AllergyClass, CompositionUnknown, FactsStale,     MmeTotal,
    TwoLongActingOpioids, Combinations, DuplicateOpioid,    DuplicateOrder, DuplicateClass,
    AcetaminophenDaily,   NsaidUlcer,   NsaidEgfr,
};
constexpr std::array kOfAnEnd = {AbruptStop};

Alerts Ask(std::span<const SafetyRule> rules, const Proposal& proposal) {
  const Regimen regimen = RegimenOf(proposal);
  Alerts alerts;
  for (const SafetyRule rule : rules) rule(proposal, regimen, alerts);
  const auto exemption = ExemptionOf(proposal.facts.patient(), proposal.rules, proposal.at_micros);
  if (!exemption) return alerts;
  for (rpc::v1::Alert& alert : alerts) {
    const v1::SafetySetting* const setting = proposal.rules.Setting(alert.rule_id());
    if (setting == nullptr || !setting->stewardship()) continue;
    alert.set_severity(rpc::v1::ALERT_SEVERITY_INFO);
    alert.add_facts(*exemption);
  }
  return alerts;
}

}  // namespace

Alerts ReviewSafety(const Proposal& proposal,
                    const google::protobuf::RepeatedPtrField<rpc::v1::AlertOverride>& overrides) {
  Alerts alerts = Ask(kOfAnOrder, proposal);
  Override(alerts, overrides);
  return alerts;
}

Alerts ReviewTaken(const Proposal& proposal) {
  Alerts alerts = Ask(kOfWhatIsTaken, proposal);
  Override(alerts, {});
  return alerts;
}

Alerts ReviewEnd(const Proposal& proposal) {
  return Ask(kOfAnEnd, proposal);
}

void Override(Alerts& alerts, const google::protobuf::RepeatedPtrField<rpc::v1::AlertOverride>& overrides) {
  for (rpc::v1::Alert& alert : alerts) {
    const auto given = std::ranges::find(overrides, alert.rule_id(), &rpc::v1::AlertOverride::rule_id);
    if (given != overrides.end()) alert.set_override_reason(given->reason());
  }
  std::ranges::stable_sort(alerts, std::greater{}, &rpc::v1::Alert::severity);
}

absl::Status CheckOverridden(const Alerts& alerts, bool may_override) {
  RefusalDetails not_overridden, not_permitted;
  for (const rpc::v1::Alert& alert : alerts) {
    if (alert.severity() != rpc::v1::ALERT_SEVERITY_BLOCK) continue;
    if (!alert.override_reason().empty() && may_override) continue;
    RefusalDetails& details = alert.override_reason().empty() ? not_overridden : not_permitted;
    google::rpc::PreconditionFailure::Violation& violation = details.preconditions.emplace_back();
    violation.set_type(alert.rule_id());
    violation.set_subject(absl::StrJoin(alert.facts(), " "));
    violation.set_description(alert.message());
  }
  if (!not_overridden.preconditions.empty()) return Refuse(v1::SAFETY_OVERRIDE_REQUIRED, not_overridden);
  return not_permitted.preconditions.empty() ? absl::OkStatus() : Refuse(v1::OVERRIDE_NOT_PERMITTED, not_permitted);
}

void Raise(const RuleBook& rules, std::string_view rule_id, std::string_view message,
           const std::vector<std::string>& facts, Alerts& alerts, std::initializer_list<rpc::v1::NamedNumber> values) {
  const v1::SafetySetting* const setting = rules.Setting(rule_id);
  if (setting == nullptr) return;
  rpc::v1::Alert& alert = alerts.emplace_back();
  alert.set_rule_id(std::string(rule_id));
  alert.set_severity(setting->severity());
  alert.set_message(std::string(message));
  alert.mutable_facts()->Assign(facts.begin(), facts.end());
  alert.set_table_id(rules.TableOf(rule_id));
  alert.set_table_version(rules.versions().at(alert.table_id()));
  alert.set_source(setting->source());
  alert.mutable_values()->Assign(values.begin(), values.end());
}

rpc::v1::NamedNumber Number(std::string_view name, const AtLeast& value) {
  rpc::v1::NamedNumber number;
  number.set_name(std::string(name));
  number.set_value(DecimalText(value.known, kPlacesOfNumbers));
  number.set_at_least(!value.complete);
  return number;
}

std::string FactOf(const Medicine& medicine) {
  return "order/" + medicine.order->id();
}

}  // namespace anamnesis::medication
