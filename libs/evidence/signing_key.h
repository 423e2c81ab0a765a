// Private keys of signed notes in files. A key file is read by its owner alone; beside it stands `<file>.pub`, what
// everybody needs to verify with.
#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "evidence/note_key.h"

namespace anamnesis::evidence {

// Makes a new key under `path` and its verifier key under `path`.pub, one line each, both durable on return. Neither
// file is ever overwritten: ALREADY_EXISTS. INVALID_ARGUMENT for a name that is none; FAILED_PRECONDITION where a file
// cannot be written. Nothing is left behind after an error.
absl::StatusOr<Signer> GenerateSigningKey(const std::string& path, std::string name, SignatureType type);

// Makes `path`.pub, where it is missing: a crash may have come between the two. ALREADY_EXISTS.
absl::Status WriteVerifierKey(const std::string& path, const Signer& signer);

// Reads a key. NOT_FOUND where there is no file; FAILED_PRECONDITION, with what to do, where it is not a regular file
// of this user that nobody else may read, or cannot be read; DATA_LOSS where it does not hold a key.
absl::StatusOr<Signer> LoadSigningKey(const std::string& path);

}  // namespace anamnesis::evidence
