#include "base/sha256.h"

#include <nettle/sha2.h>
#include <openssl/crypto.h>

namespace anamnesis {
namespace {

void Hash(std::initializer_list<std::string_view> parts, uint8_t* digest) {
  sha256_ctx context;
  sha256_init(&context);
  for (const std::string_view part : parts) {
    sha256_update(&context, part.size(), reinterpret_cast<const uint8_t*>(part.data()));
  }
  sha256_digest(&context, kSha256Bytes, digest);
  OPENSSL_cleanse(&context, sizeof(context));  // It holds the end of what was hashed, which may be a key.
}

}  // namespace

std::string Sha256(std::string_view bytes) {
  std::string digest(kSha256Bytes, '\0');
  Hash({bytes}, reinterpret_cast<uint8_t*>(digest.data()));
  return digest;
}

std::array<uint8_t, kSha256Bytes> Sha256Of(std::initializer_list<std::string_view> parts) {
  std::array<uint8_t, kSha256Bytes> digest;
  Hash(parts, digest.data());
  return digest;
}

}  // namespace anamnesis
