// Serves a server's status to operators.
#pragma once

#include <functional>
#include <string>

#include "anamnesis/ops/v1/ops_service.pb.h"
#include "base/link_state.h"
#include "rpc/service.h"

namespace anamnesis::service {

// OpsService; `describe` fills in what only the module knows, at every call, from any thread.
class OpsService final : public rpc::Service {
 public:
  using Describe = std::function<void(ops::v1::GetStatusResponse&)>;
  OpsService(std::string service_name, Describe describe, rpc::Gate& gate);
};

// Adds a link to a status.
void AddLink(const std::string& name, const LinkState& state, ops::v1::GetStatusResponse& response);

}  // namespace anamnesis::service
