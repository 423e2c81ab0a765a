// Going on in the background.
#pragma once

#include <functional>
#include <string>

#include "absl/status/status.h"

namespace anamnesis::cli {

// Hands a message to whoever started the work; false where nobody listens any more.
using Announce = std::function<bool(const std::string& text)>;
using Work = std::function<absl::Status(const Announce& announce)>;

// Does the work in a new process with a session of its own, and its output appended to `log`. Returns twice: here, when
// the work has announced something, which is printed on standard output, or has ended before, with its error; there,
// when the work is done. To be called before the process has threads, and so before gRPC is used.
absl::Status Detach(const std::string& log, const Work& work);

}  // namespace anamnesis::cli
