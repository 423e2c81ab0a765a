// What becomes of the warnings about a resource, step by step in its view.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "anamnesis/rpc/v1/alerts.pb.h"
#include "base/clock.h"
#include "base/open_alerts.h"
#include "eventlog/record.h"
#include "projection/change.h"

namespace anamnesis::projection {

// The step that an event adds to the view of a resource: of alerts that it brought, or of warnings that it acknowledges.
// Nothing where no warning is open after it. `new_step` adds one to a view of a kind, null for a kind that has none.
template <class View, class Event>
std::optional<v1::ViewChange> AlertChange(const eventlog::Record& record, const std::string& subject_id,
                                          const Event& event, const std::optional<Raised>& raised,
                                          rpc::v1::AlertStep* (*new_step)(std::string_view kind, View& view)) {
  rpc::v1::AlertStep step;
  std::string resource;
  if (event.has_alerts_acknowledged()) {
    *step.mutable_acknowledged() = event.alerts_acknowledged().acknowledgement();
    *step.mutable_time() = step.acknowledged().time();
    resource = step.acknowledged().resource();
  } else if (raised.has_value()) {
    *step.mutable_raised() = Unacknowledged(raised->alerts);
    if (step.raised().empty()) return std::nullopt;
    *step.mutable_time() = ToTimestamp(record.effective_micros);
    resource = raised->resource;
  }
  const size_t slash = resource.find('/');
  if (slash == std::string::npos) return std::nullopt;
  View view;
  rpc::v1::AlertStep* const added = new_step(std::string_view(resource).substr(0, slash), view);
  if (added == nullptr) return std::nullopt;
  *added = std::move(step);
  return Patch({subject_id, resource.substr(slash + 1)}, view);
}

}  // namespace anamnesis::projection
