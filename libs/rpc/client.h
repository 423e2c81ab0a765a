// The calling side.
#pragma once

#include <chrono>
#include <memory>
#include <string>

#include "grpcpp/channel.h"
#include "grpcpp/client_context.h"
#include "rpc/call_context.h"

namespace anamnesis::rpc {

// A channel to `host:port`, connected when first used. Never null.
std::shared_ptr<grpc::Channel> Connect(const std::string& address);

// For a call that lasts until somebody ends it.
inline constexpr std::chrono::milliseconds kNoTimeout = std::chrono::milliseconds::max();

// Says who calls and until when. An empty traceparent is not sent.
void PrepareContext(grpc::ClientContext& context, const Caller& caller, std::chrono::milliseconds timeout,
                    const std::string& traceparent = "");

}  // namespace anamnesis::rpc
