#include "service/ops_service.h"

#include <unistd.h>

#include <utility>

#include "base/clock.h"
#include "base/version.h"

namespace anamnesis::service {

OpsService::OpsService(std::string service_name, Describe describe, rpc::Gate& gate)
    : Service(*ops::v1::GetStatusRequest::descriptor()->file()->FindServiceByName("OpsService"), gate) {
  const int64_t started_micros = SystemClock().NowMicros();
  Unary<ops::v1::GetStatusRequest, ops::v1::GetStatusResponse>(
      "GetStatus", [name = std::move(service_name), describe = std::move(describe), started_micros](
                       const rpc::CallContext&, ops::v1::GetStatusRequest&&, auto done) {
        ops::v1::GetStatusResponse response;
        response.set_service(name);
        response.set_version(kVersion);
        response.set_process_id(getpid());
        *response.mutable_started_time() = ToTimestamp(started_micros);
        describe(response);
        done(std::move(response));
      });
}

void AddLink(const std::string& name, const LinkState& state, ops::v1::GetStatusResponse& response) {
  ops::v1::LinkStatus& link = *response.add_links();
  link.set_name(name);
  link.set_healthy(state.healthy());
  link.set_position(state.position);
  link.set_tail_position(state.tail);
  link.set_lag_seconds(state.lag_seconds(SystemClock().NowMicros()));
  link.set_problem(state.problem);
}

}  // namespace anamnesis::service
