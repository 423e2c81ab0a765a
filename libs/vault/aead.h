// Authenticated encryption: AES-256-GCM (NIST SP 800-38D).
#pragma once

#include <array>
#include <memory>
#include <string>
#include <string_view>

namespace anamnesis::vault {

inline constexpr size_t kKeyBytes = 32;
inline constexpr size_t kNonceBytes = 12;
inline constexpr size_t kTagBytes = 16;
// What sealing adds to a text.
inline constexpr size_t kSealBytes = kNonceBytes + kTagBytes;

// A key in memory; wiped when it is destroyed.
class Key {
 public:
  Key() = default;
  // `bytes` must be kKeyBytes long.
  explicit Key(std::string_view bytes);
  Key(const Key&) = default;
  Key& operator=(const Key&) = default;
  ~Key();

  static Key Random();

  const unsigned char* data() const { return bytes_.data(); }
  std::string_view view() const { return {reinterpret_cast<const char*>(bytes_.data()), bytes_.size()}; }

 private:
  std::array<unsigned char, kKeyBytes> bytes_{};
};

// One key in memory, whoever uses it.
using SharedKey = std::shared_ptr<const Key>;

// Writes nonce, ciphertext and tag to `out`, text.size() + kSealBytes bytes. The nonce is random: a key may seal up to
// 2^32 texts. `associated` is bound to the text and not hidden.
void SealTo(const Key& key, std::string_view text, std::string_view associated, char* out);
std::string Seal(const Key& key, std::string_view text, std::string_view associated);

// Writes the text to `text`. False where it was sealed with another key or for another `associated`, or was altered.
bool Open(const Key& key, std::string_view sealed, std::string_view associated, std::string& text);

}  // namespace anamnesis::vault
