#include "service/log_metrics.h"

namespace anamnesis::service {

std::function<void(const eventlog::CommitReport&)> CommitMetrics(rpc::Metrics& metrics) {
  auto& appends = metrics.Histogram("anamnesis_log_commit_appends", "Appends committed by one fsync", {},
                                    {1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024});
  auto& seconds =
      metrics.Histogram("anamnesis_log_sync_seconds", "Time of one commit with its fsync", {}, rpc::LatencyBuckets());
  auto& events = metrics.Counter("anamnesis_log_events_total", "Events recorded since the start");
  auto& bytes = metrics.Counter("anamnesis_log_bytes_total", "Bytes of records written since the start");
  return [&](const eventlog::CommitReport& report) {
    appends.Observe(static_cast<double>(report.appends));
    seconds.Observe(static_cast<double>(report.sync_micros) / 1e6);
    events.Increment(static_cast<double>(report.events));
    bytes.Increment(static_cast<double>(report.bytes));
  };
}

void UpdateRunnerMetrics(const decider::CommandRunnerStats& stats, size_t in_flight, rpc::Metrics& metrics) {
  const auto show = [&metrics](const char* name, const char* help, double value) {
    metrics.Gauge(name, help).Set(value);
  };
  show("anamnesis_commands_in_flight", "Commands accepted and not yet answered", static_cast<double>(in_flight));
  show("anamnesis_state_cache_hits", "Decisions on a state that was in memory, since the start",
       static_cast<double>(stats.cache_hits.load()));
  show("anamnesis_state_cache_misses", "Decisions whose state was read from the log, since the start",
       static_cast<double>(stats.cache_misses.load()));
  show("anamnesis_append_conflicts", "Decisions made again because another writer was faster, since the start",
       static_cast<double>(stats.conflicts.load()));
}

}  // namespace anamnesis::service
