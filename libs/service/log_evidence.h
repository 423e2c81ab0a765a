// The evidence of one log: its tree, kept up beside the commits, and the checkpoints that its service signs.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "base/mutex.h"
#include "eventlog/event_log.h"
#include "evidence/checkpoint.h"
#include "evidence/high_water.h"
#include "evidence/note_key.h"
#include "evidence/tree_keeper.h"
#include "evidence/tree_store.h"

namespace anamnesis::service {

// How many events a log may be ahead of the newest checkpoint in its file.
inline constexpr uint64_t kCheckpointEvery = 1'000;

// What stands in a data directory: `tree/`, which is derived, `signing.key` with `signing.key.pub`, `checkpoint`, the
// newest one, `cosigned/`, the newest one that each witness vouched for, and `high-water`, how far the log was durable
// when somebody was told last. Thread-safe.
class LogEvidence {
 public:
  // Makes a key for a log that has none. DATA_LOSS where the log is not what the newest checkpoint and the high water
  // say: shorter, or another history; then it must not be served. Catches the tree up before it returns. The log
  // outlives this.
  static absl::StatusOr<std::unique_ptr<LogEvidence>> Open(const std::string& data_dir, const std::string& service,
                                                           const eventlog::EventLog& log);
  // How far the log in this data directory was durable when somebody was told last, to be known before it is opened; 0
  // where nobody was. DATA_LOSS where the file does not say so.
  static absl::StatusOr<eventlog::Position> Acknowledged(const std::string& data_dir);
  // Writes a last checkpoint.
  ~LogEvidence();

  // The log is durable up to `tail`, and nobody has been told yet. By one thread at a time. Waits for no disk.
  void Advance(eventlog::Position tail);

  // A signed checkpoint of the tree as it is now. What the log is ahead of it follows within milliseconds.
  absl::StatusOr<std::string> Checkpoint();
  // A signed checkpoint of the first `size` events; waits until they are durable and in the tree.
  absl::StatusOr<std::string> CheckpointOf(uint64_t size);
  // Compares the log with a checkpoint of it that `keeper` has kept. DATA_LOSS where this service signed it and the log
  // is shorter or another history, and for nothing else: then it must not be served, and the checkpoint in the file,
  // which is evidence too, is not replaced any more. FAILED_PRECONDITION where it is
  // signed with another key; INTERNAL where the log's own tree cannot be asked.
  absl::Status Confront(std::string_view note, const std::string& keeper);
  // Keeps a checkpoint that a witness vouched for, durably, in the place of the one before.
  absl::Status KeepCosigned(const std::string& witness, const std::string& note);
  // Those that are kept, one of each witness.
  std::vector<std::string> Cosigned() const;
  // How far the log is durable.
  eventlog::Position Durable() const;

  const evidence::VerifierKey& verifier() const { return signer_.verifier(); }
  const evidence::TreeStore& tree() const { return *tree_; }
  // OK while the tree follows the log and checkpoints can be written.
  absl::Status status() const;

 private:
  LogEvidence(std::string data_dir, std::string origin, evidence::Signer signer,
              std::unique_ptr<evidence::TreeStore> tree, std::unique_ptr<evidence::HighWater> high_water,
              const eventlog::EventLog& log);

  // Compares the log with the high water and the newest checkpoint.
  absl::Status CheckHistory();
  // Whether the log begins with what the checkpoint commits to; `name` is what it is called in the error.
  absl::Status CheckBeginsWith(const evidence::Checkpoint& checkpoint, const std::string& name);
  absl::Status LoadCosigned();
  absl::StatusOr<std::string> Sign(uint64_t size) const;
  absl::Status WriteCheckpoint();
  void Run();

  const std::string data_dir_;
  const std::string origin_;
  const evidence::Signer signer_;
  const std::unique_ptr<evidence::TreeStore> tree_;
  const std::unique_ptr<evidence::HighWater> high_water_;
  evidence::TreeKeeper keeper_;

  mutable Mutex mutex_;
  CondVar work_;
  eventlog::Position tail_ GUARDED_BY(mutex_) = 0;
  uint64_t written_ GUARDED_BY(mutex_) = 0;  // Size of the newest checkpoint in the file.
  bool stopping_ GUARDED_BY(mutex_) = false;
  bool contradicted_ GUARDED_BY(mutex_) = false;  // See Confront.
  absl::Status status_ GUARDED_BY(mutex_);
  std::map<std::string, std::string> cosigned_ GUARDED_BY(mutex_);  // By witness.
  std::thread thread_;
};

}  // namespace anamnesis::service
