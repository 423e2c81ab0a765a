#include "services/cli/evidence_asker.h"

#include <optional>
#include <utility>

#include "base/status.h"
#include "evidence/merkle.h"
#include "evidence/note.h"
#include "evidence/proof_hashes.h"

namespace anamnesis::cli {
namespace {

using audit::v1::EvidenceService;

constexpr int kMostAsked = 1000;  // Until the tree has what the log had: it follows within milliseconds.

}  // namespace

EvidenceAsker::EvidenceAsker(const Connection& connection, std::string service)
    : connection_(connection),
      service_(std::move(service)),
      stub_(EvidenceService::NewStub(connection.Channel(service_))) {}

template <class Request, class Response>
absl::StatusOr<Response> EvidenceAsker::Ask(grpc::Status (EvidenceService::Stub::*method)(grpc::ClientContext*,
                                                                                          const Request&, Response*),
                                            const Request& request) const {
  grpc::ClientContext context;
  connection_.Prepare(context);
  Response response;
  const grpc::Status status = (stub_.get()->*method)(&context, request, &response);
  if (!status.ok()) return connection_.Explain(service_, status);
  return response;
}

absl::StatusOr<audit::v1::GetCheckpointResponse> EvidenceAsker::WholeCheckpoint() const {
  uint64_t wanted = 0;
  for (int i = 0; i < kMostAsked; ++i) {
    ASSIGN_OR_RETURN(auto response, Ask(&EvidenceService::Stub::GetCheckpoint, audit::v1::GetCheckpointRequest()));
    if (i == 0) wanted = response.tail_position();
    ASSIGN_OR_RETURN(const evidence::Note note, evidence::ParseNote(response.checkpoint()));
    ASSIGN_OR_RETURN(const evidence::Checkpoint checkpoint, evidence::ParseCheckpoint(note.text));
    if (checkpoint.size >= wanted) return response;
  }
  return absl::DeadlineExceededError("the tree does not follow the log; see the server's health");
}

absl::StatusOr<bool> EvidenceAsker::Continues(const evidence::Checkpoint& before,
                                              const evidence::Checkpoint& now) const {
  if (before.size > now.size) return false;
  audit::v1::GetConsistencyProofRequest request;
  request.set_old_size(before.size);
  request.set_new_size(now.size);
  ASSIGN_OR_RETURN(const auto response, Ask(&EvidenceService::Stub::GetConsistencyProof, request));
  const auto proof = evidence::ToProof(response.hashes());
  return proof.has_value() && evidence::VerifyConsistency(before.size, before.root, now.size, now.root, *proof);
}

absl::StatusOr<evidence::ProvedRecord> EvidenceAsker::Proved(uint64_t tree_size, uint64_t position) const {
  audit::v1::GetInclusionProofRequest request;
  request.set_position(position);
  request.set_tree_size(tree_size);
  ASSIGN_OR_RETURN(auto response, Ask(&EvidenceService::Stub::GetInclusionProof, request));
  std::optional<evidence::Proof> proof = evidence::ToProof(response.hashes());
  // A proof of other lengths proves nothing, as an empty one.
  return evidence::ProvedRecord{position, std::move(*response.mutable_record()),
                                std::move(proof).value_or(evidence::Proof())};
}

absl::StatusOr<bool> EvidenceAsker::Contains(const evidence::Checkpoint& now, uint64_t position) const {
  ASSIGN_OR_RETURN(const evidence::ProvedRecord record, Proved(now.size, position));
  return evidence::VerifyInclusion(evidence::LeafHash(record.bytes), position - 1, now.size, record.proof, now.root);
}

}  // namespace anamnesis::cli
