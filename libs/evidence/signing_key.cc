#include "evidence/signing_key.h"

#include <openssl/crypto.h>
#include <unistd.h>

#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "base/durable_file.h"
#include "base/status.h"

namespace anamnesis::evidence {
namespace {

constexpr mode_t kPublicMode = 0644;
constexpr size_t kMaxKeyFileBytes = 1024;

}  // namespace

absl::StatusOr<Signer> GenerateSigningKey(const std::string& path, std::string name, SignatureType type) {
  ASSIGN_OR_RETURN(Signer signer, Signer::Create(std::move(name), type, Ed25519PrivateKey::Generate()));
  std::string secret = signer.ToSecretString() + "\n";
  const absl::Status created = CreateFileDurably(path, secret);
  OPENSSL_cleanse(secret.data(), secret.size());
  RETURN_IF_ERROR(created);
  const absl::Status published = WriteVerifierKey(path, signer);
  if (published.ok()) return signer;
  unlink(path.c_str());
  return published;
}

absl::Status WriteVerifierKey(const std::string& path, const Signer& signer) {
  return CreateFileDurably(path + ".pub", signer.verifier().ToString() + "\n", kPublicMode);
}

absl::StatusOr<Signer> LoadSigningKey(const std::string& path) {
  ASSIGN_OR_RETURN(std::string text, ReadPrivateFile(path, kMaxKeyFileBytes));
  const absl::Status damaged = absl::DataLossError(absl::StrCat(path, " does not hold a signing key: restore a copy"));
  absl::StatusOr<Signer> signer = damaged;
  if (text.ends_with('\n')) signer = Signer::Parse(std::string_view(text).substr(0, text.size() - 1));
  OPENSSL_cleanse(text.data(), text.size());
  if (!signer.ok()) return damaged;
  return signer;
}

}  // namespace anamnesis::evidence
