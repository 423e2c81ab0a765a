#include "evidence/ed25519.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/rand.h>

#include <cstdlib>

namespace anamnesis::evidence {
namespace {

struct FreeContext {
  void operator()(EVP_MD_CTX* context) const { EVP_MD_CTX_free(context); }
};
using Context = std::unique_ptr<EVP_MD_CTX, FreeContext>;

const unsigned char* Data(std::string_view bytes) {
  return reinterpret_cast<const unsigned char*>(bytes.data());
}

// A library without Ed25519, or no memory or randomness: nothing that a caller could mend.
void Require(bool done) {
  if (!done) std::abort();
}

}  // namespace

Ed25519PrivateKey Ed25519PrivateKey::Generate() {
  Ed25519Seed seed;
  Require(RAND_priv_bytes(seed.data(), static_cast<int>(seed.size())) == 1);
  Ed25519PrivateKey key(seed);
  OPENSSL_cleanse(seed.data(), seed.size());
  return key;
}

Ed25519PrivateKey::Ed25519PrivateKey(const Ed25519Seed& seed)
    : key_(EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, nullptr, seed.data(), seed.size()), EVP_PKEY_free) {
  Require(key_ != nullptr);
  size_t size = public_key_.size();
  Require(EVP_PKEY_get_raw_public_key(key_.get(), public_key_.data(), &size) == 1 && size == public_key_.size());
}

Ed25519Seed Ed25519PrivateKey::seed() const {
  Ed25519Seed seed;
  size_t size = seed.size();
  Require(EVP_PKEY_get_raw_private_key(key_.get(), seed.data(), &size) == 1 && size == seed.size());
  return seed;
}

std::string Ed25519PrivateKey::Sign(std::string_view message) const {
  const Context context(EVP_MD_CTX_new());
  Require(context != nullptr && EVP_DigestSignInit(context.get(), nullptr, nullptr, nullptr, key_.get()) == 1);
  std::string signature(kEd25519SignatureBytes, '\0');
  size_t size = signature.size();
  Require(EVP_DigestSign(context.get(), reinterpret_cast<unsigned char*>(signature.data()), &size, Data(message),
                         message.size()) == 1 &&
          size == signature.size());
  return signature;
}

bool VerifyEd25519(const Ed25519PublicKey& key, std::string_view message, std::string_view signature) {
  if (signature.size() != kEd25519SignatureBytes) return false;
  const std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)> public_key(
      EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, nullptr, key.data(), key.size()), EVP_PKEY_free);
  const Context context(EVP_MD_CTX_new());
  Require(public_key != nullptr && context != nullptr);
  Require(EVP_DigestVerifyInit(context.get(), nullptr, nullptr, nullptr, public_key.get()) == 1);
  return EVP_DigestVerify(context.get(), Data(signature), signature.size(), Data(message), message.size()) == 1;
}

}  // namespace anamnesis::evidence
