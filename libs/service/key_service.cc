#include "service/key_service.h"

#include <string>
#include <utility>

#include "anamnesis/ops/v1/errors.pb.h"
#include "base/refusal.h"

namespace anamnesis::service {

KeyService::KeyService(eventlog::EventLog& log, LoadKeks load, rpc::Gate& gate)
    : Service(*ops::v1::RewrapKeysRequest::descriptor()->file()->FindServiceByName("KeyService"), gate),
      log_(log),
      load_(std::move(load)) {
  Unary<ops::v1::RewrapKeysRequest, ops::v1::RewrapKeysResponse>(
      "RewrapKeys",
      [this](const rpc::CallContext&, ops::v1::RewrapKeysRequest&&, auto done) { Rewrap(std::move(done)); });
}

KeyService::~KeyService() {
  std::thread worker;
  {
    MutexLock lock(mutex_);
    worker = std::move(worker_);
  }
  if (worker.joinable()) worker.join();
}

void KeyService::Rewrap(Done<ops::v1::RewrapKeysResponse> done) {
  MutexLock lock(mutex_);
  if (busy_) return done(Refuse(ops::v1::ROTATION_UNDER_WAY));
  busy_ = true;
  if (worker_.joinable()) worker_.join();  // No longer busy, it needs no lock any more.
  worker_ = std::thread([this, done = std::move(done)] {
    auto answer = RewrapNow();
    {
      MutexLock done_lock(mutex_);
      busy_ = false;
    }
    done(std::move(answer));
  });
}

absl::StatusOr<ops::v1::RewrapKeysResponse> KeyService::RewrapNow() {
  absl::StatusOr<Keks> keks = load_();
  absl::StatusOr<uint64_t> rewrapped = keks.ok() ? log_.RewrapKeys(*keks) : keks.status();
  if (!rewrapped.ok()) {
    return Refuse(ops::v1::KEYS_NOT_USABLE, {.metadata = {{"problem", std::string(rewrapped.status().message())}}});
  }
  ops::v1::RewrapKeysResponse response;
  response.set_rewrapped(*rewrapped);
  response.set_kek_id((*keks)->current());
  return response;
}

}  // namespace anamnesis::service
