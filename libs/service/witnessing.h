// Both sides of witnessing in one service: a witness of the others' logs, and its own log shown to the others.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "evidence/witness.h"
#include "rpc/gate.h"
#include "rpc/metrics.h"
#include "service/cosigner.h"
#include "service/log_evidence.h"
#include "service/monitor.h"
#include "service/witness_service.h"

namespace anamnesis::service {

// Open, CheckBeforeServing, Start, Stop, from one thread. What is remembered of other logs is in `<data_dir>/witness`.
class Witnessing {
 public:
  // `witnesses`: the services that this one is shown to, with their addresses. An empty `data_dir` or no `evidence`, a
  // log in memory: neither side. Everything passed by reference or pointer outlives it.
  static absl::StatusOr<std::unique_ptr<Witnessing>> Open(const std::string& service, const std::string& data_dir,
                                                          const std::map<std::string, std::string>& witnesses,
                                                          LogEvidence* evidence, rpc::Metrics& metrics,
                                                          rpc::Gate& gate);
  ~Witnessing() { Stop(); }

  // DATA_LOSS where a witness that answers knows more of the log, or another one.
  absl::Status CheckBeforeServing();
  // Where a witness contradicts the log later, the process says so and ends at once, with status 70: whatever it
  // recorded further would make the fork longer.
  void Start();
  // Shows the witnesses the end of the log, as far as they answer within a second, and ends the threads; the service
  // stays.
  void Stop();

  WitnessService& service() { return service_; }
  // `witness:<name>` for each that this log is shown to, and `witness` for what this one watches.
  std::vector<Monitor::Link> Links() const;

 private:
  Witnessing(std::unique_ptr<evidence::Witness> witness, rpc::Metrics& metrics, rpc::Gate& gate)
      : witness_(std::move(witness)), service_(witness_.get(), metrics, gate) {}

  const std::unique_ptr<evidence::Witness> witness_;  // Null where there is no data directory.
  WitnessService service_;
  std::map<std::string, std::unique_ptr<Cosigner>> cosigners_;
};

}  // namespace anamnesis::service
