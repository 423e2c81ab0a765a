// What a recorded event tells of the command that it came from, where every domain tells it alike.
#pragma once

#include <string>

#include "anamnesis/rpc/v1/command.pb.h"
#include "base/clock.h"
#include "eventlog/record.h"

namespace anamnesis::service {

// Whose it is, why, and when it took effect.
template <class Request>
void FillContext(const eventlog::Record& record, const std::string& reason, Request& request) {
  request.set_patient_id(std::string(eventlog::EntityOf(record.stream)));
  request.mutable_context()->set_reason(reason);
  *request.mutable_context()->mutable_effective_time() = ToTimestamp(record.effective_micros);
}

// What was overridden, with the reasons.
template <class Alerts, class Request>
void FillOverrides(const Alerts& alerts, Request& request) {
  for (const rpc::v1::Alert& alert : alerts) {
    if (alert.override_reason().empty()) continue;
    rpc::v1::AlertOverride& given = *request.add_overrides();
    given.set_rule_id(alert.rule_id());
    given.set_reason(alert.override_reason());
  }
}

// Which tables were decided by: ids with their versions.
template <class Versions, class Explained>
void FillTables(const Versions& versions, Explained& explained) {
  for (const auto& [id, version] : versions) {
    auto& table = *explained.add_tables();
    table.set_id(id);
    table.set_version(version);
  }
}

}  // namespace anamnesis::service
