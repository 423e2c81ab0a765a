// A served EchoService whose slow parts the test holds in its hands.
#pragma once

#include <gtest/gtest.h>

#include <chrono>
#include <functional>
#include <future>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "anamnesis/rpc/v1/errors.pb.h"
#include "base/mutex.h"
#include "base/refusal.h"
#include "rpc/client.h"
#include "rpc/server.h"
#include "rpc/service.h"
#include "rpc/status.h"
#include "tests/rpc/test_service.grpc.pb.h"

namespace anamnesis::rpc {

using rpctest::v1::CountRequest;
using rpctest::v1::CountResponse;
using rpctest::v1::EchoRequest;
using rpctest::v1::EchoResponse;

inline constexpr std::chrono::seconds kPatience{20};

// What Hold and an endless Count wait for. Thread-safe.
class Hands {
 public:
  using Done = std::function<void(absl::StatusOr<EchoResponse>)>;

  void Hold(Done done) {
    MutexLock lock(mutex_);
    held_.push_back(std::move(done));
    changed_.NotifyAll();
  }
  bool Holds() {
    MutexLock lock(mutex_);
    return !held_.empty();
  }
  // The oldest call that is held.
  Done TakeHeld() {
    MutexLock lock(mutex_);
    EXPECT_TRUE(changed_.WaitFor(mutex_, kPatience, [this]() NO_THREAD_SAFETY_ANALYSIS { return !held_.empty(); }));
    Done done = std::move(held_.front());
    held_.erase(held_.begin());
    return done;
  }

  // Numbers that Count may send so far.
  void Allow(uint32_t numbers) {
    std::function<void()> wake;
    {
      MutexLock lock(mutex_);
      allowed_ = numbers;
      wake.swap(wake_);
    }
    if (wake) wake();
  }
  bool MaySend(uint32_t number) {
    MutexLock lock(mutex_);
    return number <= allowed_;
  }
  void WhenAllowed(uint32_t number, std::function<void()> wake) {
    {
      MutexLock lock(mutex_);
      if (number > allowed_) {
        wake_ = std::move(wake);
        return;
      }
    }
    wake();
  }

  void SourceMade() {
    MutexLock lock(mutex_);
    ++sources_made_;
  }
  bool HadSource() {
    MutexLock lock(mutex_);
    return sources_made_ > 0;
  }
  void SourceGone() {
    MutexLock lock(mutex_);
    ++sources_gone_;
    changed_.NotifyAll();
  }
  bool WaitUntilSourceGone() {
    MutexLock lock(mutex_);
    return changed_.WaitFor(mutex_, kPatience, [this]() NO_THREAD_SAFETY_ANALYSIS { return sources_gone_ > 0; });
  }

 private:
  Mutex mutex_;
  CondVar changed_;
  std::vector<Done> held_ GUARDED_BY(mutex_);
  uint32_t allowed_ GUARDED_BY(mutex_) = 0;
  std::function<void()> wake_ GUARDED_BY(mutex_);
  int sources_made_ GUARDED_BY(mutex_) = 0;
  int sources_gone_ GUARDED_BY(mutex_) = 0;
};

// Counts to `count`, or as far as the hands allow.
class Counter final : public StreamSource<CountResponse> {
 public:
  Counter(Hands& hands, uint32_t count) : hands_(hands), count_(count) { hands_.SourceMade(); }
  ~Counter() override { hands_.SourceGone(); }

  absl::StatusOr<Step> Next() override {
    if (count_ > 0 && sent_ == count_) return Step(End{});
    if (count_ == 0 && !hands_.MaySend(sent_ + 1)) return Step(Pending{});
    CountResponse response;
    response.set_number(++sent_);
    return Step(std::move(response));
  }
  void WhenReady(std::function<void()> wake) override { hands_.WhenAllowed(sent_ + 1, std::move(wake)); }

 private:
  Hands& hands_;
  const uint32_t count_;
  uint32_t sent_ = 0;
};

using ChatSession = BidiSession<EchoRequest, EchoResponse>;

// A service with one handler of each shape; Chat sessions come from the test.
class TestService final : public Service {
 public:
  TestService(Gate& gate, Hands& hands, std::function<std::shared_ptr<ChatSession>()> make_chat)
      : Service(*rpctest::v1::EchoRequest::descriptor()->file()->FindServiceByName("EchoService"), gate) {
    Unary<EchoRequest, EchoResponse>("Echo", Answer);
    Unary<EchoRequest, EchoResponse>("Command", Answer);
    Unary<EchoRequest, EchoResponse>(
        "Hold", [&hands](const CallContext&, EchoRequest&&, Done<EchoResponse> done) { hands.Hold(std::move(done)); });
    ServerStream<CountRequest, CountResponse>(
        "Count",
        [&hands](const CallContext&,
                 CountRequest&& request) -> absl::StatusOr<std::unique_ptr<StreamSource<CountResponse>>> {
          return std::make_unique<Counter>(hands, request.count());
        });
    Bidi<EchoRequest, EchoResponse>(
        "Chat",
        [make_chat](const CallContext&) -> absl::StatusOr<std::shared_ptr<ChatSession>> { return make_chat(); });
  }

 private:
  static void Answer(const CallContext& context, EchoRequest&& request, const Done<EchoResponse>& done) {
    if (request.text() == "drop") return;
    if (request.text() == "fault") return done(absl::InternalError("the disk is on fire"));
    if (request.text() == "named fault") return done(Refuse(v1::INTERNAL_FAULT));
    EchoResponse response;
    response.set_text(request.text());
    response.set_actor(context.caller.actor);
    response.set_traceparent(context.traceparent);
    done(std::move(response));
  }
};

inline const Caller kCaller{.actor = "dr-a", .roles = {"echoer"}};

// One server on a free port, in order of dependence.
class TestServer {
 public:
  explicit TestServer(GateOptions gate_options = {}, ServerOptions server_options = {},
                      std::function<std::shared_ptr<ChatSession>()> make_chat = nullptr)
      : gate(*AccessPolicy::Parse("echoer: echo.call ops.admin\nstranger: other.call"), metrics, gate_options),
        service(gate, hands, std::move(make_chat)),
        server(std::move(server_options), gate, health) {
    const auto started = server.Start({&service});
    EXPECT_TRUE(started.ok()) << started.status();
    port = started.value_or(0);
    channel = Connect("127.0.0.1:" + std::to_string(port));
    stub = rpctest::v1::EchoService::NewStub(channel);
  }

  absl::Status Echo(const std::string& text, const Caller& caller = kCaller, EchoResponse* response = nullptr) {
    grpc::ClientContext context;
    PrepareContext(context, caller, kPatience);
    EchoRequest request;
    request.set_text(text);
    EchoResponse ignored;
    return FromGrpcStatus(stub->Echo(&context, request, response != nullptr ? response : &ignored));
  }

  Hands hands;
  Metrics metrics;
  Gate gate;
  Health health;
  TestService service;
  Server server;
  int port = 0;
  std::shared_ptr<grpc::Channel> channel;
  std::unique_ptr<rpctest::v1::EchoService::Stub> stub;
};

// Whether it comes true before our patience ends.
template <class Predicate>
bool Eventually(Predicate holds) {
  const auto end = std::chrono::steady_clock::now() + kPatience;
  while (!holds()) {
    if (std::chrono::steady_clock::now() > end) return false;
    std::this_thread::yield();
  }
  return true;
}

inline std::string Reason(const absl::Status& status) {
  return RefusalInfo(status).reason();
}

}  // namespace anamnesis::rpc
