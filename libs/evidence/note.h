// Signed notes (C2SP signed-note): a text, a blank line, and a line for each signature. Nothing in a note is to be
// believed before VerifyNote.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "evidence/note_key.h"

namespace anamnesis::evidence {

inline constexpr size_t kMaxNoteBytes = 1 << 20;
inline constexpr size_t kMaxNoteSignatures = 100;

// One signature line. `signature` is at least one byte, its form that of the key's type.
struct NoteSignature {
  std::string name;
  uint32_t key_id = 0;
  std::string signature;
  bool operator==(const NoteSignature&) const = default;
};

// A note's parts. `text` ends in a newline.
struct Note {
  std::string text;
  std::vector<NoteSignature> signatures;  // 1 to kMaxNoteSignatures.
  bool operator==(const Note&) const = default;
};

// A signature that was found good.
struct VerifiedSignature {
  VerifierKey key;
  uint64_t unix_seconds = 0;  // When a cosignature was made, as its key says; may be in the future. 0 for others.
};

// Takes a note apart without verifying anything. INVALID_ARGUMENT says what is malformed or too large.
absl::StatusOr<Note> ParseNote(std::string_view bytes);
// The bytes of a note that ParseNote has read, the same.
std::string FormatNote(const Note& note);

// A note of the text with one signature. INVALID_ARGUMENT where the text is not UTF-8 that ends in a newline, has other
// control characters or is too large, or where the signer makes no signatures of notes.
absl::StatusOr<std::string> SignNote(std::string_view text, const Signer& signer);

// The note with a further signature line that says that the text was seen at `unix_seconds` (below 2^63). Whether the
// text is a checkpoint, and one to be vouched for, is the caller's to know. INVALID_ARGUMENT where the note is
// malformed or full, the time is too large, or the signer makes no cosignatures.
absl::StatusOr<std::string> Cosign(std::string_view note, const Signer& signer, uint64_t unix_seconds);

// The good signatures of a note, each key once (its first), in the note's order; at least one. Those of unknown keys
// are ignored. UNAUTHENTICATED where no known key signed, or a signature of a known key is bad; INVALID_ARGUMENT where
// the note is malformed.
absl::StatusOr<std::vector<VerifiedSignature>> VerifyNote(std::string_view note, std::span<const VerifierKey> known);
// The same for one that is taken apart.
absl::StatusOr<std::vector<VerifiedSignature>> VerifyNote(const Note& note, std::span<const VerifierKey> known);

}  // namespace anamnesis::evidence
