// Takes the checkpoints of this service's log to a witness.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <thread>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "anamnesis/audit/v1/witness_service.grpc.pb.h"
#include "base/link_state.h"
#include "base/mutex.h"
#include "grpcpp/channel.h"
#include "rpc/call_context.h"
#include "service/log_evidence.h"

namespace anamnesis::service {

// Before a checkpoint is shown, what the witness remembers is held against the log: so a log that was put back to an
// earlier state finds out, however well everything on its own disk agrees. Then the witness is shown that the log
// continues it: within a second of what was recorded, and a last time when this is stopped. Not more often, however
// much is recorded: a round takes two calls and three signatures. Runs one thread, which the destructor stops.
// Thread-safe.
class Cosigner {
 public:
  struct Options {
    std::string log;      // The name of this service: `patient`.
    std::string witness;  // That of the witness.
    std::shared_ptr<grpc::Channel> channel;
    rpc::Caller caller;
    // Told, by the cosigner's thread, that the witness keeps a checkpoint, signed by this service, that the log does
    // not continue. The cosigner does nothing more after that.
    std::function<void(const absl::Status&)> contradicted;
  };

  // The evidence outlives this.
  Cosigner(Options options, LogEvidence& evidence);
  ~Cosigner();

  // Asks the witness what it remembers. DATA_LOSS where the log does not continue it; OK where it does, or where the
  // witness does not answer at once: a service serves while the others are down. Before Start.
  absl::Status CheckBeforeServing();
  void Start();
  // What was recorded last is shown once more, if the witness answers within a second; the destructor waits for it.
  void Stop();

  // Connected once the witness has answered. `position` is how far it vouches, `tail` how far the tree goes.
  LinkState state() const { return tracker_.Get(); }

 private:
  void Run();
  // Waits so long; false when stopping, at once.
  bool Await(std::chrono::milliseconds time);
  // Waits until there is something to show, or the witness is to be asked again; false when stopping.
  bool AwaitNews();
  // The last round, when stopping.
  void ShowEnd();
  // One round, each call of which may take so long. Sets contradicted_ where the witness keeps what the log does not
  // continue; whatever else fails, a witness's answer in particular, is a problem of the link.
  absl::Status Cosign(std::chrono::milliseconds timeout);
  absl::StatusOr<audit::v1::GetWitnessedResponse> Ask(std::chrono::milliseconds timeout);
  absl::Status Call(std::chrono::milliseconds timeout, const std::function<grpc::Status(grpc::ClientContext&)>& call);
  // Shows a checkpoint that continues the one that is known, of `known_size` events, and keeps what comes back: its
  // cosignature, and nothing else.
  absl::Status Show(const std::string& note, uint64_t known_size, uint64_t size, const std::string& witness_key,
                    std::chrono::milliseconds timeout);

  const Options options_;
  LogEvidence& evidence_;
  const std::unique_ptr<audit::v1::WitnessService::Stub> stub_;
  LinkTracker tracker_;

  Mutex mutex_;
  CondVar changed_;
  bool stopping_ GUARDED_BY(mutex_) = false;
  bool last_round_ GUARDED_BY(mutex_) = false;
  grpc::ClientContext* call_ GUARDED_BY(mutex_) = nullptr;  // The one under way, to be cancelled.

  bool contradicted_ = false;  // By the thread alone.
  std::thread thread_;
};

}  // namespace anamnesis::service
