// Stimulators, pumps, and what is investigational.
#include <algorithm>

#include "services/encounter/domain/intervention/rules.h"

namespace anamnesis::encounter {
namespace {

// A trial before an implant that gave enough relief.
void RaiseUnlessTried(const Case& asked, std::string_view rule_id, v1::InterventionKind implant,
                      v1::InterventionKind trial, std::string_view message, Findings& findings) {
  if (asked.plan.kind() != implant || asked.rules.Setting(rule_id) == nullptr) return;
  const auto relief = static_cast<uint32_t>(asked.rules.Limit(rule_id, "relief_percent") * 100);
  const auto trials = PerformedUntil(asked.state, asked.at_micros, asked.id,
                                     [&](const v1::InterventionPlan& plan) { return plan.kind() == trial; });
  std::vector<std::string> facts;
  for (const Past& past : trials) {
    if (BestRelief(*past.entry).value_or(0) >= relief) return;
    facts.push_back(FactOf(past));
  }
  Raise(asked.rules, rule_id, message, facts, findings);
}

bool LeavesADevice(v1::InterventionKind kind) {
  return kind == v1::INTERVENTION_KIND_STIMULATOR_IMPLANT || kind == v1::INTERVENTION_KIND_STIMULATOR_BATTERY ||
         kind == v1::INTERVENTION_KIND_PUMP_IMPLANT;
}

}  // namespace

void StimulatorScreening(const Case& asked, Findings& findings) {
  const v1::InterventionKind kind = asked.plan.kind();
  if (kind != v1::INTERVENTION_KIND_STIMULATOR_TRIAL && kind != v1::INTERVENTION_KIND_STIMULATOR_IMPLANT) return;
  if (asked.plan.has_screening()) return;
  Raise(asked.rules, "stimulator-screening", "No psychological screening is recorded.", {}, findings);
}

void StimulatorTrial(const Case& asked, Findings& findings) {
  RaiseUnlessTried(asked, "stimulator-trial", v1::INTERVENTION_KIND_STIMULATOR_IMPLANT,
                   v1::INTERVENTION_KIND_STIMULATOR_TRIAL,
                   "No trial of a stimulator is known to have given enough relief.", findings);
}

void PumpTrial(const Case& asked, Findings& findings) {
  RaiseUnlessTried(asked, "pump-trial", v1::INTERVENTION_KIND_PUMP_IMPLANT, v1::INTERVENTION_KIND_PUMP_TRIAL,
                   "No intrathecal trial is known to have given enough relief.", findings);
}

void DeviceSerial(const Case& asked, Findings& findings) {
  if (!LeavesADevice(asked.plan.kind()) || asked.performance == nullptr) return;
  const auto& devices = asked.performance->devices();
  if (!devices.empty() &&
      std::ranges::none_of(devices, [](const v1::Device& device) { return device.serial_number().empty(); })) {
    return;
  }
  Raise(asked.rules, "device-serial", "The device or its serial number is not recorded.", {}, findings);
}

void Investigational(const Case& asked, Findings& findings) {
  if (!IsInvestigational(asked.plan.kind())) return;
  Raise(asked.rules, "investigational", "The treatment is investigational.", {}, findings);
}

bool IsInvestigational(v1::InterventionKind kind) {
  return kind == v1::INTERVENTION_KIND_PLATELET_RICH_PLASMA || kind == v1::INTERVENTION_KIND_OTHER_REGENERATIVE;
}

std::string FactOf(const Past& past) {
  return "intervention/" + past.id;
}

}  // namespace anamnesis::encounter
