// What a process counts, for Prometheus.
#pragma once

#include <array>
#include <atomic>
#include <memory>
#include <string>
#include <vector>

#include "grpcpp/support/status_code_enum.h"
#include "prometheus/counter.h"
#include "prometheus/gauge.h"
#include "prometheus/histogram.h"
#include "prometheus/registry.h"

namespace anamnesis::rpc {

// The registry of one process or, in tests, of one module. Thread-safe. Making a metric takes a lock, so keep the
// reference, which lives as long as this object; asking again for the same name and labels gives the same metric.
// Labels never hold anything of a patient.
class Metrics {
 public:
  Metrics();

  prometheus::Counter& Counter(const std::string& name, const std::string& help, const prometheus::Labels& labels = {});
  prometheus::Gauge& Gauge(const std::string& name, const std::string& help, const prometheus::Labels& labels = {});
  // Buckets are upper bounds, ascending; durations are in seconds.
  prometheus::Histogram& Histogram(const std::string& name, const std::string& help, const prometheus::Labels& labels,
                                   const std::vector<double>& buckets);

  // Everything, in the Prometheus text format.
  std::string Text() const;

  std::shared_ptr<prometheus::Registry> registry() const { return registry_; }

 private:
  const std::shared_ptr<prometheus::Registry> registry_;
};

// Bounds in seconds that suit calls and commits: 100 µs to 10 s.
const std::vector<double>& LatencyBuckets();

// The counts of one RPC method under the names that everybody uses. Thread-safe, without a lock of its own.
class MethodMetrics {
 public:
  // `metrics` must outlive this object.
  MethodMetrics(Metrics& metrics, const std::string& service, const std::string& method);

  void Handled(grpc::StatusCode code, double seconds);

 private:
  prometheus::Counter& ForCode(grpc::StatusCode code);

  Metrics& metrics_;
  const prometheus::Labels labels_;
  prometheus::Histogram& seconds_;
  // By status code; made when first needed.
  std::array<std::atomic<prometheus::Counter*>, 17> handled_{};
};

}  // namespace anamnesis::rpc
