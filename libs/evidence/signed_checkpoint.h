// A checkpoint in the note that carries it.
#pragma once

#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "evidence/checkpoint.h"
#include "evidence/note_key.h"

namespace anamnesis::evidence {

// A note of the checkpoint with the signer's signature. INVALID_ARGUMENT as FormatCheckpoint.
absl::StatusOr<std::string> SignCheckpoint(const Checkpoint& checkpoint, const Signer& signer);

// The checkpoint of a note that this key signed, of the log that the key is named after. UNAUTHENTICATED where the key
// did not sign it or it is of another log, INVALID_ARGUMENT where it is none.
absl::StatusOr<Checkpoint> VerifiedCheckpoint(std::string_view note, const VerifierKey& key);

}  // namespace anamnesis::evidence
