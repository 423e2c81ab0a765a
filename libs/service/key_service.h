// Serves the keys of a log to operators.
#pragma once

#include <functional>
#include <memory>
#include <thread>

#include "absl/status/statusor.h"
#include "anamnesis/ops/v1/key_service.pb.h"
#include "base/mutex.h"
#include "eventlog/event_log.h"
#include "rpc/service.h"
#include "vault/key_ring.h"

namespace anamnesis::service {

// KeyService. Wrapping anew takes as long as there are keys, so it has a thread of its own.
class KeyService final : public rpc::Service {
 public:
  using Keks = std::shared_ptr<const vault::KeyRing>;
  using LoadKeks = std::function<absl::StatusOr<Keks>()>;

  // The log outlives this; `load` reads the key-encryption keys as they are now.
  KeyService(eventlog::EventLog& log, LoadKeks load, rpc::Gate& gate);
  ~KeyService() override;

 private:
  void Rewrap(Done<ops::v1::RewrapKeysResponse> done);
  absl::StatusOr<ops::v1::RewrapKeysResponse> RewrapNow();

  eventlog::EventLog& log_;
  const LoadKeks load_;
  Mutex mutex_;
  bool busy_ GUARDED_BY(mutex_) = false;
  std::thread worker_ GUARDED_BY(mutex_);
};

}  // namespace anamnesis::service
