#include "services/encounter/domain/intervention/review.h"

#include <algorithm>
#include <array>
#include <functional>
#include <initializer_list>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "anamnesis/encounter/v1/errors.pb.h"
#include "base/refusal.h"
#include "services/encounter/domain/intervention/rules.h"

namespace anamnesis::encounter {
namespace {

struct Asked {
  InterventionRule rule;
  bool plan, time_out, performance;
};

// In the order in which equally grave findings are shown.
constexpr std::array kRules = {
    Asked{PerformerPrivilege,            false, false, true },
    Asked{EpiduralPainDuration,          true,  false, true },
    Asked{EpiduralGuidance,              false, false, true },
    Asked{EpiduralLevels,                true,  false, true },
    Asked{EpiduralOneRegion,             true,  false, true },
    Asked{EpiduralSessions,              true,  false, true },
    Asked{EpiduralRepeatRelief,          true,  false, true },
    Asked{FacetTwoBlocks,                true,  false, true },
    Asked{FacetDiagnosticSessions,       true,  false, true },
    Asked{AblationRepeat,                true,  false, true },
    Asked{AblationSessions,              true,  false, true },
    Asked{SacroiliacDiagnosticSessions,  true,  false, true },
    Asked{SacroiliacDiagnosticRelief,    true,  false, true },
    Asked{SacroiliacRepeatRelief,        true,  false, true },
    Asked{SacroiliacTherapeuticSessions, true,  false, true },
    Asked{StimulatorScreening,           true,  false, true },
    Asked{StimulatorTrial,               true,  false, true },
    Asked{PumpTrial,                     true,  false, true },
    Asked{DeviceSerial,                  false, false, true },
    Asked{AnticoagulantHold,             false, true,  true },
    Asked{AllergyChecked,                false, true,  true },
    Asked{AllergyPresent,                false, true,  true },
    Asked{PregnancyKnown,                false, true,  true },
    Asked{Investigational,               true,  false, false},
};

bool IsAsked(const Asked& asked, Phase phase) {
  switch (phase) {
    case Phase::kPlan:
      return asked.plan;
    case Phase::kTimeOut:
      return asked.time_out;
    case Phase::kPerformance:
      return asked.performance;
  }
  return false;
}

rpc::v1::AlertSeverity SeverityOf(v1::RuleSeverity severity) {
  switch (severity) {
    case v1::RULE_SEVERITY_INFO:
      return rpc::v1::ALERT_SEVERITY_INFO;
    case v1::RULE_SEVERITY_WARN:
      return rpc::v1::ALERT_SEVERITY_WARN;
    default:
      return rpc::v1::ALERT_SEVERITY_BLOCK;
  }
}

const rpc::v1::AlertOverride* FindOverride(const Overrides& overrides, const rpc::v1::Alert& alert) {
  const auto found = std::ranges::find(overrides, alert.rule_id(), &rpc::v1::AlertOverride::rule_id);
  return found == overrides.end() ? nullptr : &*found;
}

void AddViolation(const rpc::v1::Alert& alert, RefusalDetails& details) {
  google::rpc::PreconditionFailure::Violation& violation = details.preconditions.emplace_back();
  violation.set_type(alert.rule_id());
  violation.set_subject(absl::StrJoin(alert.facts(), " "));
  violation.set_description(alert.message());
}

}  // namespace

bool IsOfTimeOut(std::string_view rule_id) {
  constexpr std::string_view kOfTimeOut[] = {"anticoagulant-hold", "allergy-check", "allergy-present",
                                             "pregnancy-status"};
  return std::ranges::find(kOfTimeOut, rule_id) != std::end(kOfTimeOut);
}

Findings AskRules(const Case& asked, Phase phase) {
  Findings findings;
  for (const Asked& rule : kRules) {
    if (IsAsked(rule, phase)) rule.rule(asked, findings);
  }
  std::ranges::stable_sort(findings, std::greater{}, &Finding::severity);
  return findings;
}

void Raise(const RuleBook& rules, std::string_view rule_id, std::string_view message,
           const std::vector<std::string>& facts, Findings& findings,
           std::initializer_list<rpc::v1::NamedNumber> values) {
  const v1::RuleSetting* const setting = rules.Setting(rule_id);
  if (setting == nullptr) return;
  Finding& finding = findings.emplace_back();
  finding.severity = setting->severity();
  finding.alert.set_rule_id(std::string(rule_id));
  finding.alert.set_severity(SeverityOf(setting->severity()));
  finding.alert.set_message(std::string(message));
  finding.alert.mutable_facts()->Assign(facts.begin(), facts.end());
  finding.alert.set_table_id(rules.table());
  finding.alert.set_table_version(rules.version());
  finding.alert.set_source(setting->source());
  finding.alert.mutable_values()->Assign(values.begin(), values.end());
}

rpc::v1::NamedNumber Number(std::string_view name, int64_t value, bool at_least) {
  rpc::v1::NamedNumber number;
  number.set_name(std::string(name));
  number.set_value(absl::StrCat(value));
  number.set_at_least(at_least);
  return number;
}

Weighed Weigh(const Findings& findings, const RuleBook& rules, const Overriding& overriding) {
  const bool may_override = rules.MayOverride(overriding.roles);
  RefusalDetails not_met, not_permitted, not_overridden;
  Weighed weighed;
  for (const Finding& finding : findings) {
    rpc::v1::Alert& alert = weighed.alerts.emplace_back(finding.alert);
    if (finding.severity == v1::RULE_SEVERITY_REFUSE) {
      AddViolation(alert, not_met);
      continue;
    }
    const rpc::v1::AlertOverride* const now = FindOverride(overriding.now, alert);
    const rpc::v1::AlertOverride* const given =
        now != nullptr && may_override ? now : FindOverride(overriding.before, alert);
    if (finding.severity == v1::RULE_SEVERITY_BLOCK && given == nullptr) {
      AddViolation(alert, now == nullptr ? not_overridden : not_permitted);
    }
    if (given != nullptr) alert.set_override_reason(given->reason());
  }
  if (!not_met.preconditions.empty()) {
    weighed.refusal = Refuse(v1::INTERVENTION_RULE_NOT_MET, not_met);
  } else if (!not_permitted.preconditions.empty()) {
    weighed.refusal = Refuse(v1::OVERRIDE_NOT_PERMITTED, not_permitted);
  } else if (!not_overridden.preconditions.empty()) {
    weighed.refusal = Refuse(v1::SAFETY_OVERRIDE_REQUIRED, not_overridden);
  }
  return weighed;
}

}  // namespace anamnesis::encounter
