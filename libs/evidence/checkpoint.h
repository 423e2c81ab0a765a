// Checkpoints (C2SP tlog-checkpoint): the text in which a log says how many leaves its tree has and what its root is. A
// checkpoint is worth as much as the signatures of the note that carries it.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "evidence/merkle.h"

namespace anamnesis::evidence {

// What a checkpoint says. Neither `origin`, which names the log, nor an extension is empty or holds a newline.
struct Checkpoint {
  std::string origin;
  uint64_t size = 0;
  Hash root = {};
  std::vector<std::string> extensions;  // Lines after the root; their meaning is the log's.
  bool operator==(const Checkpoint&) const = default;
};

// The text of a checkpoint, ready to be signed: each part on a line. INVALID_ARGUMENT where a line is empty, not UTF-8
// or has a control character.
absl::StatusOr<std::string> FormatCheckpoint(const Checkpoint& checkpoint);

// Reads what FormatCheckpoint writes, and nothing else. INVALID_ARGUMENT says what is malformed.
absl::StatusOr<Checkpoint> ParseCheckpoint(std::string_view text);

}  // namespace anamnesis::evidence
