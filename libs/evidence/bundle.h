// Proof bundles: records of a log with all that shows them to be in it, for whoever has the log's public key and
// nothing else. tests/evidence/verify_bundle.py verifies one.
//
//   {"checkpoint": "<signed note>",
//    "records": [{"position": 5, "record": "<base64 of the stored bytes>", "proof": ["<base64 of a hash>", …]}, …]}
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "evidence/merkle.h"

namespace anamnesis::evidence {

// A record as it is stored, with the proof that it is in a tree. Positions begin with 1: the record at position i + 1
// is leaf i.
struct ProvedRecord {
  uint64_t position = 0;
  std::string bytes;
  Proof proof;
};

// The bundle as JSON. `checkpoint` is a signed note with a checkpoint; `records` is not empty, in ascending order of
// position. INVALID_ARGUMENT where the note, the checkpoint or the order is malformed; FAILED_PRECONDITION where a
// record is not proved to be in the tree that the checkpoint describes. The signatures are not verified.
absl::StatusOr<std::string> MakeBundle(std::string_view checkpoint, std::span<const ProvedRecord> records);

}  // namespace anamnesis::evidence
