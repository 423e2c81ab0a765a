// Watches the links of a process and tells health and metrics how they are.
#pragma once

#include <functional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "base/link_state.h"
#include "base/mutex.h"
#include "rpc/health.h"
#include "rpc/metrics.h"

namespace anamnesis::service {

// Looks at every link a few times a second from a thread of its own, which the destructor stops. A link's name is its
// name in health checks: NOT_SERVING while it is not healthy. Thread-safe.
class Monitor {
 public:
  struct Link {
    std::string name;  // `follow:patient`, `publish:readmodel`.
    std::function<LinkState()> state;
  };

  // `also` is called at every look, for metrics that are read rather than counted. All references outlive this.
  Monitor(std::vector<Link> links, rpc::Health& health, rpc::Metrics& metrics, std::function<void()> also);
  ~Monitor();

  std::vector<std::pair<std::string, LinkState>> States() const;

 private:
  void Run();
  void Look();

  const std::vector<Link> links_;
  rpc::Health& health_;
  rpc::Metrics& metrics_;
  const std::function<void()> also_;

  Mutex mutex_;
  CondVar stopped_;
  bool stopping_ GUARDED_BY(mutex_) = false;
  std::thread thread_;
};

}  // namespace anamnesis::service
