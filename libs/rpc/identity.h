// Reading who calls, and the trace a call belongs to, from its metadata. Internal.
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "grpcpp/support/string_ref.h"
#include "rpc/call_context.h"

namespace anamnesis::rpc {

using Metadata = std::multimap<grpc::string_ref, grpc::string_ref>;

// Fills caller and traceparent. False where the metadata does not say who calls: no actor, two of them, or an identity
// longer than kMaxIdentityBytes. A traceparent that is missing or malformed is replaced by a new one.
bool ReadIdentity(const Metadata& metadata, CallContext& context);

// The trace id in a traceparent.
std::string_view TraceId(std::string_view traceparent);

}  // namespace anamnesis::rpc
