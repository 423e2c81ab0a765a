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

// A record as it is stored. Positions begin with 1: the record at position i + 1 is leaf i.
struct BundleRecord {
  uint64_t position = 0;
  std::string bytes;
};

// The bundle as JSON. `checkpoint` is a signed note with a checkpoint of the tree in `source`; `records` is not empty,
// in ascending order of position. INVALID_ARGUMENT where the note, the checkpoint or the order is malformed;
// OUT_OF_RANGE for a position beyond the checkpoint; FAILED_PRECONDITION where a record is not in the tree that the
// checkpoint describes; else the errors of `source`. The signatures are not verified.
absl::StatusOr<std::string> MakeBundle(std::string_view checkpoint, std::span<const BundleRecord> records,
                                       const NodeSource& source);

}  // namespace anamnesis::evidence
