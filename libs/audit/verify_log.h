// Checks a log's directory from its first record to its last, without the service that owns it.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "eventlog/commit_log.h"
#include "evidence/checkpoint.h"
#include "vault/key_ring.h"

namespace anamnesis::audit {

inline constexpr size_t kMaxProblems = 100;

// What somebody keeps of a log.
struct KeptCheckpoint {
  std::string name;  // What it is called in problems: "the checkpoint", "the checkpoint that encounter keeps".
  evidence::Checkpoint checkpoint;
};

struct VerifyOptions {
  // Opens the payloads; null: they are hashed and left sealed.
  std::shared_ptr<const vault::KeyRing> keks;
  // What the log must have been at their sizes.
  std::vector<KeptCheckpoint> checkpoints;
  // Told now and then how many of how many records are done.
  std::function<void(uint64_t done, uint64_t all)> progress;
};

// Positions from `first` to `last`.
struct Stretch {
  uint64_t first = 0;
  uint64_t last = 0;
  friend bool operator==(const Stretch&, const Stretch&) = default;
};

// What was found.
struct LogVerdict {
  std::string log_id;
  uint64_t events = 0;              // Those that cannot be read included.
  uint64_t opened = 0;              // Payloads that were opened, or were never sealed.
  uint64_t sealed = 0;              // Payloads that were not opened, for want of the key-encryption key.
  uint64_t erased = 0;              // Payloads whose key was destroyed.
  evidence::Hash root = {};         // Zeros where not everything could be read.
  std::vector<Stretch> unreadable;  // Where damage, or a disk that fails, hides what is there; ascending.
  std::map<std::string, uint64_t> decided_against;  // The newest position of each followed log that a decision knew.
  // What is wrong, with its position, without content; at most kMaxProblems. Empty: everything verifies.
  std::vector<std::string> problems;
};

// Reads every record: that it decodes, that positions, versions, predecessors and recorded times follow each other,
// that the index of streams says the same, that payloads open, and that the tree's root is that of each checkpoint. The
// log may be open elsewhere; what is there when this begins is verified. What cannot be read is a problem, and the rest
// is verified as far as it goes without it. An error is that the log cannot be opened or its end not be found, or that
// `keks` lack one.
absl::StatusOr<LogVerdict> VerifyLog(const std::string& directory, const VerifyOptions& options);
// The same of one that is open for reading.
absl::StatusOr<LogVerdict> VerifyLog(eventlog::CommitLog& engine, const VerifyOptions& options);

}  // namespace anamnesis::audit
