// The three shapes of call, as gRPC's method handlers. Internal.
#pragma once

#include "grpcpp/impl/rpc_service_method.h"
#include "rpc/gate.h"
#include "rpc/raw_handlers.h"

namespace anamnesis::rpc {

// Each is owned by the method that it is given to; `method` must outlive it and every call.
grpc::internal::MethodHandler* MakeUnaryHandler(const GatedMethod& method, RawUnary handler);
grpc::internal::MethodHandler* MakeStreamHandler(const GatedMethod& method, RawStream handler);
grpc::internal::MethodHandler* MakeBidiHandler(const GatedMethod& method, RawBidi handler);

}  // namespace anamnesis::rpc
