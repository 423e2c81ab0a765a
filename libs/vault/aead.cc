#include "vault/aead.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>

#include <algorithm>
#include <cstdlib>
#include <memory>

#include "base/random.h"

namespace anamnesis::vault {
namespace {

struct FreeContext {
  void operator()(EVP_CIPHER_CTX* context) const { EVP_CIPHER_CTX_free(context); }
};

void Must(int result) {
  if (result != 1) std::abort();  // A library that cannot do AES-GCM, or no memory.
}

// Looking the algorithm up, making a context and expanding a key each cost more than sealing a short text: what is read
// or written together mostly has one key, which stays in the thread's context.
class Cipher {
 public:
  explicit Cipher(bool seals) : seals_(seals ? 1 : 0), context_(EVP_CIPHER_CTX_new()) {
    static EVP_CIPHER* const algorithm = EVP_CIPHER_fetch(nullptr, "AES-256-GCM", nullptr);
    Must(EVP_CipherInit_ex2(context_.get(), algorithm, nullptr, nullptr, seals_, nullptr));
  }

  EVP_CIPHER_CTX* Begin(const Key& key, const unsigned char* nonce) {
    const bool same = has_key_ && key_.view() == key.view();
    if (!same) key_ = key;
    has_key_ = true;
    Must(EVP_CipherInit_ex2(context_.get(), nullptr, same ? nullptr : key.data(), nonce, seals_, nullptr));
    return context_.get();
  }

 private:
  const int seals_;
  const std::unique_ptr<EVP_CIPHER_CTX, FreeContext> context_;
  Key key_;
  bool has_key_ = false;
};

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
  thread_local Cipher cipher(/*seals=*/true);
  EVP_CIPHER_CTX* const context = cipher.Begin(key, nonce);
  int written = 0;
  Must(EVP_CipherUpdate(context, nullptr, &written, Bytes(associated), static_cast<int>(associated.size())));
  Must(EVP_CipherUpdate(context, sealed, &written, Bytes(text), static_cast<int>(text.size())));
  Must(EVP_CipherFinal_ex(context, sealed + text.size(), &written));
  Must(EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_GET_TAG, kTagBytes, sealed + text.size()));
}

bool Open(const Key& key, std::string_view sealed, std::string_view associated, std::string& text) {
  if (sealed.size() < kSealBytes) return false;
  const size_t size = sealed.size() - kSealBytes;
  text.resize(size);
  thread_local Cipher cipher(/*seals=*/false);
  EVP_CIPHER_CTX* const context = cipher.Begin(key, Bytes(sealed));
  int written = 0;
  std::array<unsigned char, kTagBytes> tag;
  std::copy_n(Bytes(sealed) + kNonceBytes + size, kTagBytes, tag.begin());
  auto* const opened = reinterpret_cast<unsigned char*>(text.data());
  Must(EVP_CipherUpdate(context, nullptr, &written, Bytes(associated), static_cast<int>(associated.size())));
  Must(EVP_CipherUpdate(context, opened, &written, Bytes(sealed) + kNonceBytes, static_cast<int>(size)));
  Must(EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_SET_TAG, kTagBytes, tag.data()));
  if (EVP_CipherFinal_ex(context, opened + size, &written) == 1) return true;
  text.clear();
  return false;
}

}  // namespace anamnesis::vault
