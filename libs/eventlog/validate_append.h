// The form of an append, checked before anything else happens to it.
#pragma once

#include "absl/status/status.h"
#include "eventlog/event_log.h"

namespace anamnesis::eventlog {

// INVALID_ARGUMENT if the request breaks its form or a limit of record.h.
absl::Status ValidateAppend(const AppendRequest& request);

}  // namespace anamnesis::eventlog
