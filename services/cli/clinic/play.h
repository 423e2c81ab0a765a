// `anamnesis simulate --play`.
#pragma once

#include "absl/status/status.h"
#include "services/cli/connection.h"

namespace anamnesis::clinic {

// Plays every story against the running services and prints what came of it. A story that was played before, or a part
// of it, is not played again. ABORTED where something is otherwise than the stories say.
absl::Status PlayClinic(const cli::Connection& connection, bool json);

}  // namespace anamnesis::clinic
