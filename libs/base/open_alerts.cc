#include "base/open_alerts.h"

#include <algorithm>
#include <map>
#include <set>

#include "base/clock.h"

namespace anamnesis {
namespace {

void Set(const std::set<std::string>& rules, RuleIds& open) {
  open.Assign(rules.begin(), rules.end());
}

}  // namespace

RuleIds Unacknowledged(const google::protobuf::RepeatedPtrField<rpc::v1::Alert>& alerts) {
  std::set<std::string> rules;
  for (const rpc::v1::Alert& alert : alerts) {
    if (alert.severity() == rpc::v1::ALERT_SEVERITY_WARN && alert.override_reason().empty()) {
      rules.insert(alert.rule_id());
    }
  }
  RuleIds open;
  Set(rules, open);
  return open;
}

void Open(const RuleIds& rules, RuleIds& open) {
  std::set<std::string> all(open.begin(), open.end());
  all.insert(rules.begin(), rules.end());
  Set(all, open);
}

void Close(const RuleIds& rules, RuleIds& open) {
  std::set<std::string> left(open.begin(), open.end());
  for (const std::string& rule : rules) left.erase(rule);
  Set(left, open);
}

OpenSince OpenAt(const google::protobuf::RepeatedPtrField<rpc::v1::AlertStep>& steps, int64_t at_micros) {
  std::map<std::string, int64_t> open;  // By rule, since when.
  for (const rpc::v1::AlertStep& step : steps) {
    const int64_t micros = ToMicros(step.time());
    if (micros > at_micros) continue;
    for (const std::string& rule : step.raised()) open.emplace(rule, micros);
    for (const std::string& rule : step.acknowledged().rule_ids()) open.erase(rule);
  }
  OpenSince since;
  for (const auto& [rule, micros] : open) {
    since.micros = since.rules.empty() ? micros : std::min(since.micros, micros);
    *since.rules.Add() = rule;
  }
  return since;
}

}  // namespace anamnesis
