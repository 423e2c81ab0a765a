// Directories for what is about people.
#pragma once

#include <string>

#include "absl/status/status.h"

namespace anamnesis {

// Makes the directory, and those above it that are missing, for their owner only, and their names durable, so that a
// power failure cannot take a whole store with it. One that is there is left as it is. FAILED_PRECONDITION says which
// could not be made, and why.
absl::Status MakePrivateDirectory(const std::string& directory);

// Makes durable which names stand in the directory.
absl::Status SyncDirectory(const std::string& directory);

}  // namespace anamnesis
