// Small files that are whole or not there, whatever happens meanwhile.
#pragma once

#include <string>
#include <string_view>

#include "absl/status/status.h"

namespace anamnesis {

// Makes a file of mode 0600 that holds the text; on stable storage when it returns. Of several who make it at once one
// does. ALREADY_EXISTS where there is one, FAILED_PRECONDITION where it cannot be made, with the path and why.
absl::Status CreateFileDurably(const std::string& path, std::string_view text);

// Puts a file of mode 0600 that holds the text in the place of the one that may be there. A crash leaves the old one or
// the new. FAILED_PRECONDITION where it cannot be done.
absl::Status ReplaceFileDurably(const std::string& path, std::string_view text);

}  // namespace anamnesis
