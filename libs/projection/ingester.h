// Takes what services publish into a ViewStore.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "anamnesis/projection/v1/projection_service.pb.h"
#include "base/mutex.h"
#include "projection/view_store.h"
#include "rpc/metrics.h"
#include "rpc/service.h"

namespace anamnesis::projection {

// How many batches a publisher may have sent without an acknowledgement.
inline constexpr uint32_t kPublishWindow = 8;

// The server side of ProjectionService. gRPC's threads only queue; one thread of its own applies everything queued
// meanwhile, a service's batches as one synced write, and acknowledges once; while a purge is due, it tries that again.
// A service has one publisher: a newer stream replaces the older. Thread-safe. The gate, the store and the metrics
// outlive it; it outlives the server.
class Ingester final : public rpc::Service {
 public:
  Ingester(rpc::Gate& gate, ViewStore& store);
  ~Ingester() override;

  // The services whose publisher is connected now.
  std::set<std::string> Connected() const EXCLUDES(mutex_);

  // Ends the service's stream, if there is one, so that its publisher says hello again.
  void Disconnect(const std::string& service) EXCLUDES(mutex_);

 private:
  class Session;
  using Work = std::deque<std::pair<std::shared_ptr<Session>, std::shared_ptr<const v1::PublishRequest>>>;

  void Run() EXCLUDES(mutex_);
  void Queue(std::shared_ptr<Session> session, std::shared_ptr<const v1::PublishRequest> request) EXCLUDES(mutex_);
  void Welcome(const std::shared_ptr<Session>& session, const v1::PublishHello& hello) EXCLUDES(mutex_);
  void Apply(Session& session, const std::vector<const v1::PublishBatch*>& batches);
  void RetryPurge();
  void Forget(const Session& session) EXCLUDES(mutex_);

  ViewStore& store_;

  mutable Mutex mutex_;
  CondVar queued_;
  bool stopping_ GUARDED_BY(mutex_) = false;
  Work work_ GUARDED_BY(mutex_);
  // By service; told apart by address, because the last owner of a session must not be found while this is locked.
  std::map<std::string, std::pair<const Session*, std::weak_ptr<Session>>> publishers_ GUARDED_BY(mutex_);

  std::thread thread_;
};

}  // namespace anamnesis::projection
