#include "rpc/health.h"

#include <memory>
#include <optional>
#include <set>
#include <utility>
#include <vector>

#include "grpc/health/v1/health.grpc.pb.h"
#include "grpcpp/support/server_callback.h"

namespace anamnesis::rpc {

using grpc::health::v1::HealthCheckRequest;
using grpc::health::v1::HealthCheckResponse;
using Status = HealthCheckResponse::ServingStatus;

namespace {

// One Watch call: sends the status when it starts and whenever it changes; a change during a write is sent after it.
class Watcher final : public grpc::ServerWriteReactor<HealthCheckResponse> {
 public:
  // `forget` is called once, when nothing will call the watcher any more.
  Watcher(std::string name, std::function<void(Watcher*)> forget)
      : name_(std::move(name)), forget_(std::move(forget)) {}

  const std::string& name() const { return name_; }

  void Tell(Status status) {
    MutexLock lock(mutex_);
    wanted_ = status;
    Advance();
  }
  void End() {
    MutexLock lock(mutex_);
    ending_ = true;
    Advance();
  }

  void OnWriteDone(bool ok) override {
    MutexLock lock(mutex_);
    writing_ = false;
    if (!ok) ending_ = true;
    Advance();
  }
  void OnCancel() override { End(); }
  void OnDone() override {
    forget_(this);
    delete this;
  }

 private:
  void Advance() REQUIRES(mutex_) {
    if (writing_ || ended_) return;
    if (wanted_ != sent_ && wanted_.has_value()) {
      sent_ = wanted_;
      message_.set_status(*wanted_);
      writing_ = true;
      StartWrite(&message_);
    } else if (ending_) {
      ended_ = true;
      Finish(grpc::Status(grpc::StatusCode::UNAVAILABLE, "the service is stopping"));
    }
  }

  const std::string name_;
  const std::function<void(Watcher*)> forget_;

  Mutex mutex_;
  std::optional<Status> wanted_ GUARDED_BY(mutex_);
  std::optional<Status> sent_ GUARDED_BY(mutex_);
  HealthCheckResponse message_;
  bool writing_ GUARDED_BY(mutex_) = false;
  bool ending_ GUARDED_BY(mutex_) = false;
  bool ended_ GUARDED_BY(mutex_) = false;
};

}  // namespace

class HealthService final : public grpc::health::v1::Health::CallbackService {
 public:
  void SetServing(const std::string& name, bool serving) {
    MutexLock lock(mutex_);
    serving_[name] = serving;
    TellAll();
  }

  void Shutdown() {
    MutexLock lock(mutex_);
    stopped_ = true;
    TellAll();
    for (Watcher* watcher : watchers_) watcher->End();
  }

  grpc::ServerUnaryReactor* Check(grpc::CallbackServerContext* context, const HealthCheckRequest* request,
                                  HealthCheckResponse* response) override {
    grpc::ServerUnaryReactor* reactor = context->DefaultReactor();
    MutexLock lock(mutex_);
    const Status status = StatusOf(request->service());
    response->set_status(status);
    reactor->Finish(status == HealthCheckResponse::SERVICE_UNKNOWN
                        ? grpc::Status(grpc::StatusCode::NOT_FOUND, "no such service here")
                        : grpc::Status::OK);
    return reactor;
  }

  grpc::ServerWriteReactor<HealthCheckResponse>* Watch(grpc::CallbackServerContext*,
                                                       const HealthCheckRequest* request) override {
    auto* watcher = new Watcher(request->service(), [this](Watcher* gone) {
      MutexLock lock(mutex_);
      watchers_.erase(gone);
    });
    MutexLock lock(mutex_);
    watchers_.insert(watcher);
    watcher->Tell(StatusOf(watcher->name()));
    if (stopped_) watcher->End();
    return watcher;
  }

 private:
  Status StatusOf(const std::string& name) const REQUIRES(mutex_) {
    bool serving = !stopped_;
    if (name.empty()) {
      serving = serving && !serving_.empty();
      for (const auto& [each, serves] : serving_) serving = serving && serves;
    } else {
      const auto found = serving_.find(name);
      if (found == serving_.end()) return HealthCheckResponse::SERVICE_UNKNOWN;
      serving = serving && found->second;
    }
    return serving ? HealthCheckResponse::SERVING : HealthCheckResponse::NOT_SERVING;
  }

  void TellAll() REQUIRES(mutex_) {
    for (Watcher* watcher : watchers_) watcher->Tell(StatusOf(watcher->name()));
  }

  Mutex mutex_;  // Taken before a watcher's.
  std::map<std::string, bool> serving_ GUARDED_BY(mutex_);
  std::set<Watcher*> watchers_ GUARDED_BY(mutex_);
  bool stopped_ GUARDED_BY(mutex_) = false;
};

Health::Health() : service_(std::make_unique<HealthService>()) {}
Health::~Health() = default;

void Health::SetServing(const std::string& name, bool serving) {
  service_->SetServing(name, serving);
}
void Health::Shutdown() {
  service_->Shutdown();
}
grpc::Service& Health::service() {
  return *service_;
}

}  // namespace anamnesis::rpc
