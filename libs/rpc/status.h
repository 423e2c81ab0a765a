// Statuses across the wire: details travel as google.rpc.Status in `grpc-status-details-bin`.
#pragma once

#include "absl/status/status.h"
#include "grpcpp/support/status.h"

namespace anamnesis::rpc {

grpc::Status ToGrpcStatus(const absl::Status& status);

// Details that cannot be decoded are left out; code and message stay.
absl::Status FromGrpcStatus(const grpc::Status& status);

}  // namespace anamnesis::rpc
