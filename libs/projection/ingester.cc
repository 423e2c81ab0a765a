#include "projection/ingester.h"

#include <atomic>
#include <chrono>
#include <utility>

#include "anamnesis/projection/v1/errors.pb.h"
#include "anamnesis/rpc/v1/errors.pb.h"
#include "base/clock.h"
#include "base/refusal.h"
#include "rpc/log.h"

namespace anamnesis::projection {
namespace {

// How often a purge that is due is tried while nothing is published.
constexpr std::chrono::seconds kPurgeAgain{1};

}  // namespace

// One publisher's stream. Its requests come one at a time; `service_`, and whether it is welcome, belong to the thread
// that applies.
class Ingester::Session final : public rpc::BidiSession<v1::PublishRequest, v1::PublishResponse>,
                                public std::enable_shared_from_this<Session> {
 public:
  explicit Session(Ingester& ingester) : ingester_(ingester) {}
  ~Session() override { ingester_.Forget(*this); }

  uint32_t MaxInFlight() const override { return kPublishWindow; }
  void OnStart(rpc::BidiWriter<v1::PublishResponse> writer) override { writer_ = std::move(writer); }
  void OnRequest(std::shared_ptr<const v1::PublishRequest> request) override {
    ingester_.Queue(shared_from_this(), std::move(request));
  }
  void OnRefused(std::shared_ptr<const v1::PublishRequest>, absl::Status refusal) override {
    Finish(std::move(refusal));
  }
  void OnReadsDone() override { ingester_.Forget(*this); }
  void OnCancel() override {
    finished_ = true;
    ingester_.Forget(*this);
  }

  void Finish(absl::Status status) {
    if (!finished_.exchange(true)) writer_.Finish(std::move(status));
    ingester_.Forget(*this);
  }
  void Welcome(uint64_t applied) {
    v1::PublishResponse response;
    response.mutable_welcome()->set_applied_position(applied);
    response.mutable_welcome()->set_window(kPublishWindow);
    writer_.Write(response);
  }
  void Acknowledge(uint64_t applied, uint32_t batches) {
    v1::PublishResponse response;
    response.mutable_ack()->set_applied_position(applied);
    writer_.Write(response, batches);
  }
  bool finished() const { return finished_; }

  std::string service_;  // Empty before the hello.

 private:
  Ingester& ingester_;
  rpc::BidiWriter<v1::PublishResponse> writer_;
  std::atomic<bool> finished_{false};
};

Ingester::Ingester(rpc::Gate& gate, ViewStore& store)
    : Service(*v1::PublishRequest::descriptor()->file()->FindServiceByName("ProjectionService"), gate), store_(store) {
  Bidi<v1::PublishRequest, v1::PublishResponse>(
      "Publish",
      [this](const rpc::CallContext&)
          -> absl::StatusOr<std::shared_ptr<rpc::BidiSession<v1::PublishRequest, v1::PublishResponse>>> {
        return std::make_shared<Session>(*this);
      });
  thread_ = std::thread([this] { Run(); });
}

Ingester::~Ingester() {
  {
    MutexLock lock(mutex_);
    stopping_ = true;
    queued_.NotifyAll();
  }
  thread_.join();
}

void Ingester::Queue(std::shared_ptr<Session> session, std::shared_ptr<const v1::PublishRequest> request) {
  MutexLock lock(mutex_);
  work_.emplace_back(std::move(session), std::move(request));
  queued_.NotifyOne();
}

void Ingester::Run() {
  for (;;) {
    Work work;
    const bool purge_is_due = store_.PurgeIsDue();
    {
      MutexLock lock(mutex_);
      const auto is_queued = [this]() NO_THREAD_SAFETY_ANALYSIS { return stopping_ || !work_.empty(); };
      if (purge_is_due) {
        queued_.WaitFor(mutex_, kPurgeAgain, is_queued);
      } else {
        queued_.Wait(mutex_, is_queued);
      }
      if (stopping_ && work_.empty()) return;
      work.swap(work_);
    }
    if (work.empty()) RetryPurge();
    std::map<std::shared_ptr<Session>, std::vector<const v1::PublishBatch*>> groups;  // Held by `work`.
    for (const auto& [session, request] : work) {
      if (session->finished()) continue;
      if (request->has_batch() && !session->service_.empty()) {
        groups[session].push_back(&request->batch());
      } else if (request->has_hello() && session->service_.empty()) {
        // What its predecessor has sent counts before the position in the welcome is told.
        for (const auto& [earlier, batches] : std::exchange(groups, {})) Apply(*earlier, batches);
        Welcome(session, request->hello());
      } else {
        session->Finish(Refuse(v1::PUBLISH_OUT_OF_ORDER));
      }
    }
    for (const auto& [session, batches] : groups) Apply(*session, batches);
  }
}

void Ingester::RetryPurge() {
  const absl::Status purged = store_.RetryPurge();
  if (purged.ok()) return;
  rpc::Log(rpc::LogLevel::kError, "what was erased is still in the files of the views",
           {
               {"error", RefusalText(purged)}
  });
}

void Ingester::Welcome(const std::shared_ptr<Session>& session, const v1::PublishHello& hello) {
  const absl::StatusOr<uint64_t> applied = store_.Begin(hello);
  if (!applied.ok()) {
    rpc::Log(rpc::LogLevel::kWarning, "a publisher was refused",
             {
                 {"source", hello.service()              },
                 {"error",  RefusalText(applied.status())}
    });
    return session->Finish(applied.status());
  }
  std::shared_ptr<Session> predecessor;
  {
    MutexLock lock(mutex_);
    auto& [address, publisher] = publishers_[hello.service()];
    predecessor = publisher.lock();
    address = session.get();
    publisher = session;
  }
  if (predecessor != nullptr) predecessor->Finish(Refuse(v1::PUBLISHER_REPLACED));
  session->service_ = hello.service();
  session->Welcome(*applied);
}

void Ingester::Apply(Session& session, const std::vector<const v1::PublishBatch*>& batches) {
  if (session.finished()) return;
  const absl::StatusOr<uint64_t> applied = store_.Apply(session.service_, batches);
  if (applied.ok()) return session.Acknowledge(*applied, static_cast<uint32_t>(batches.size()));
  rpc::Log(rpc::LogLevel::kError, "published views were not applied",
           {
               {"source", session.service_             },
               {"error",  RefusalText(applied.status())}
  });
  session.Finish(applied.status());
}

void Ingester::Forget(const Session& session) {
  MutexLock lock(mutex_);
  std::erase_if(publishers_, [&session](const auto& publisher) { return publisher.second.first == &session; });
}

std::set<std::string> Ingester::Connected() const {
  MutexLock lock(mutex_);
  std::set<std::string> services;
  for (const auto& [service, publisher] : publishers_) services.insert(service);
  return services;
}

void Ingester::Disconnect(const std::string& service) {
  std::shared_ptr<Session> publisher;
  {
    MutexLock lock(mutex_);
    const auto found = publishers_.find(service);
    if (found != publishers_.end()) publisher = found->second.second.lock();
  }
  if (publisher != nullptr) publisher->Finish(Refuse(v1::PUBLISHER_REPLACED));
}

}  // namespace anamnesis::projection
