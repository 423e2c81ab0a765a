// What a call says about its caller, in the form in which events keep it.
#pragma once

#include "eventlog/record.h"
#include "rpc/call_context.h"

namespace anamnesis::service {

inline eventlog::Metadata ToMetadata(const rpc::CallContext& context) {
  return {.actor = context.caller.actor,
          .on_behalf_of = context.caller.on_behalf_of,
          .purpose_of_use = context.caller.purpose_of_use,
          .traceparent = context.traceparent};
}

}  // namespace anamnesis::service
