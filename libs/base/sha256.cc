#include "base/sha256.h"

#include <openssl/evp.h>

#include <cstdlib>
#include <memory>

namespace anamnesis {
namespace {

struct FreeContext {
  void operator()(EVP_MD_CTX* context) const { EVP_MD_CTX_free(context); }
};

// Looking the algorithm up costs as much as hashing a short message: it is done once, a context is kept for each
// thread.
const EVP_MD* Algorithm() {
  static const EVP_MD* const algorithm = EVP_MD_fetch(nullptr, "SHA256", nullptr);
  return algorithm;
}

void Hash(std::initializer_list<std::string_view> parts, unsigned char* digest) {
  thread_local const std::unique_ptr<EVP_MD_CTX, FreeContext> context(EVP_MD_CTX_new());
  bool hashed = EVP_DigestInit_ex(context.get(), Algorithm(), nullptr) == 1;
  for (const std::string_view part : parts) {
    hashed = hashed && EVP_DigestUpdate(context.get(), part.data(), part.size()) == 1;
  }
  hashed = hashed && EVP_DigestFinal_ex(context.get(), digest, nullptr) == 1;
  if (!hashed) std::abort();  // A library without SHA-256, or no memory.
}

}  // namespace

std::string Sha256(std::string_view bytes) {
  std::string digest(kSha256Bytes, '\0');
  Hash({bytes}, reinterpret_cast<unsigned char*>(digest.data()));
  return digest;
}

std::array<uint8_t, kSha256Bytes> Sha256Of(std::initializer_list<std::string_view> parts) {
  std::array<uint8_t, kSha256Bytes> digest;
  Hash(parts, digest.data());
  return digest;
}

}  // namespace anamnesis
