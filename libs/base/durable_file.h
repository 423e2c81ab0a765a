// Small files that are whole or not there, whatever happens meanwhile.
#pragma once

#include <sys/types.h>

#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace anamnesis {

inline constexpr mode_t kPrivateMode = 0600;

// Makes a file of that mode, whatever the umask is, that holds the text; on stable storage when it returns. Of several
// who make it at once one does. ALREADY_EXISTS where there is one, FAILED_PRECONDITION where it cannot be made, with
// the path and why.
absl::Status CreateFileDurably(const std::string& path, std::string_view text, mode_t mode = kPrivateMode);

// Puts a file of mode 0600 that holds the text in the place of the one that may be there. A crash leaves the old one or
// the new. FAILED_PRECONDITION where it cannot be done.
absl::Status ReplaceFileDurably(const std::string& path, std::string_view text);

// Removes, durably, what writers of the file left beside it when they died: a whole copy of what it was to hold, or a
// part. For the only one who writes it now.
absl::Status RemoveLeftBeside(const std::string& path);

// The content of a file, at most `max_bytes` of it. NOT_FOUND where there is none, FAILED_PRECONDITION where it cannot
// be read.
absl::StatusOr<std::string> ReadFile(const std::string& path, size_t max_bytes);

// The content of a secret: a regular file of this user that nobody else may read, at most `max_bytes` of it. NOT_FOUND
// where there is none; FAILED_PRECONDITION where it is something else or cannot be read, with what to do.
absl::StatusOr<std::string> ReadPrivateFile(const std::string& path, size_t max_bytes);

}  // namespace anamnesis
