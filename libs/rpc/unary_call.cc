#include <atomic>
#include <memory>
#include <utility>

#include "absl/status/status.h"
#include "anamnesis/rpc/v1/errors.pb.h"
#include "base/failpoint.h"
#include "base/refusal.h"
#include "grpcpp/alarm.h"
#include "grpcpp/impl/codegen/server_callback_handlers.h"
#include "grpcpp/support/server_callback.h"
#include "rpc/call_scope.h"
#include "rpc/calls.h"

namespace anamnesis::rpc {
namespace {

// One unary call. Held by gRPC until OnDone and by the handler until it has answered; when both are through, the server
// no longer waits for it. The first of answer, cancellation and deadline ends the call, the others find it ended.
class UnaryCall final : public grpc::ServerUnaryReactor, public std::enable_shared_from_this<UnaryCall> {
 public:
  UnaryCall(const GatedMethod& method, grpc::ByteBuffer* response)
      : scope_(method, CallScope::Kind::kUnary), response_(response) {}

  // Serves the call; gRPC's hold on it ends with OnDone.
  static grpc::ServerUnaryReactor* Start(const GatedMethod& method, const RawUnary& handler,
                                         grpc::CallbackServerContext& context, const grpc::ByteBuffer& request,
                                         grpc::ByteBuffer* response) {
    auto call = std::make_shared<UnaryCall>(method, response);
    call->held_by_grpc_ = call;
    call->Run(handler, context, request);
    return call.get();
  }

  void OnCancel() override { EndWith(scope_.WhyCancelled()); }
  void OnDone() override {
    const auto last = std::move(held_by_grpc_);
    Release();
  }
  // Both are short and wait for nothing, so gRPC need not wake another thread for them.
  bool InternalInlineable() override { return true; }

 private:
  // Held by the copies of `done`: when the last is dropped without an answer, the call fails instead of hanging.
  struct Debt {
    explicit Debt(std::shared_ptr<UnaryCall> owed) : call(std::move(owed)) {}
    ~Debt() {
      if (!call->answered_.load()) call->Answer(absl::InternalError("the handler dropped the call without an answer"));
    }
    const std::shared_ptr<UnaryCall> call;
  };

  void Run(const RawUnary& handler, grpc::CallbackServerContext& context, const grpc::ByteBuffer& request) {
    if (absl::Status refusal = scope_.Admit(context); !refusal.ok()) return Answer(std::move(refusal));
    if (scope_.has_own_deadline()) WatchDeadline();
    auto debt = std::make_shared<Debt>(shared_from_this());
    handler(scope_.context(), request, [debt = std::move(debt)](absl::StatusOr<grpc::ByteBuffer> answer) {
      debt->call->Answer(std::move(answer));
    });
  }

  void WatchDeadline() {
    deadline_ = std::make_unique<grpc::Alarm>();
    const std::chrono::system_clock::time_point when{std::chrono::microseconds(scope_.context().deadline_micros)};
    deadline_->Set(when, [weak = weak_from_this()](bool passed) {
      const auto call = weak.lock();
      if (passed && call != nullptr) call->EndWith(Refuse(v1::DEADLINE_PASSED));
    });
  }

  // The handler's; only the first counts. Any thread.
  void Answer(absl::StatusOr<grpc::ByteBuffer> answer) {
    if (answered_.exchange(true)) return;
    if (!answer.ok()) {
      EndWith(answer.status());
    } else if (!ended_.exchange(true)) {
      response_->Swap(&*answer);
      Failpoint(Step::kCallAnswering);
      Finish(scope_.End(absl::OkStatus()));
    }
    Release();
  }

  // Any thread.
  void EndWith(const absl::Status& status) {
    if (!ended_.exchange(true)) Finish(scope_.End(status));
  }

  void Release() {
    if (holders_.fetch_sub(1) == 1) scope_.Leave();
  }

  CallScope scope_;
  grpc::ByteBuffer* const response_;  // gRPC's; touched only by who ends the call.
  std::atomic<bool> answered_{false};
  std::atomic<bool> ended_{false};
  std::atomic<int> holders_{2};  // gRPC and the handler.
  std::unique_ptr<grpc::Alarm> deadline_;
  std::shared_ptr<UnaryCall> held_by_grpc_;
};

}  // namespace

grpc::internal::MethodHandler* MakeUnaryHandler(const GatedMethod& method, RawUnary handler) {
  return new grpc::internal::CallbackUnaryHandler<grpc::ByteBuffer, grpc::ByteBuffer>(
      [&method, handler = std::move(handler)](grpc::CallbackServerContext* context, const grpc::ByteBuffer* request,
                                              grpc::ByteBuffer* response) {
        return UnaryCall::Start(method, handler, *context, *request, response);
      });
}

}  // namespace anamnesis::rpc
