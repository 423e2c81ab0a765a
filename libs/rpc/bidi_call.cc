#include <deque>
#include <memory>
#include <optional>
#include <utility>

#include "absl/status/status.h"
#include "anamnesis/rpc/v1/errors.pb.h"
#include "base/failpoint.h"
#include "base/mutex.h"
#include "base/refusal.h"
#include "grpcpp/impl/codegen/server_callback_handlers.h"
#include "grpcpp/support/server_callback.h"
#include "rpc/call_scope.h"
#include "rpc/calls.h"

namespace anamnesis::rpc {
namespace {

// One bidirectional call. What is to be done next, reading, writing or ending, is decided in one place, Advance, from
// the state under the mutex. gRPC answers from threads of its own, never inside of StartRead, StartWrite or Finish.
class BidiCall final : public grpc::ServerBidiReactor<grpc::ByteBuffer, grpc::ByteBuffer>,
                       public RawWriter,
                       public Drainable,
                       public std::enable_shared_from_this<BidiCall> {
 public:
  using Reactor = grpc::ServerBidiReactor<grpc::ByteBuffer, grpc::ByteBuffer>;

  BidiCall(const GatedMethod& method, const grpc::CallbackServerContext& context)
      : method_(method), context_(context), scope_(method, CallScope::Kind::kStream) {}

  static Reactor* Start(const GatedMethod& method, const RawBidi& handler, grpc::CallbackServerContext& context) {
    auto call = std::make_shared<BidiCall>(method, context);
    call->held_by_grpc_ = call;
    call->Run(handler);
    return call.get();
  }

  // RawWriter.
  void Write(grpc::ByteBuffer message, uint32_t requests_answered) override {
    MutexLock lock(mutex_);
    if (ended_ || finish_.has_value()) return;
    queue_.push_back({std::move(message), requests_answered});
    Advance();
  }
  void Finish(absl::Status status) override {
    MutexLock lock(mutex_);
    if (!finish_.has_value()) finish_ = std::move(status);
    Advance();
  }

  void Drain() override {
    MutexLock lock(mutex_);
    draining_ = true;
    Advance();
  }

  void OnReadDone(bool ok) override;
  void OnWriteDone(bool ok) override;
  void OnCancel() override;

  void OnDone() override {
    const auto last = std::move(held_by_grpc_);
    method_.gate().Untrack(weak_from_this());
    session_.reset();
    scope_.Leave();
  }

 private:
  struct Outgoing {
    grpc::ByteBuffer message;
    uint32_t requests_answered;
  };

  void Run(const RawBidi& handler);
  void Advance() REQUIRES(mutex_);
  bool IsIdle() const REQUIRES(mutex_) { return in_flight_ == 0 && !writing_.has_value() && queue_.empty(); }

  const GatedMethod& method_;
  const grpc::CallbackServerContext& context_;  // gRPC's, until OnDone.
  CallScope scope_;
  std::shared_ptr<BidiCall> held_by_grpc_;
  std::unique_ptr<RawSession> session_;  // Set once by Run, reset by OnDone, when nothing else calls.
  uint32_t max_in_flight_ = 1;
  grpc::ByteBuffer incoming_;  // Touched by gRPC and OnReadDone in turn.

  Mutex mutex_;
  bool reading_ GUARDED_BY(mutex_) = true;  // A read is out or handed to the session, or the session has not started.
  bool reads_done_ GUARDED_BY(mutex_) = false;
  uint32_t in_flight_ GUARDED_BY(mutex_) = 0;
  std::deque<Outgoing> queue_ GUARDED_BY(mutex_);
  std::optional<Outgoing> writing_ GUARDED_BY(mutex_);  // What gRPC is writing.
  std::optional<absl::Status> finish_ GUARDED_BY(mutex_);
  bool draining_ GUARDED_BY(mutex_) = false;
  bool cancelled_ GUARDED_BY(mutex_) = false;  // OnCancel comes or has come.
  bool ended_ GUARDED_BY(mutex_) = false;
};

void BidiCall::Run(const RawBidi& handler) {
  absl::Status refusal = scope_.Admit(context_);
  if (refusal.ok()) refusal = method_.CheckOpen();
  if (!refusal.ok()) return Finish(std::move(refusal));
  auto session = handler(scope_.context());
  if (!session.ok()) return Finish(std::move(session).status());
  session_ = *std::move(session);
  max_in_flight_ = std::max<uint32_t>(session_->MaxInFlight(), 1);
  session_->OnStart(shared_from_this());
  method_.gate().Track(shared_from_this());
  MutexLock lock(mutex_);
  reading_ = false;
  Advance();
}

// Decides what to do next and does it.
void BidiCall::Advance() {
  if (ended_) return;
  if (cancelled_) queue_.clear();
  if (!writing_.has_value() && !queue_.empty()) {
    writing_ = std::move(queue_.front());
    queue_.pop_front();
    // Where more is to follow, gRPC may send both with one system call.
    grpc::WriteOptions options;
    if (!queue_.empty()) options.set_buffer_hint();
    Failpoint(Step::kStreamAnswering);
    StartWrite(&writing_->message, options);
  }
  if (!finish_.has_value() && IsIdle()) {
    if (draining_) finish_ = Refuse(v1::SHUTTING_DOWN);
    if (reads_done_) finish_ = absl::OkStatus();
  }
  if (finish_.has_value() && !writing_.has_value() && queue_.empty()) {
    ended_ = true;
    return Reactor::Finish(scope_.End(*finish_));
  }
  const bool wants_more =
      !reads_done_ && !cancelled_ && !draining_ && !finish_.has_value() && in_flight_ < max_in_flight_;
  if (!reading_ && wants_more) {
    reading_ = true;
    StartRead(&incoming_);
  }
}

void BidiCall::OnReadDone(bool ok) {
  const bool cancelled = !ok && context_.IsCancelled();
  bool hand_over = false;
  {
    MutexLock lock(mutex_);
    hand_over = !cancelled && !cancelled_ && !draining_ && !finish_.has_value();
    if (hand_over && ok) ++in_flight_;
  }
  absl::Status status;
  if (hand_over && ok) status = session_->OnRequest(incoming_);
  if (hand_over && !ok) session_->OnReadsDone();
  incoming_.Clear();
  MutexLock lock(mutex_);
  reading_ = false;
  if (!ok) reads_done_ = !cancelled;
  cancelled_ = cancelled_ || cancelled;
  if (!status.ok() && !finish_.has_value()) finish_ = std::move(status);
  Advance();
}

void BidiCall::OnWriteDone(bool ok) {
  if (ok) session_->OnWritten();  // Before the call may end: what it writes belongs to requests that are in flight.
  MutexLock lock(mutex_);
  in_flight_ -= std::min(in_flight_, writing_->requests_answered);
  writing_.reset();
  if (!ok) cancelled_ = true;  // The connection is gone; OnCancel follows.
  Advance();
}

void BidiCall::OnCancel() {
  if (session_ != nullptr) session_->OnCancel();
  MutexLock lock(mutex_);
  cancelled_ = true;
  if (!finish_.has_value()) finish_ = scope_.WhyCancelled();
  Advance();
}

}  // namespace

grpc::internal::MethodHandler* MakeBidiHandler(const GatedMethod& method, RawBidi handler) {
  return new grpc::internal::CallbackBidiHandler<grpc::ByteBuffer, grpc::ByteBuffer>(
      [&method, handler = std::move(handler)](grpc::CallbackServerContext* context) {
        return BidiCall::Start(method, handler, *context);
      });
}

}  // namespace anamnesis::rpc
