#include <memory>
#include <optional>
#include <utility>
#include <variant>

#include "absl/status/status.h"
#include "anamnesis/rpc/v1/errors.pb.h"
#include "base/mutex.h"
#include "base/refusal.h"
#include "grpcpp/alarm.h"
#include "grpcpp/impl/codegen/server_callback_handlers.h"
#include "grpcpp/support/server_callback.h"
#include "rpc/call_scope.h"
#include "rpc/calls.h"

namespace anamnesis::rpc {
namespace {

// One server-streaming call. At any time one party moves it: whoever pulls the source, gRPC while it writes, or the
// source while it has nothing; so the source needs no lock. Who wants the call to end leaves the reason, and the mover
// ends it.
class StreamCall final : public grpc::ServerWriteReactor<grpc::ByteBuffer>,
                         public Drainable,
                         public std::enable_shared_from_this<StreamCall> {
 public:
  explicit StreamCall(const GatedMethod& method) : method_(method), scope_(method, CallScope::Kind::kStream) {}

  static grpc::ServerWriteReactor<grpc::ByteBuffer>* Start(const GatedMethod& method, const RawStream& handler,
                                                           grpc::CallbackServerContext& context,
                                                           const grpc::ByteBuffer& request) {
    auto call = std::make_shared<StreamCall>(method);
    call->held_by_grpc_ = call;
    call->Run(handler, context, request);
    return call.get();
  }

  void OnWriteDone(bool ok) override {
    SetMover(Mover::kPuller);
    if (!ok) Stop(scope_.WhyCancelled());
    Pull();
  }
  void OnCancel() override { Stop(scope_.WhyCancelled()); }
  void Drain() override { Stop(Refuse(v1::SHUTTING_DOWN)); }

  void OnDone() override {
    const auto last = std::move(held_by_grpc_);
    method_.gate().Untrack(weak_from_this());
    source_.reset();
    scope_.Leave();
  }

 private:
  enum class Mover {
    kPuller,  // A thread in Pull.
    kWriter,  // gRPC, until OnWriteDone.
    kAsking,  // A thread in Pull, inside of WhenReady.
    kSource,  // The source, until Wake.
    kNobody,  // The call has ended.
  };

  void Run(const RawStream& handler, grpc::CallbackServerContext& context, const grpc::ByteBuffer& request) {
    if (absl::Status refusal = scope_.Admit(context); !refusal.ok()) return EndWith(refusal);
    auto source = handler(scope_.context(), request);
    if (!source.ok()) return EndWith(source.status());
    source_ = *std::move(source);
    method_.gate().Track(shared_from_this());
    Pull();
  }

  // Moves the call until somebody else does. Called by the puller only.
  void Pull() {
    do {
      if (const auto reason = StopReason()) return EndWith(*reason);
      absl::StatusOr<RawSource::Step> step = source_->Next();
      if (!step.ok()) return EndWith(step.status());
      if (std::holds_alternative<End>(*step)) return EndWith(absl::OkStatus());
      if (auto* message = std::get_if<grpc::ByteBuffer>(&*step)) {
        message_.Swap(message);
        SetMover(Mover::kWriter);
        return StartWrite(&message_);
      }
    } while (AskSource());
  }

  // Leaves the call to the source. True if the puller goes on instead, because there is something to do already.
  bool AskSource() {
    SetMover(Mover::kAsking);
    source_->WhenReady([weak = weak_from_this()] {
      if (const auto call = weak.lock()) call->Wake();
    });
    MutexLock lock(mutex_);
    const bool go_on = std::exchange(woken_, false) || stop_.has_value();
    mover_ = go_on ? Mover::kPuller : Mover::kSource;
    return go_on;
  }

  // The source has something. Pulling goes to a thread of gRPC: the caller may hold locks, or have better to do.
  void Wake() {
    MutexLock lock(mutex_);
    if (mover_ == Mover::kAsking) woken_ = true;
    if (mover_ != Mover::kSource) return;
    mover_ = Mover::kPuller;
    HopToPull();
  }

  // Asks that the call end with `reason`; the first reason counts. Any thread.
  void Stop(const absl::Status& reason) {
    MutexLock lock(mutex_);
    if (!stop_.has_value()) stop_ = reason;
    if (mover_ != Mover::kSource) return;
    mover_ = Mover::kPuller;
    HopToPull();
  }

  void HopToPull() REQUIRES(mutex_) {
    hop_ = std::make_unique<grpc::Alarm>();
    // The alarm is ours and holds its function, so the function must let go of us.
    hop_->Set(std::chrono::system_clock::now(), [self = shared_from_this()](bool) mutable {
      const auto call = std::move(self);
      call->Pull();
    });
  }

  std::optional<absl::Status> StopReason() {
    MutexLock lock(mutex_);
    return stop_;
  }

  void SetMover(Mover mover) {
    MutexLock lock(mutex_);
    mover_ = mover;
  }

  void EndWith(const absl::Status& status) {
    SetMover(Mover::kNobody);
    Finish(scope_.End(status));
  }

  const GatedMethod& method_;
  CallScope scope_;
  // The mover's.
  std::unique_ptr<RawSource> source_;
  grpc::ByteBuffer message_;
  std::shared_ptr<StreamCall> held_by_grpc_;

  Mutex mutex_;
  Mover mover_ GUARDED_BY(mutex_) = Mover::kPuller;
  bool woken_ GUARDED_BY(mutex_) = false;
  std::optional<absl::Status> stop_ GUARDED_BY(mutex_);
  std::unique_ptr<grpc::Alarm> hop_ GUARDED_BY(mutex_);
};

}  // namespace

grpc::internal::MethodHandler* MakeStreamHandler(const GatedMethod& method, RawStream handler) {
  return new grpc::internal::CallbackServerStreamingHandler<grpc::ByteBuffer, grpc::ByteBuffer>(
      [&method, handler = std::move(handler)](grpc::CallbackServerContext* context, const grpc::ByteBuffer* request) {
        return StreamCall::Start(method, handler, *context, *request);
      });
}

}  // namespace anamnesis::rpc
