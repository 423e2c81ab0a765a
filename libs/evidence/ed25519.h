// Ed25519 signatures (RFC 8032), made by OpenSSL.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

struct evp_pkey_st;

namespace anamnesis::evidence {

inline constexpr size_t kEd25519KeyBytes = 32;
inline constexpr size_t kEd25519SignatureBytes = 64;

using Ed25519PublicKey = std::array<uint8_t, kEd25519KeyBytes>;
// The 32 bytes that RFC 8032 calls the private key; secret.
using Ed25519Seed = std::array<uint8_t, kEd25519KeyBytes>;

// A private key. Copies share it. Thread-safe.
class Ed25519PrivateKey {
 public:
  // Of a new seed from the operating system's randomness; aborts where there is none.
  static Ed25519PrivateKey Generate();
  // Of any 32 bytes.
  explicit Ed25519PrivateKey(const Ed25519Seed& seed);

  // Secret; what Generate made, or what was given.
  Ed25519Seed seed() const;
  // What verifies its signatures.
  const Ed25519PublicKey& public_key() const { return public_key_; }
  // kEd25519SignatureBytes; the same for the same message.
  std::string Sign(std::string_view message) const;

 private:
  std::shared_ptr<evp_pkey_st> key_;
  Ed25519PublicKey public_key_;
};

// True if `signature` is one of `message` by the private key of `key`; false for whatever else is given. Thread-safe.
bool VerifyEd25519(const Ed25519PublicKey& key, std::string_view message, std::string_view signature);

}  // namespace anamnesis::evidence
