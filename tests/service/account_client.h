// The generated client of the test domain's service, with a caller that may do everything.
#pragma once

#include <memory>

#include "account_service.grpc.pb.h"
#include "grpcpp/grpcpp.h"
#include "rpc/client.h"

namespace anamnesis::service {

inline const rpc::Caller kTester{
    .actor = "user:tester", .roles = {"clinician", "auditor", "operator"}
};
inline constexpr std::chrono::seconds kTimeout{20};

// A context with identity and deadline.
inline std::unique_ptr<grpc::ClientContext> NewContext(const rpc::Caller& caller = kTester) {
  auto context = std::make_unique<grpc::ClientContext>();
  rpc::PrepareContext(*context, caller, kTimeout);
  return context;
}

}  // namespace anamnesis::service
