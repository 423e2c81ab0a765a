// The keys of signed notes (C2SP signed-note): a name, what the signatures mean, an Ed25519 key, and the text forms in
// which keys are handed on.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "evidence/ed25519.h"

namespace anamnesis::evidence {

// What a signature says; the bytes are assigned by C2SP.
enum class SignatureType : uint8_t {
  kNote = 0x01,         // Of the note's text.
  kCosignature = 0x04,  // Of a time and the text: a witness saw the checkpoint then (C2SP tlog-cosignature v1).
};

inline constexpr size_t kMaxKeyNameBytes = 255;

// True for UTF-8 of 1 to kMaxKeyNameBytes bytes without spaces (Unicode's), control characters and '+'.
bool IsKeyName(std::string_view name);

// What verifies signatures: public.
class VerifierKey {
 public:
  // INVALID_ARGUMENT unless IsKeyName(name).
  static absl::StatusOr<VerifierKey> Create(std::string name, SignatureType type, const Ed25519PublicKey& key);
  // Reads what ToString writes, and nothing else. INVALID_ARGUMENT, also where the id is not that of name and key.
  static absl::StatusOr<VerifierKey> Parse(std::string_view text);
  // name+id+key: the id as eight lower-case hexadecimal digits, the key as base64 of the type and 32 bytes.
  std::string ToString() const;

  const std::string& name() const { return name_; }
  SignatureType type() const { return type_; }
  const Ed25519PublicKey& key() const { return key_; }
  // The first four bytes of SHA-256(name || "\n" || type || key).
  uint32_t id() const { return id_; }

  bool operator==(const VerifierKey&) const = default;

 private:
  VerifierKey(std::string name, SignatureType type, const Ed25519PublicKey& key);

  std::string name_;
  SignatureType type_;
  Ed25519PublicKey key_;
  uint32_t id_;
};

// What makes signatures: secret. Copies share the private key. Thread-safe.
class Signer {
 public:
  // INVALID_ARGUMENT unless IsKeyName(name).
  static absl::StatusOr<Signer> Create(std::string name, SignatureType type, Ed25519PrivateKey key);
  // Reads what ToSecretString writes, and nothing else. INVALID_ARGUMENT, which says nothing of the text.
  static absl::StatusOr<Signer> Parse(std::string_view text);
  // PRIVATE+KEY+name+id+seed, as VerifierKey::ToString.
  std::string ToSecretString() const;

  // What verifies its signatures.
  const VerifierKey& verifier() const { return verifier_; }
  // Secret.
  const Ed25519PrivateKey& key() const { return key_; }

 private:
  Signer(VerifierKey verifier, Ed25519PrivateKey key);

  VerifierKey verifier_;
  Ed25519PrivateKey key_;
};

}  // namespace anamnesis::evidence
