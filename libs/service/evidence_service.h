// Serves the evidence of a log to auditors.
#pragma once

#include "eventlog/event_log.h"
#include "rpc/service.h"
#include "service/log_evidence.h"

namespace anamnesis::service {

// EvidenceService. Log and evidence outlive it; a log without evidence, in memory, has an empty tree.
class EvidenceService final : public rpc::Service {
 public:
  EvidenceService(const eventlog::EventLog& log, LogEvidence* evidence, rpc::Gate& gate);
};

}  // namespace anamnesis::service
