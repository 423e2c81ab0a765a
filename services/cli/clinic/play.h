// `anamnesis simulate --play`.
#pragma once

#include "absl/status/status.h"
#include "services/cli/connection.h"

namespace anamnesis::clinic {

// Plays every story against the running services and prints what came of it. A story that was played before, or a part
// of it, is not played again. ABORTED where something is otherwise than the stories say; FAILED_PRECONDITION, without
// `yes`, where nothing of them was played and something else is recorded.
absl::Status PlayClinic(const cli::Connection& connection, bool json, bool yes);

}  // namespace anamnesis::clinic
