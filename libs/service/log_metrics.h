// Metrics of the log and the command runner.
#pragma once

#include "decider/command_runner.h"
#include "eventlog/event_log.h"
#include "rpc/metrics.h"

namespace anamnesis::service {

// Counts every commit of the log: appends and events in it, and how long its fsync took. Before the first append.
void ObserveCommits(eventlog::EventLog& log, rpc::Metrics& metrics);

// Shows the runner's counters; to be called now and then.
void UpdateRunnerMetrics(const decider::CommandRunnerStats& stats, size_t in_flight, rpc::Metrics& metrics);

}  // namespace anamnesis::service
