// Key-encryption keys: what the data keys of a log are wrapped with. They stand outside the log, in a file or behind a
// command, so that a stolen disk with the log alone says nothing.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "vault/aead.h"

namespace anamnesis::vault {

// Which key wrapped something: the first 8 bytes of SHA-256("anamnesis kek" NUL key), in hexadecimal.
using KekId = std::string;
inline constexpr size_t kKekIdBytes = 8;

// One or more key-encryption keys, the current one first; the others only open what they wrapped. Immutable.
class KeyRing {
 public:
  // The form of a key file: a key in base64 (32 bytes) on each line; empty lines and what follows a '#' are left out.
  // INVALID_ARGUMENT with the line, never with what stands on it.
  static absl::StatusOr<KeyRing> Parse(std::string_view text);
  // A ring with one new key.
  static KeyRing Random();
  // The ring with a new current key before the others.
  KeyRing WithNewKey() const;
  // The ring with its current key only.
  KeyRing CurrentOnly() const;
  // What Parse reads. Secret.
  std::string Text() const;

  const KekId& current() const { return keys_.front().id; }
  bool Knows(const KekId& id) const { return Find(id) != nullptr; }
  std::vector<KekId> ids() const;

  // Wraps a data key with the current key; `purpose` is bound to it.
  std::string Wrap(const Key& data_key, std::string_view purpose) const;
  // NOT_FOUND where it was wrapped with a key that is not in the ring, naming it; DATA_LOSS where it was altered or is
  // for another purpose.
  absl::StatusOr<Key> Unwrap(std::string_view wrapped, std::string_view purpose) const;
  // The key that wrapped this; empty if it is no wrapped key.
  static KekId WrappedBy(std::string_view wrapped);

 private:
  struct Kek {
    KekId id;
    Key key;
  };

  void Add(const Key& key);
  const Kek* Find(const KekId& id) const;

  std::vector<Kek> keys_;
};

}  // namespace anamnesis::vault
