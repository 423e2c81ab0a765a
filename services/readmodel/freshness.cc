#include "services/readmodel/freshness.h"

#include <algorithm>
#include <chrono>
#include <utility>
#include <vector>

#include "anamnesis/rpc/v1/errors.pb.h"
#include "base/refusal.h"

namespace anamnesis::readmodel {
namespace {

// The wall clock may be set: nobody trusts it for longer than this.
constexpr int64_t kLongestNapMicros = 1'000'000;

uint64_t AppliedOf(const Positions& applied, const std::string& service) {
  const auto found = applied.find(service);
  return found == applied.end() ? 0 : found->second;
}

}  // namespace

bool Reached(const Positions& wanted, const Positions& applied) {
  return std::all_of(wanted.begin(), wanted.end(),
                     [&applied](const auto& want) { return AppliedOf(applied, want.first) >= want.second; });
}

absl::Status NotCaughtUp(const Positions& wanted, const Positions& applied) {
  RefusalDetails details{.retry_after_millis = 100};
  for (const auto& [service, position] : wanted) {
    const uint64_t reached = AppliedOf(applied, service);
    if (reached < position) details.metadata[service] = std::to_string(position - reached);
  }
  return Refuse(rpc::v1::NOT_CAUGHT_UP, details);
}

Freshness::Freshness(std::function<Positions()> applied, const Clock& clock)
    : applied_(std::move(applied)), clock_(clock), thread_([this] { Run(); }) {}

Freshness::~Freshness() {
  Close();
  thread_.join();
}

void Freshness::Wait(Positions wanted, int64_t deadline_micros, std::function<void(absl::Status)> then) {
  rpc::v1::RpcError refusal = rpc::v1::SHUTTING_DOWN;
  {
    MutexLock lock(mutex_);
    if (!closed_ && waiters_.size() >= kMaxWaiting) {
      refusal = rpc::v1::OVERLOADED;
    } else if (!closed_) {
      waiters_.push_back({std::move(wanted), deadline_micros, std::move(then)});
      advanced_ = true;  // It may have been reached meanwhile.
      changed_.NotifyOne();
      return;
    }
  }
  then(Refuse(refusal, {.retry_after_millis = 1000}));
}

void Freshness::Advanced() {
  MutexLock lock(mutex_);
  if (waiters_.empty()) return;
  advanced_ = true;
  changed_.NotifyOne();
}

void Freshness::Close() {
  MutexLock lock(mutex_);
  closed_ = true;
  changed_.NotifyOne();
}

int64_t Freshness::MicrosToNextDeadline() const {
  int64_t nap = kLongestNapMicros;
  for (const Waiter& waiter : waiters_) nap = std::min(nap, waiter.deadline_micros - clock_.NowMicros());
  return std::max<int64_t>(nap, 0);
}

void Freshness::Run() {
  for (;;) {
    std::list<Waiter> going_on;
    bool closed = false;
    const Positions applied = applied_();
    {
      MutexLock lock(mutex_);
      const int64_t now = clock_.NowMicros();
      closed = closed_;
      for (auto waiter = waiters_.begin(); waiter != waiters_.end();) {
        const auto next = std::next(waiter);
        if (closed || waiter->deadline_micros <= now || Reached(waiter->wanted, applied)) {
          going_on.splice(going_on.end(), waiters_, waiter);
        }
        waiter = next;
      }
      if (going_on.empty() && closed) return;
      if (going_on.empty()) {
        changed_.WaitFor(mutex_, std::chrono::microseconds(MicrosToNextDeadline()),
                         [this] { return advanced_ || closed_; });
        advanced_ = false;
        continue;
      }
    }
    for (const Waiter& waiter : going_on) {
      if (Reached(waiter.wanted, applied)) {
        waiter.then(absl::OkStatus());
      } else {
        waiter.then(closed ? Refuse(rpc::v1::SHUTTING_DOWN) : NotCaughtUp(waiter.wanted, applied));
      }
    }
  }
}

}  // namespace anamnesis::readmodel
