#include "evidence/note.h"

#include <algorithm>
#include <limits>
#include <optional>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "base/status.h"
#include "evidence/encoding.h"

namespace anamnesis::evidence {
namespace {

constexpr char kLineStart[] = "\u2014 ";
constexpr size_t kKeyIdBytes = 4;
constexpr size_t kTimeBytes = 8;
constexpr auto kMaxUnixSeconds = static_cast<uint64_t>(std::numeric_limits<int64_t>::max());

absl::Status Malformed(const std::string& problem) {
  return absl::InvalidArgumentError(absl::StrCat("malformed note: ", problem));
}

absl::Status CheckBytes(std::string_view bytes) {
  if (bytes.size() > kMaxNoteBytes) return Malformed(absl::StrCat("more than ", kMaxNoteBytes, " bytes"));
  if (!IsNoteText(bytes)) return Malformed("not UTF-8, or a control character");
  if (!bytes.ends_with('\n')) return Malformed("no newline at the end");
  return absl::OkStatus();
}

absl::StatusOr<NoteSignature> ParseLine(std::string_view line) {
  if (!line.starts_with(kLineStart)) return Malformed("a signature line does not begin with an em dash and a space");
  line.remove_prefix(sizeof(kLineStart) - 1);
  const size_t space = line.find(' ');
  if (space == std::string_view::npos || !IsKeyName(line.substr(0, space))) return Malformed("no name of a key");
  const std::optional<std::string> blob = FromBase64(line.substr(space + 1));
  if (!blob.has_value() || blob->size() <= kKeyIdBytes) return Malformed("no signature in base64");
  NoteSignature signature;
  signature.name = std::string(line.substr(0, space));
  signature.key_id = static_cast<uint32_t>(FromBigEndian(std::string_view(*blob).substr(0, kKeyIdBytes)));
  signature.signature = blob->substr(kKeyIdBytes);
  return signature;
}

std::string CosignedMessage(uint64_t unix_seconds, std::string_view text) {
  return absl::StrCat("cosignature/v1\ntime ", unix_seconds, "\n").append(text);
}

// The time of a good signature by this key; nothing for a bad one.
std::optional<uint64_t> VerifiedTime(const VerifierKey& key, std::string_view text, std::string_view signature) {
  if (key.type() == SignatureType::kNote) {
    if (!VerifyEd25519(key.key(), text, signature)) return std::nullopt;
    return 0;
  }
  if (signature.size() != kTimeBytes + kEd25519SignatureBytes) return std::nullopt;
  const uint64_t time = FromBigEndian(signature.substr(0, kTimeBytes));
  if (time > kMaxUnixSeconds) return std::nullopt;
  if (!VerifyEd25519(key.key(), CosignedMessage(time, text), signature.substr(kTimeBytes))) return std::nullopt;
  return time;
}

NoteSignature ByKey(const VerifierKey& key, std::string signature) {
  return {key.name(), key.id(), std::move(signature)};
}

}  // namespace

absl::StatusOr<Note> ParseNote(std::string_view bytes) {
  RETURN_IF_ERROR(CheckBytes(bytes));
  const size_t blank = bytes.rfind("\n\n");
  if (blank == std::string_view::npos) return Malformed("no blank line before the signatures");
  Note note;
  note.text = std::string(bytes.substr(0, blank + 1));
  std::string_view lines = bytes.substr(blank + 2);
  if (lines.empty()) return Malformed("no signature");
  while (!lines.empty()) {
    if (note.signatures.size() == kMaxNoteSignatures) return Malformed("too many signatures");
    const size_t end = lines.find('\n');
    ASSIGN_OR_RETURN(NoteSignature signature, ParseLine(lines.substr(0, end)));
    note.signatures.push_back(std::move(signature));
    lines.remove_prefix(end + 1);
  }
  return note;
}

std::string FormatNote(const Note& note) {
  std::string bytes = absl::StrCat(note.text, "\n");
  for (const NoteSignature& line : note.signatures) {
    const std::string blob = BigEndian32(line.key_id) + line.signature;
    absl::StrAppend(&bytes, kLineStart, line.name, " ", ToBase64(blob), "\n");
  }
  return bytes;
}

absl::StatusOr<std::string> SignNote(std::string_view text, const Signer& signer) {
  if (signer.verifier().type() != SignatureType::kNote) return absl::InvalidArgumentError("the key is a cosigner's");
  RETURN_IF_ERROR(CheckBytes(text));
  std::string note = FormatNote({std::string(text), {ByKey(signer.verifier(), signer.key().Sign(text))}});
  RETURN_IF_ERROR(CheckBytes(note));
  return note;
}

absl::StatusOr<std::string> Cosign(std::string_view note, const Signer& signer, uint64_t unix_seconds) {
  if (signer.verifier().type() != SignatureType::kCosignature) {
    return absl::InvalidArgumentError("the key is not a cosigner's");
  }
  if (unix_seconds > kMaxUnixSeconds) return absl::InvalidArgumentError("the time is 2^63 seconds or more");
  ASSIGN_OR_RETURN(Note parts, ParseNote(note));
  if (parts.signatures.size() == kMaxNoteSignatures)
    return absl::InvalidArgumentError("the note has all its signatures");
  std::string signature = BigEndian64(unix_seconds);
  signature += signer.key().Sign(CosignedMessage(unix_seconds, parts.text));
  parts.signatures.push_back(ByKey(signer.verifier(), std::move(signature)));
  std::string cosigned = FormatNote(parts);
  RETURN_IF_ERROR(CheckBytes(cosigned));
  return cosigned;
}

absl::StatusOr<std::vector<VerifiedSignature>> VerifyNote(std::string_view note, std::span<const VerifierKey> known) {
  ASSIGN_OR_RETURN(const Note parts, ParseNote(note));
  return VerifyNote(parts, known);
}

absl::StatusOr<std::vector<VerifiedSignature>> VerifyNote(const Note& note, std::span<const VerifierKey> known) {
  std::vector<VerifiedSignature> verified;
  for (const NoteSignature& line : note.signatures) {
    const auto key = std::find_if(known.begin(), known.end(), [&](const VerifierKey& candidate) {
      return candidate.id() == line.key_id && candidate.name() == line.name;
    });
    if (key == known.end()) continue;
    const std::optional<uint64_t> time = VerifiedTime(*key, note.text, line.signature);
    if (!time.has_value()) return absl::UnauthenticatedError(absl::StrCat("the signature of ", line.name, " is bad"));
    const bool again = std::any_of(verified.begin(), verified.end(),
                                   [&](const VerifiedSignature& earlier) { return earlier.key == *key; });
    if (!again) verified.push_back({*key, *time});
  }
  if (verified.empty()) return absl::UnauthenticatedError("no signature is of a known key");
  return verified;
}

}  // namespace anamnesis::evidence
