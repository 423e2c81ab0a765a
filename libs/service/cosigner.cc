#include "service/cosigner.h"

#include <algorithm>
#include <chrono>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "base/backoff.h"
#include "base/refusal.h"
#include "base/status.h"
#include "evidence/merkle.h"
#include "evidence/note.h"
#include "evidence/proof_hashes.h"
#include "evidence/signed_checkpoint.h"
#include "rpc/client.h"
#include "rpc/log.h"
#include "rpc/status.h"

namespace anamnesis::service {
namespace {

namespace v1 = audit::v1;
using std::chrono::milliseconds;

constexpr milliseconds kFirstWait{50};
constexpr milliseconds kLastWait{2'000};
constexpr milliseconds kTimeout{5'000};
constexpr milliseconds kTimeoutBeforeServing{1'000};
constexpr milliseconds kTimeoutWhenStopping{500};
// How long what was recorded waits to be shown, at most.
constexpr milliseconds kShowWithin{1'000};
// How often the witness is asked though there is nothing to show.
constexpr milliseconds kAskEvery{10'000};

// The key must have cosigned what was shown, and that still carry its own signature; the time is the witness's word.
absl::Status CheckCosigned(const std::string& cosigned, const evidence::Note& shown, const evidence::VerifierKey& own,
                           const std::string& witness_key) {
  ASSIGN_OR_RETURN(const evidence::VerifierKey witness, evidence::VerifierKey::Parse(witness_key));
  ASSIGN_OR_RETURN(const evidence::Note note, evidence::ParseNote(cosigned));
  if (note.text != shown.text) {
    return absl::FailedPreconditionError("the witness answers with another checkpoint than it was shown");
  }
  for (const evidence::VerifierKey& key : {own, witness}) {
    const std::vector<evidence::VerifierKey> keys = {key};
    RETURN_IF_ERROR(evidence::VerifyNote(cosigned, keys).status());
  }
  return absl::OkStatus();
}

// Whether the key that signed what a witness keeps is of the same log as this service's.
bool IsOfTheSameLog(const std::string& checkpoint, const std::string& origin) {
  const absl::StatusOr<evidence::Note> note = evidence::ParseNote(checkpoint);
  if (!note.ok()) return false;
  const absl::StatusOr<evidence::Checkpoint> kept = evidence::ParseCheckpoint(note->text);
  return kept.ok() && kept->origin == origin;
}

}  // namespace

Cosigner::Cosigner(Options options, LogEvidence& evidence)
    : options_(std::move(options)), evidence_(evidence), stub_(v1::WitnessService::NewStub(options_.channel)) {}

Cosigner::~Cosigner() {
  Stop();
  if (thread_.joinable()) thread_.join();
}

void Cosigner::Stop() {
  MutexLock lock(mutex_);
  if (stopping_) return;
  stopping_ = true;
  if (call_ != nullptr) call_->TryCancel();
  changed_.NotifyAll();
}

void Cosigner::Start() {
  thread_ = std::thread([this] { Run(); });
}

absl::Status Cosigner::CheckBeforeServing() {
  const auto known = Ask(kTimeoutBeforeServing);
  if (!known.ok() || known->checkpoint().empty()) return absl::OkStatus();
  const absl::Status confronted = evidence_.Confront(known->checkpoint(), options_.witness);
  // Another key than this one's proves nothing against the log; the link will say so.
  return absl::IsFailedPrecondition(confronted) ? absl::OkStatus() : confronted;
}

void Cosigner::Run() {
  Backoff backoff(kFirstWait, kLastWait);
  std::string told;
  while (true) {
    const absl::Status status = Cosign(kTimeout);
    if (contradicted_) return options_.contradicted(status);
    if (status.ok()) {
      backoff.Reset();
      told.clear();
    } else {
      const std::string problem = RefusalText(status);
      tracker_.Disconnected(problem);
      if (told != problem) {  // Once per problem, not once per try.
        told = problem;
        rpc::Log(rpc::LogLevel::kWarning, "a witness does not cosign, will ask again",
                 {
                     {"source", options_.witness},
                     {"error",  problem         }
        });
      }
    }
    if (status.ok() ? !AwaitNews() : !Await(backoff.Next())) return ShowEnd();
  }
}

void Cosigner::ShowEnd() {
  if (tracker_.Get().position == evidence_.Durable()) return;
  {
    MutexLock lock(mutex_);
    last_round_ = true;
  }
  const absl::Status status = Cosign(kTimeoutWhenStopping);
  if (contradicted_) return options_.contradicted(status);
  if (status.ok()) return;
  rpc::Log(rpc::LogLevel::kInfo, "a witness has not seen the end of the log, it will when this starts again",
           {
               {"source", options_.witness   },
               {"error",  RefusalText(status)}
  });
}

bool Cosigner::Await(milliseconds time) {
  MutexLock lock(mutex_);
  return !changed_.WaitFor(mutex_, time, [this]() NO_THREAD_SAFETY_ANALYSIS { return stopping_; });
}

bool Cosigner::AwaitNews() {
  const auto due = std::chrono::steady_clock::now() + kAskEvery;
  do {
    if (!Await(kShowWithin)) return false;
  } while (tracker_.Get().position == evidence_.Durable() && std::chrono::steady_clock::now() < due);
  return true;
}

absl::Status Cosigner::Cosign(milliseconds timeout) {
  ASSIGN_OR_RETURN(const v1::GetWitnessedResponse known, Ask(timeout));
  uint64_t known_size = 0;
  if (!known.checkpoint().empty()) {
    const absl::Status confronted = evidence_.Confront(known.checkpoint(), options_.witness);
    contradicted_ = absl::IsDataLoss(confronted);
    if (absl::IsFailedPrecondition(confronted) && IsOfTheSameLog(known.checkpoint(), evidence_.verifier().name())) {
      // Another key signs for the same log: the witness is shown it, to refuse it and say so as well.
      ASSIGN_OR_RETURN(const std::string ours, evidence_.CheckpointOf(evidence_.Durable()));
      RETURN_IF_ERROR(Show(ours, 0, 0, known.witness_key(), timeout));
    }
    RETURN_IF_ERROR(confronted);
    ASSIGN_OR_RETURN(const evidence::Note note, evidence::ParseNote(known.checkpoint()));
    ASSIGN_OR_RETURN(const evidence::Checkpoint checkpoint, evidence::ParseCheckpoint(note.text));
    known_size = checkpoint.size;
  }
  ASSIGN_OR_RETURN(const std::string note, evidence_.CheckpointOf(evidence_.Durable()));
  ASSIGN_OR_RETURN(const evidence::Note parsed, evidence::ParseNote(note));
  ASSIGN_OR_RETURN(const evidence::Checkpoint now, evidence::ParseCheckpoint(parsed.text));
  const bool is_new = now.size > tracker_.Get().position || now.size > known_size;
  if (is_new) RETURN_IF_ERROR(Show(note, known_size, now.size, known.witness_key(), timeout));
  tracker_.Update([&](LinkState& state) {
    state.connected = true;
    state.problem = known.refused().empty() ? "" : "the witness keeps a checkpoint that it refused as another history";
    state.position = now.size;
    state.tail = now.size;
  });
  return absl::OkStatus();
}

absl::StatusOr<v1::GetWitnessedResponse> Cosigner::Ask(milliseconds timeout) {
  v1::GetWitnessedRequest request;
  request.set_log(options_.log);
  v1::GetWitnessedResponse response;
  RETURN_IF_ERROR(
      Call(timeout, [&](grpc::ClientContext& context) { return stub_->GetWitnessed(&context, request, &response); }));
  return response;
}

absl::Status Cosigner::Show(const std::string& note, uint64_t known_size, uint64_t size, const std::string& witness_key,
                            milliseconds timeout) {
  v1::AddCheckpointRequest request;
  request.set_log(options_.log);
  request.set_checkpoint(note);
  request.set_verifier_key(evidence_.verifier().ToString());
  request.set_old_size(known_size);
  ASSIGN_OR_RETURN(const evidence::Proof proof, evidence::ConsistencyProof(evidence_.tree(), known_size, size));
  evidence::AddHashes(proof, *request.mutable_consistency());
  v1::AddCheckpointResponse response;
  RETURN_IF_ERROR(
      Call(timeout, [&](grpc::ClientContext& context) { return stub_->AddCheckpoint(&context, request, &response); }));
  ASSIGN_OR_RETURN(const evidence::Note shown, evidence::ParseNote(note));
  RETURN_IF_ERROR(CheckCosigned(response.cosigned(), shown, evidence_.verifier(), witness_key));
  return evidence_.KeepCosigned(options_.witness, response.cosigned());
}

absl::Status Cosigner::Call(milliseconds timeout, const std::function<grpc::Status(grpc::ClientContext&)>& call) {
  grpc::ClientContext context;
  rpc::PrepareContext(context, options_.caller, timeout);
  {
    MutexLock lock(mutex_);
    if (stopping_ && !last_round_) return absl::CancelledError("stopping");
    call_ = &context;
  }
  const grpc::Status status = call(context);
  MutexLock lock(mutex_);
  call_ = nullptr;
  return rpc::FromGrpcStatus(status);
}

}  // namespace anamnesis::service
