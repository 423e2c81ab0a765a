// Handlers without their message types: what stands between the typed handlers of service.h and the calls of gRPC.
// Internal.
#pragma once

#include <functional>
#include <memory>
#include <utility>
#include <variant>

#include "absl/status/statusor.h"
#include "base/status.h"
#include "grpcpp/support/byte_buffer.h"
#include "rpc/arena_message.h"
#include "rpc/bidi_session.h"
#include "rpc/call_context.h"
#include "rpc/codec.h"
#include "rpc/gate.h"
#include "rpc/stream_source.h"

namespace anamnesis::rpc {

using RawDone = std::function<void(absl::StatusOr<grpc::ByteBuffer>)>;
using RawUnary = std::function<void(const CallContext&, const grpc::ByteBuffer&, RawDone)>;

using RawSource = StreamSource<grpc::ByteBuffer>;
using RawStream =
    std::function<absl::StatusOr<std::unique_ptr<RawSource>>(const CallContext&, const grpc::ByteBuffer&)>;

// A session that takes bytes.
class RawSession {
 public:
  virtual ~RawSession() = default;
  virtual uint32_t MaxInFlight() const = 0;
  virtual void OnStart(std::shared_ptr<RawWriter> writer) = 0;
  // An error ends the call with it.
  virtual absl::Status OnRequest(const grpc::ByteBuffer& bytes) = 0;
  virtual void OnReadsDone() = 0;
  virtual void OnWritten() = 0;
  virtual void OnCancel() = 0;
};
using RawBidi = std::function<absl::StatusOr<std::unique_ptr<RawSession>>(const CallContext&)>;

// Serializes what a typed source gives.
template <class Response>
class SourceAdapter final : public RawSource {
 public:
  explicit SourceAdapter(std::unique_ptr<StreamSource<Response>> source) : source_(std::move(source)) {}

  absl::StatusOr<Step> Next() override {
    ASSIGN_OR_RETURN(auto step, source_->Next());
    if (std::holds_alternative<Response>(step)) return Step(Serialize(std::get<Response>(step)));
    if (std::holds_alternative<Pending>(step)) return Step(Pending{});
    return Step(End{});
  }
  void WhenReady(std::function<void()> wake) override { source_->WhenReady(std::move(wake)); }

 private:
  const std::unique_ptr<StreamSource<Response>> source_;
};

// Decodes and checks what a typed session is handed.
template <class Request, class Response>
class SessionAdapter final : public RawSession {
 public:
  SessionAdapter(const GatedMethod& method, std::shared_ptr<BidiSession<Request, Response>> session)
      : method_(method), session_(std::move(session)) {}

  uint32_t MaxInFlight() const override { return session_->MaxInFlight(); }
  void OnStart(std::shared_ptr<RawWriter> writer) override {
    session_->OnStart(BidiWriter<Response>(std::move(writer)));
  }
  absl::Status OnRequest(const grpc::ByteBuffer& bytes) override {
    const std::shared_ptr<Request> request = MakeOnArena<Request>(bytes.Length());
    RETURN_IF_ERROR(method_.Decode(bytes, *request));
    if (absl::Status refusal = method_.CheckFields(*request); !refusal.ok()) {
      session_->OnRefused(request, std::move(refusal));
    } else {
      session_->OnRequest(request);
    }
    return absl::OkStatus();
  }
  void OnReadsDone() override { session_->OnReadsDone(); }
  void OnWritten() override { session_->OnWritten(); }
  void OnCancel() override { session_->OnCancel(); }

 private:
  const GatedMethod& method_;
  const std::shared_ptr<BidiSession<Request, Response>> session_;
};

}  // namespace anamnesis::rpc
