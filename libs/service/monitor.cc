#include "service/monitor.h"

#include <chrono>

#include "base/clock.h"

namespace anamnesis::service {
namespace {

constexpr std::chrono::milliseconds kPeriod{200};

}  // namespace

Monitor::Monitor(std::vector<Link> links, rpc::Health& health, rpc::Metrics& metrics, std::function<void()> also)
    : links_(std::move(links)), health_(health), metrics_(metrics), also_(std::move(also)) {
  Look();  // Every name is known before the first health check.
  thread_ = std::thread([this] { Run(); });
}

Monitor::~Monitor() {
  {
    MutexLock lock(mutex_);
    stopping_ = true;
    stopped_.NotifyAll();
  }
  thread_.join();
}

std::vector<std::pair<std::string, LinkState>> Monitor::States() const {
  std::vector<std::pair<std::string, LinkState>> states;
  for (const Link& link : links_) states.emplace_back(link.name, link.state());
  return states;
}

void Monitor::Run() {
  while (true) {
    {
      MutexLock lock(mutex_);
      if (stopped_.WaitFor(mutex_, kPeriod, [this]() NO_THREAD_SAFETY_ANALYSIS { return stopping_; })) return;
    }
    Look();
  }
}

void Monitor::Look() {
  for (const auto& [name, state] : States()) {
    health_.SetServing(name, state.healthy());
    const prometheus::Labels labels = {
        {"link", name}
    };
    metrics_.Gauge("anamnesis_link_lag_events", "Events known of and not dealt with, by link", labels)
        .Set(static_cast<double>(state.lag_events()));
    metrics_.Gauge("anamnesis_link_lag_seconds", "Age of the oldest event not dealt with, by link", labels)
        .Set(state.lag_seconds(SystemClock().NowMicros()));
    metrics_.Gauge("anamnesis_link_healthy", "1 while the link is connected and making progress", labels)
        .Set(state.healthy() ? 1 : 0);
  }
  also_();
}

}  // namespace anamnesis::service
