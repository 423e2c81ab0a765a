// Verifies a backup where it lies: every file, and then the log in it as that of a data directory is verified.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "audit/verify_log.h"
#include "backup/manifest.h"
#include "evidence/checkpoint.h"
#include "vault/key_ring.h"

namespace anamnesis::backup {

struct VerifyOptions {
  std::shared_ptr<const vault::KeyRing> keks;  // Null: payloads are left sealed.
  std::function<void(uint64_t done, uint64_t all)> progress;
};

struct PartVerdict {
  audit::LogVerdict log;  // Its problems are below, with the others.
  std::optional<evidence::Checkpoint> checkpoint;
  std::vector<std::string> problems;  // Empty: everything verifies.
};

// The files beside the log: that they are there and are what was stored. Each problem names its file.
std::vector<std::string> VerifyFiles(const std::string& directory, const Part& part);

// The checkpoint of a part, signed by the key beside it, of as many events as the part has.
absl::StatusOr<evidence::Checkpoint> CheckpointOfPart(const std::string& directory, const Part& part);

// Reads everything that belongs to a part: sizes and checksums of all files, the checkpoint's signature, and each
// record (audit::VerifyLog). An error is of keys that are not given; what cannot be read is a problem of the backup.
absl::StatusOr<PartVerdict> VerifyPart(const std::string& directory, const Part& part, const VerifyOptions& options);

// How far a service's log goes, and the newest position of each other service that a decision in it knew.
struct Reached {
  std::string service;
  uint64_t position = 0;
  std::map<std::string, uint64_t> decided_against;
};
// Whether parts go together: no decision in one of them knew more of another service than is in that one's part.
std::vector<std::string> VerifyTogether(const std::vector<Reached>& parts);

}  // namespace anamnesis::backup
