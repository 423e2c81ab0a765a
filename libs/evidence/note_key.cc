#include "evidence/note_key.h"

#include <openssl/crypto.h>

#include <algorithm>
#include <optional>
#include <utility>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "base/sha256.h"
#include "base/status.h"
#include "evidence/encoding.h"

namespace anamnesis::evidence {
namespace {

constexpr char kSecretPrefix[] = "PRIVATE+KEY+";

// Unicode's White_Space beyond ASCII.
constexpr std::string_view kSpaces[] = {"\u0085", "\u00A0", "\u1680", "\u2000", "\u2001", "\u2002", "\u2003",
                                        "\u2004", "\u2005", "\u2006", "\u2007", "\u2008", "\u2009", "\u200A",
                                        "\u2028", "\u2029", "\u202F", "\u205F", "\u3000"};

std::string Typed(SignatureType type, const std::array<uint8_t, kEd25519KeyBytes>& key) {
  std::string bytes(1, static_cast<char>(type));
  return bytes.append(key.begin(), key.end());
}

std::string IdText(uint32_t id) {
  return absl::BytesToHexString(BigEndian32(id));
}

// The parts of name+id+base64(type || key), whatever the key is.
struct KeyText {
  std::string name;
  std::string id;
  SignatureType type;
  std::array<uint8_t, kEd25519KeyBytes> key;
};

std::optional<KeyText> Split(std::string_view text) {
  const size_t first = text.find('+');
  if (first == std::string_view::npos) return std::nullopt;
  const size_t second = text.find('+', first + 1);
  if (second == std::string_view::npos) return std::nullopt;
  const std::optional<std::string> typed = FromBase64(text.substr(second + 1));
  if (!typed.has_value() || typed->size() != 1 + kEd25519KeyBytes) return std::nullopt;
  const auto type = static_cast<SignatureType>((*typed)[0]);
  if (type != SignatureType::kNote && type != SignatureType::kCosignature) return std::nullopt;
  KeyText parts = {
      std::string(text.substr(0, first)), std::string(text.substr(first + 1, second - first - 1)), type, {}};
  std::copy(typed->begin() + 1, typed->end(), parts.key.begin());
  return parts;
}

}  // namespace

bool IsKeyName(std::string_view name) {
  if (name.empty() || name.size() > kMaxKeyNameBytes || !IsNoteText(name)) return false;
  if (name.find_first_of(" +\n") != std::string_view::npos) return false;
  return std::none_of(std::begin(kSpaces), std::end(kSpaces),
                      [&](std::string_view space) { return name.find(space) != std::string_view::npos; });
}

VerifierKey::VerifierKey(std::string name, SignatureType type, const Ed25519PublicKey& key)
    : name_(std::move(name)), type_(type), key_(key) {
  const std::string typed = Typed(type_, key_);
  const Hash hash = Sha256Of({name_, "\n", typed});
  id_ = static_cast<uint32_t>(FromBigEndian(BytesOf(hash).substr(0, sizeof(id_))));
}

absl::StatusOr<VerifierKey> VerifierKey::Create(std::string name, SignatureType type, const Ed25519PublicKey& key) {
  if (!IsKeyName(name)) {
    return absl::InvalidArgumentError(
        absl::StrCat("the name of a key is UTF-8 of 1 to ", kMaxKeyNameBytes, " bytes without spaces and '+'"));
  }
  return VerifierKey(std::move(name), type, key);
}

absl::StatusOr<VerifierKey> VerifierKey::Parse(std::string_view text) {
  std::optional<KeyText> parts = Split(text);
  if (!parts.has_value()) return absl::InvalidArgumentError("a verifier key is name+id+base64 of an Ed25519 key");
  ASSIGN_OR_RETURN(VerifierKey key, Create(std::move(parts->name), parts->type, parts->key));
  if (IdText(key.id()) != parts->id)
    return absl::InvalidArgumentError("the id of a verifier key is not that of its key");
  return key;
}

std::string VerifierKey::ToString() const {
  return absl::StrCat(name_, "+", IdText(id_), "+", ToBase64(Typed(type_, key_)));
}

Signer::Signer(VerifierKey verifier, Ed25519PrivateKey key) : verifier_(std::move(verifier)), key_(std::move(key)) {}

absl::StatusOr<Signer> Signer::Create(std::string name, SignatureType type, Ed25519PrivateKey key) {
  ASSIGN_OR_RETURN(VerifierKey verifier, VerifierKey::Create(std::move(name), type, key.public_key()));
  return Signer(std::move(verifier), std::move(key));
}

absl::StatusOr<Signer> Signer::Parse(std::string_view text) {
  const absl::Status malformed = absl::InvalidArgumentError("not a private key of signed notes");
  if (!text.starts_with(kSecretPrefix)) return malformed;
  std::optional<KeyText> parts = Split(text.substr(sizeof(kSecretPrefix) - 1));
  if (!parts.has_value()) return malformed;
  absl::StatusOr<Signer> signer = Create(std::move(parts->name), parts->type, Ed25519PrivateKey(parts->key));
  OPENSSL_cleanse(parts->key.data(), parts->key.size());
  if (!signer.ok() || IdText(signer->verifier().id()) != parts->id) return malformed;
  return signer;
}

std::string Signer::ToSecretString() const {
  return absl::StrCat(kSecretPrefix, verifier_.name(), "+", IdText(verifier_.id()), "+",
                      ToBase64(Typed(verifier_.type(), key_.seed())));
}

}  // namespace anamnesis::evidence
