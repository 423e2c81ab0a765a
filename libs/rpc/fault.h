// Faults of ours: logged in full, sent as a name and a trace id.
#pragma once

#include "absl/status/status.h"
#include "rpc/call_context.h"

namespace anamnesis::rpc {

// Whether the fault is ours, not the caller's: INTERNAL, UNKNOWN, DATA_LOSS.
bool IsFault(const absl::Status& status);

// What may be sent of a status: a fault as INTERNAL_FAULT with the trace id under which it is logged, so that nothing
// of the inside gets out; anything else, and a fault that has a name of its own, as it is.
absl::Status ToSend(const absl::Status& status, const CallContext& context);

// Logs a fault that answers one message of a stream and does not end the call.
void LogFault(const absl::Status& fault, const CallContext& context);

}  // namespace anamnesis::rpc
