#include "evidence/signed_checkpoint.h"

#include <utility>
#include <vector>

#include "base/status.h"
#include "evidence/note.h"

namespace anamnesis::evidence {

absl::StatusOr<std::string> SignCheckpoint(const Checkpoint& checkpoint, const Signer& signer) {
  ASSIGN_OR_RETURN(const std::string text, FormatCheckpoint(checkpoint));
  return SignNote(text, signer);
}

absl::StatusOr<Checkpoint> VerifiedCheckpoint(std::string_view note, const VerifierKey& key) {
  const std::vector<VerifierKey> keys = {key};
  ASSIGN_OR_RETURN(const Note parsed, ParseNote(note));
  RETURN_IF_ERROR(VerifyNote(parsed, keys).status());
  ASSIGN_OR_RETURN(Checkpoint checkpoint, ParseCheckpoint(parsed.text));
  if (checkpoint.origin == key.name()) return checkpoint;
  return absl::UnauthenticatedError("the checkpoint is of another log than its key");
}

}  // namespace anamnesis::evidence
