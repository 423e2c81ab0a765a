#include "service/evidence_service.h"

#include <string>
#include <utility>

#include "anamnesis/audit/v1/errors.pb.h"
#include "anamnesis/audit/v1/evidence_service.pb.h"
#include "base/refusal.h"
#include "base/status.h"
#include "evidence/merkle.h"
#include "evidence/proof_hashes.h"

namespace anamnesis::service {
namespace {

namespace v1 = audit::v1;

absl::Status BeyondTheTree(const LogEvidence* evidence) {
  const uint64_t size = evidence == nullptr ? 0 : evidence->tree().size();
  return Refuse(v1::BEYOND_THE_TREE, {.metadata = {{"tree_size", std::to_string(size)}}});
}

absl::StatusOr<v1::GetCheckpointResponse> GetCheckpoint(const eventlog::EventLog& log, LogEvidence* evidence) {
  if (evidence == nullptr) return BeyondTheTree(evidence);
  v1::GetCheckpointResponse response;
  response.set_tail_position(log.Tail());
  ASSIGN_OR_RETURN(*response.mutable_checkpoint(), evidence->Checkpoint());
  response.set_verifier_key(evidence->verifier().ToString());
  for (std::string& note : evidence->Cosigned()) response.add_cosigned(std::move(note));
  return response;
}

absl::StatusOr<v1::GetInclusionProofResponse> GetInclusionProof(const eventlog::EventLog& log,
                                                                const LogEvidence* evidence,
                                                                const v1::GetInclusionProofRequest& request) {
  const uint64_t size = request.tree_size();
  if (evidence == nullptr || size > evidence->tree().size() || request.position() > size)
    return BeyondTheTree(evidence);
  ASSIGN_OR_RETURN(const evidence::Proof proof,
                   evidence::InclusionProof(evidence->tree(), request.position() - 1, size));
  v1::GetInclusionProofResponse response;
  evidence::AddHashes(proof, *response.mutable_hashes());
  RETURN_IF_ERROR(log.ReadStored(request.position(), request.position(),
                                 [&](std::string_view bytes) { response.set_record(bytes.data(), bytes.size()); }));
  return response;
}

absl::StatusOr<v1::GetConsistencyProofResponse> GetConsistencyProof(const LogEvidence* evidence,
                                                                    const v1::GetConsistencyProofRequest& request) {
  const uint64_t size = request.new_size();
  if (evidence == nullptr || size > evidence->tree().size() || request.old_size() > size)
    return BeyondTheTree(evidence);
  ASSIGN_OR_RETURN(const evidence::Proof proof, evidence::ConsistencyProof(evidence->tree(), request.old_size(), size));
  v1::GetConsistencyProofResponse response;
  evidence::AddHashes(proof, *response.mutable_hashes());
  return response;
}

}  // namespace

EvidenceService::EvidenceService(const eventlog::EventLog& log, LogEvidence* evidence, rpc::Gate& gate)
    : Service(*v1::GetCheckpointRequest::descriptor()->file()->FindServiceByName("EvidenceService"), gate) {
  Unary<v1::GetCheckpointRequest, v1::GetCheckpointResponse>(
      "GetCheckpoint", [&log, evidence](const rpc::CallContext&, v1::GetCheckpointRequest&&, auto done) {
        done(GetCheckpoint(log, evidence));
      });
  Unary<v1::GetInclusionProofRequest, v1::GetInclusionProofResponse>(
      "GetInclusionProof", [&log, evidence](const rpc::CallContext&, v1::GetInclusionProofRequest&& request,
                                            auto done) { done(GetInclusionProof(log, evidence, request)); });
  Unary<v1::GetConsistencyProofRequest, v1::GetConsistencyProofResponse>(
      "GetConsistencyProof", [evidence](const rpc::CallContext&, v1::GetConsistencyProofRequest&& request, auto done) {
        done(GetConsistencyProof(evidence, request));
      });
}

}  // namespace anamnesis::service
