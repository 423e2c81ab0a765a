// Asks one service for evidence of its history.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "anamnesis/audit/v1/evidence_service.grpc.pb.h"
#include "evidence/bundle.h"
#include "evidence/checkpoint.h"
#include "services/cli/connection.h"

namespace anamnesis::cli {

// The connection outlives it. Used by one thread. An error is that nothing was answered, not that it proves nothing.
class EvidenceAsker {
 public:
  EvidenceAsker(const Connection& connection, std::string service);

  // A checkpoint that covers all that the log held when this was called; nothing is verified.
  absl::StatusOr<audit::v1::GetCheckpointResponse> WholeCheckpoint() const;
  // Whether the service proves that `before` is the beginning of `now`.
  absl::StatusOr<bool> Continues(const evidence::Checkpoint& before, const evidence::Checkpoint& now) const;
  // A record with the proof that is said to show it in the tree.
  absl::StatusOr<evidence::ProvedRecord> Proved(uint64_t tree_size, uint64_t position) const;
  // Whether the service proves the record at a position to be in a tree.
  absl::StatusOr<bool> Contains(const evidence::Checkpoint& now, uint64_t position) const;

 private:
  template <class Request, class Response>
  absl::StatusOr<Response> Ask(grpc::Status (audit::v1::EvidenceService::Stub::*method)(grpc::ClientContext*,
                                                                                        const Request&, Response*),
                               const Request& request) const;

  const Connection& connection_;
  const std::string service_;
  const std::unique_ptr<audit::v1::EvidenceService::Stub> stub_;
};

}  // namespace anamnesis::cli
