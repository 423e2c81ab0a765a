// Serves a witness to the services whose logs it watches.
#pragma once

#include "anamnesis/audit/v1/witness_service.pb.h"
#include "evidence/witness.h"
#include "rpc/metrics.h"
#include "rpc/service.h"
#include "rpc/worker.h"

namespace anamnesis::service {

// WitnessService. What it is made with outlives it; a service without a data directory is no witness: the pointer is
// null.
class WitnessService final : public rpc::Service {
 public:
  WitnessService(evidence::Witness* witness, rpc::Metrics& metrics, rpc::Gate& gate);

 private:
  void Add(const evidence::ShownCheckpoint& shown, const Done<audit::v1::AddCheckpointResponse>& done);

  evidence::Witness* const witness_;
  rpc::Metrics& metrics_;
  rpc::Worker worker_;  // Remembering waits for the disk.
};

}  // namespace anamnesis::service
