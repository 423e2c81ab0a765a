#include "vault/aead.h"

#include <nettle/gcm.h>
#include <nettle/memops.h>
#include <openssl/crypto.h>

#include <algorithm>
#include <memory>

#include "base/random.h"

namespace anamnesis::vault {
namespace {

// Expanding a key costs as much as sealing a short text: what is read or written together mostly has one key, which
// stays expanded in the thread.
class Cipher {
 public:
  ~Cipher() { OPENSSL_cleanse(&context_, sizeof(context_)); }

  gcm_aes256_ctx* Begin(const Key& key, const unsigned char* nonce, std::string_view associated) {
    if (!has_key_ || key_.view() != key.view()) {
      key_ = key;
      has_key_ = true;
      gcm_aes256_set_key(&context_, key.data());
    }
    gcm_aes256_set_iv(&context_, kNonceBytes, nonce);
    gcm_aes256_update(&context_, associated.size(), reinterpret_cast<const unsigned char*>(associated.data()));
    return &context_;
  }

 private:
  gcm_aes256_ctx context_;
  Key key_;
  bool has_key_ = false;
};

gcm_aes256_ctx* Begin(const Key& key, const unsigned char* nonce, std::string_view associated) {
  thread_local Cipher cipher;
  return cipher.Begin(key, nonce, associated);
}

const unsigned char* Bytes(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}

}  // namespace

Key::Key(std::string_view bytes) {
  std::copy_n(bytes.begin(), bytes_.size(), bytes_.begin());
}

Key::~Key() {
  OPENSSL_cleanse(bytes_.data(), bytes_.size());
}

Key Key::Random() {
  Key key;
  RandomBytes(key.bytes_.data(), key.bytes_.size());
  return key;
}

std::string Seal(const Key& key, std::string_view text, std::string_view associated) {
  std::string sealed(kSealBytes + text.size(), '\0');
  SealTo(key, text, associated, sealed.data());
  return sealed;
}

void SealTo(const Key& key, std::string_view text, std::string_view associated, char* out) {
  auto* const nonce = reinterpret_cast<unsigned char*>(out);
  unsigned char* const sealed = nonce + kNonceBytes;
  RandomBytes(nonce, kNonceBytes);
  gcm_aes256_ctx* const context = Begin(key, nonce, associated);
  gcm_aes256_encrypt(context, text.size(), sealed, Bytes(text));
  gcm_aes256_digest(context, kTagBytes, sealed + text.size());
}

bool Open(const Key& key, std::string_view sealed, std::string_view associated, std::string& text) {
  text.clear();
  if (sealed.size() < kSealBytes) return false;
  const size_t size = sealed.size() - kSealBytes;
  const unsigned char* const hidden = Bytes(sealed) + kNonceBytes;
  gcm_aes256_ctx* const context = Begin(key, Bytes(sealed), associated);
  text.resize(size);
  gcm_aes256_decrypt(context, size, reinterpret_cast<unsigned char*>(text.data()), hidden);
  std::array<unsigned char, kTagBytes> tag;
  gcm_aes256_digest(context, tag.size(), tag.data());
  if (memeql_sec(tag.data(), hidden + size, tag.size())) return true;
  OPENSSL_cleanse(text.data(), text.size());
  text.clear();
  return false;
}

}  // namespace anamnesis::vault
