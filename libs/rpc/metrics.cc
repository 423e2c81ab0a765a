#include "rpc/metrics.h"

#include "prometheus/text_serializer.h"

namespace anamnesis::rpc {
namespace {

// In the order of the codes' numbers, named as other gRPC servers name them.
constexpr std::array<const char*, 17> kCodeNames = {
    "OK",       "Canceled",        "Unknown",          "InvalidArgument",   "DeadlineExceeded",
    "NotFound", "AlreadyExists",   "PermissionDenied", "ResourceExhausted", "FailedPrecondition",
    "Aborted",  "OutOfRange",      "Unimplemented",    "Internal",          "Unavailable",
    "DataLoss", "Unauthenticated",
};

size_t Index(grpc::StatusCode code) {
  const auto index = static_cast<size_t>(code);
  return index < kCodeNames.size() ? index : static_cast<size_t>(grpc::StatusCode::UNKNOWN);
}

}  // namespace

Metrics::Metrics() : registry_(std::make_shared<prometheus::Registry>()) {}

prometheus::Counter& Metrics::Counter(const std::string& name, const std::string& help,
                                      const prometheus::Labels& labels) {
  return prometheus::BuildCounter().Name(name).Help(help).Register(*registry_).Add(labels);
}

prometheus::Gauge& Metrics::Gauge(const std::string& name, const std::string& help, const prometheus::Labels& labels) {
  return prometheus::BuildGauge().Name(name).Help(help).Register(*registry_).Add(labels);
}

prometheus::Histogram& Metrics::Histogram(const std::string& name, const std::string& help,
                                          const prometheus::Labels& labels, const std::vector<double>& buckets) {
  return prometheus::BuildHistogram().Name(name).Help(help).Register(*registry_).Add(labels, buckets);
}

std::string Metrics::Text() const {
  return prometheus::TextSerializer().Serialize(registry_->Collect());
}

const std::vector<double>& LatencyBuckets() {
  static const std::vector<double> kBuckets = {0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025,
                                               0.05,   0.1,     0.25,   0.5,   1,      2.5,   5,    10};
  return kBuckets;
}

MethodMetrics::MethodMetrics(Metrics& metrics, const std::string& service, const std::string& method)
    : metrics_(metrics),
      labels_{
          {"grpc_service", service},
          {"grpc_method",  method }
},
      seconds_(metrics.Histogram("grpc_server_handling_seconds", "Time from the start of a call to its end.", labels_,
                                 LatencyBuckets())) {}

void MethodMetrics::Handled(grpc::StatusCode code, double seconds) {
  seconds_.Observe(seconds);
  ForCode(code).Increment();
}

prometheus::Counter& MethodMetrics::ForCode(grpc::StatusCode code) {
  std::atomic<prometheus::Counter*>& slot = handled_[Index(code)];
  prometheus::Counter* counter = slot.load(std::memory_order_acquire);
  if (counter == nullptr) {
    prometheus::Labels labels = labels_;
    labels["grpc_code"] = kCodeNames[Index(code)];
    counter = &metrics_.Counter("grpc_server_handled_total", "Calls that ended, by status code.", labels);
    slot.store(counter, std::memory_order_release);
  }
  return *counter;
}

}  // namespace anamnesis::rpc
