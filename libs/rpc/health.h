// grpc.health.v1: which services of this process are able to serve.
#pragma once

#include <map>
#include <memory>
#include <string>

#include "base/mutex.h"
#include "grpcpp/impl/service_type.h"

namespace anamnesis::rpc {

class HealthService;

// Says SERVING only of a name that somebody vouches for. The name `` stands for the whole process: SERVING when every
// name is. Thread-safe. Check and Watch need no permission: with reflection the only calls that do not.
class Health {
 public:
  Health();
  ~Health();

  // Before the first call about a name: Check answers NOT_FOUND, Watch SERVICE_UNKNOWN.
  void SetServing(const std::string& name, bool serving);

  // Every name is NOT_SERVING from now on, whatever is set; watchers are told, then their calls end.
  void Shutdown();

  // To be registered with a server; owned by this object.
  grpc::Service& service();

 private:
  const std::unique_ptr<HealthService> service_;
};

}  // namespace anamnesis::rpc
