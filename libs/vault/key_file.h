// Where key-encryption keys are kept: a file of mode 0600, or a command that prints them.
#pragma once

#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "vault/key_ring.h"

namespace anamnesis::vault {

// Reads a key file. NOT_FOUND where there is none, FAILED_PRECONDITION where others than its owner may read it or it
// cannot be read, INVALID_ARGUMENT where it holds something else; each says what to do and nothing of a key.
absl::StatusOr<KeyRing> LoadKeyFile(const std::string& path);

// What the shell command prints, in the form of a key file. FAILED_PRECONDITION where it fails.
absl::StatusOr<KeyRing> LoadFromCommand(const std::string& command);

// Makes a key file with a new key, durable before it returns. ALREADY_EXISTS where there is one.
absl::Status CreateKeyFile(const std::string& path);

// Puts the ring in the place of the file's, durable before it returns; a crash leaves the old or the new. Copies that
// earlier crashes left beside it are gone then. By one process at a time.
absl::Status ReplaceKeyFile(const std::string& path, const KeyRing& ring);

}  // namespace anamnesis::vault
