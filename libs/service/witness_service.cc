#include "service/witness_service.h"

#include <string>
#include <utility>

#include "anamnesis/audit/v1/errors.pb.h"
#include "anamnesis/audit/v1/witness_service.pb.h"
#include "base/refusal.h"
#include "base/status.h"
#include "evidence/proof_hashes.h"
#include "rpc/log.h"

namespace anamnesis::service {
namespace {

namespace v1 = audit::v1;

absl::Status NoWitness() {
  return Refuse(v1::CHECKPOINT_UNVERIFIED, {.metadata = {{"problem", "this service keeps no data and is no witness"}}});
}

// The refusal that a verdict stands for; OK where the checkpoint was cosigned.
absl::Status RefusalOf(const evidence::WitnessVerdict& verdict) {
  using Kind = evidence::WitnessVerdict::Kind;
  switch (verdict.kind) {
    case Kind::kCosigned:
      return absl::OkStatus();
    case Kind::kUnverified:
      return Refuse(v1::CHECKPOINT_UNVERIFIED, {.metadata = {{"problem", verdict.problem}}});
    case Kind::kKnowsAnother:
      return Refuse(v1::WITNESS_KNOWS_ANOTHER, {.metadata = {{"known_size", std::to_string(verdict.known_size)}}});
    case Kind::kNotContinuation:
      return Refuse(v1::NOT_A_CONTINUATION);
    case Kind::kTooManyLogs:
      return Refuse(v1::TOO_MANY_LOGS);
  }
  return absl::InternalError("no such verdict");
}

absl::StatusOr<v1::GetWitnessedResponse> GetWitnessed(const evidence::Witness* witness, const std::string& log) {
  if (witness == nullptr) return NoWitness();
  v1::GetWitnessedResponse response;
  response.set_witness_key(witness->verifier().ToString());
  ASSIGN_OR_RETURN(const auto known, witness->Known(log));
  if (known.has_value()) {
    response.set_checkpoint(known->note);
    response.set_verifier_key(known->key.ToString());
  }
  ASSIGN_OR_RETURN(const auto refused, witness->Refused(log));
  if (refused.has_value()) response.set_refused(refused->note);
  return response;
}

absl::StatusOr<evidence::ShownCheckpoint> ToShown(v1::AddCheckpointRequest&& request) {
  auto proof = evidence::ToProof(request.consistency());
  if (!proof.has_value()) {
    return Refuse(v1::CHECKPOINT_UNVERIFIED, {.metadata = {{"problem", "a hash of the proof is not 32 bytes"}}});
  }
  return evidence::ShownCheckpoint{.log = std::move(*request.mutable_log()),
                                   .note = std::move(*request.mutable_checkpoint()),
                                   .verifier_key = std::move(*request.mutable_verifier_key()),
                                   .old_size = request.old_size(),
                                   .consistency = *std::move(proof)};
}

}  // namespace

WitnessService::WitnessService(evidence::Witness* witness, rpc::Metrics& metrics, rpc::Gate& gate)
    : Service(*v1::GetWitnessedRequest::descriptor()->file()->FindServiceByName("WitnessService"), gate),
      witness_(witness),
      metrics_(metrics) {
  Unary<v1::AddCheckpointRequest, v1::AddCheckpointResponse>(
      "AddCheckpoint", [this](const rpc::CallContext&, v1::AddCheckpointRequest&& request, auto done) {
        if (witness_ == nullptr) return done(NoWitness());
        auto shown = ToShown(std::move(request));
        if (!shown.ok()) return done(shown.status());
        const bool accepted = worker_.Do([this, shown = *std::move(shown), done] { Add(shown, done); });
        if (!accepted) done(rpc::Worker::Refusal());
      });
  Unary<v1::GetWitnessedRequest, v1::GetWitnessedResponse>(
      "GetWitnessed", [this](const rpc::CallContext&, v1::GetWitnessedRequest&& request, auto done) {
        done(GetWitnessed(witness_, request.log()));
      });
}

void WitnessService::Add(const evidence::ShownCheckpoint& shown, const Done<v1::AddCheckpointResponse>& done) {
  absl::StatusOr<evidence::WitnessVerdict> verdict = witness_->Add(shown);
  if (!verdict.ok()) return done(verdict.status());
  const absl::Status refusal = RefusalOf(*verdict);
  if (verdict->kind == evidence::WitnessVerdict::Kind::kNotContinuation) {
    // Whoever operates this one must hear of it: the other one may not want to tell.
    rpc::Log(rpc::LogLevel::kError, "a log was rewritten, cut or replaced: its checkpoint is not cosigned",
             {
                 {"source",   shown.log          },
                 {"position", verdict->known_size}
    });
  }
  metrics_
      .Counter("anamnesis_witness_checkpoints_total", "Checkpoints of other logs that were shown, by what became of it",
               {
                   {"outcome", refusal.ok() ? "cosigned" : RefusalInfo(refusal).reason()}
  })
      .Increment();
  if (!refusal.ok()) return done(refusal);
  v1::AddCheckpointResponse response;
  response.set_cosigned(std::move(verdict->note));
  done(std::move(response));
}

}  // namespace anamnesis::service
