// Metrics of the log and the command runner.
#pragma once

#include <functional>

#include "decider/command_runner.h"
#include "eventlog/event_log.h"
#include "rpc/metrics.h"

namespace anamnesis::service {

// Counts the commits of a log that it is told of: appends and events in each, and how long its fsync took.
std::function<void(const eventlog::CommitReport&)> CommitMetrics(rpc::Metrics& metrics);

// Shows the runner's counters; to be called now and then.
void UpdateRunnerMetrics(const decider::CommandRunnerStats& stats, size_t in_flight, rpc::Metrics& metrics);

}  // namespace anamnesis::service
