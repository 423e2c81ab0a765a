// Waiting for a server to be able to serve.
#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "absl/status/status.h"
#include "services/cli/connection.h"

namespace anamnesis::cli {

// Returns when the server says that it serves. `go_on` is asked several times a second; its error ends the waiting.
// DEADLINE_EXCEEDED after `patience` says what the server lacks.
absl::Status AwaitServing(const Connection& connection, const std::string& server, std::chrono::seconds patience,
                          const std::function<absl::Status()>& go_on);

// The last lines of a log file, not counting what stood in its first `skip` bytes.
std::string LogTail(const std::string& path, uintmax_t skip);

}  // namespace anamnesis::cli
