// A gRPC service whose every method passes the gate.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "google/protobuf/descriptor.h"
#include "grpcpp/impl/service_type.h"
#include "grpcpp/support/byte_buffer.h"
#include "rpc/arena_message.h"
#include "rpc/bidi_session.h"
#include "rpc/call_context.h"
#include "rpc/gate.h"
#include "rpc/raw_handlers.h"
#include "rpc/stream_source.h"

namespace anamnesis::rpc {

// Base of the services. It takes raw bytes from gRPC and does what generated service bases do not: identity,
// permission, limits, named errors, counts and logs are applied to every method, and a handler sees only requests that
// passed. The constructor of a service registers one handler for each method of the contract. Handlers are called from
// gRPC's threads, many at once, and must not wait there, but for the commit of a lone command. Owned by the module;
// outlives the server that it is started with.
class Service : public grpc::Service {
 public:
  ~Service() override;

  // Ends the process unless every method of the contract is registered: a server never starts with half a contract.
  void CheckComplete() const;

  // The full name in the contract, which is also its name for health checks.
  const std::string& name() const { return contract_.full_name(); }
  Gate& gate() const { return gate_; }

 protected:
  template <class Response>
  using Done = std::function<void(absl::StatusOr<Response>)>;

  // `gate` must outlive the service.
  Service(const google::protobuf::ServiceDescriptor& contract, Gate& gate);

  // `done` is to be called once, from any thread; a handler that drops it has failed the call with INTERNAL_FAULT.
  // Response may be grpc::ByteBuffer for answers that are already serialized.
  template <class Request, class Response>
  void Unary(const char* method, std::function<void(const CallContext&, Request&&, Done<Response>)> handler);

  // As Unary, for a request that is decoded into a part of something larger: `place` names the part, of type `request`.
  // The whole is to be read: see MakeOnArena. Returns the method, which lives as long as the service.
  template <class Whole, class Response>
  const GatedMethod& UnaryInto(const char* method, const google::protobuf::Descriptor& request,
                               std::function<google::protobuf::Message*(Whole&)> place,
                               std::function<void(const CallContext&, std::shared_ptr<Whole>, Done<Response>)> handler);

  // As Unary, with an answer that is already serialized.
  template <class Request>
  void UnaryRaw(const char* method,
                std::function<void(const CallContext&, Request&&, Done<grpc::ByteBuffer>)> handler) {
    Unary<Request, grpc::ByteBuffer>(method, std::move(handler));
  }

  // Response may be grpc::ByteBuffer for messages that are already serialized.
  template <class Request, class Response>
  void ServerStream(
      const char* method,
      std::function<absl::StatusOr<std::unique_ptr<StreamSource<Response>>>(const CallContext&, Request&&)> handler);

  template <class Request, class Response>
  void Bidi(const char* method,
            std::function<absl::StatusOr<std::shared_ptr<BidiSession<Request, Response>>>(const CallContext&)> handler);

 private:
  // Ends the process where the contract has no such method or another shape of it.
  GatedMethod& Gated(const char* method, const google::protobuf::Descriptor* request, bool client_streams,
                     bool server_streams);
  void RegisterUnary(GatedMethod& method, RawUnary handler);
  void RegisterStream(GatedMethod& method, RawStream handler);
  void RegisterBidi(GatedMethod& method, RawBidi handler);
  void Register(GatedMethod& method, grpc::internal::RpcMethod::RpcType type, grpc::internal::MethodHandler* handler);

  const google::protobuf::ServiceDescriptor& contract_;
  Gate& gate_;
  std::vector<std::unique_ptr<GatedMethod>> methods_;
};

template <class Whole, class Response>
const GatedMethod& Service::UnaryInto(
    const char* method, const google::protobuf::Descriptor& request,
    std::function<google::protobuf::Message*(Whole&)> place,
    std::function<void(const CallContext&, std::shared_ptr<Whole>, Done<Response>)> handler) {
  GatedMethod& gated = Gated(method, &request, false, false);
  RegisterUnary(gated, [&gated, place = std::move(place), handler = std::move(handler)](
                           const CallContext& context, const grpc::ByteBuffer& bytes, RawDone done) {
    std::shared_ptr<Whole> whole = MakeOnArena<Whole>(bytes.Length());
    if (absl::Status refusal = gated.Receive(bytes, *place(*whole)); !refusal.ok()) return done(std::move(refusal));
    handler(context, std::move(whole), [done = std::move(done)](absl::StatusOr<Response> answer) {
      if (answer.ok()) return done(Serialize(*answer));
      done(std::move(answer).status());
    });
  });
  return gated;
}

template <class Request, class Response>
void Service::Unary(const char* method, std::function<void(const CallContext&, Request&&, Done<Response>)> handler) {
  UnaryInto<Request, Response>(
      method, *Request::descriptor(), [](Request& request) { return &request; },
      [handler = std::move(handler)](const CallContext& context, std::shared_ptr<Request> request,
                                     Done<Response> done) { handler(context, std::move(*request), std::move(done)); });
}

template <class Request, class Response>
void Service::ServerStream(
    const char* method,
    std::function<absl::StatusOr<std::unique_ptr<StreamSource<Response>>>(const CallContext&, Request&&)> handler) {
  GatedMethod& gated = Gated(method, Request::descriptor(), false, true);
  RegisterStream(
      gated,
      [&gated, handler = std::move(handler)](
          const CallContext& context, const grpc::ByteBuffer& bytes) -> absl::StatusOr<std::unique_ptr<RawSource>> {
        Request request;
        RETURN_IF_ERROR(gated.Receive(bytes, request));
        ASSIGN_OR_RETURN(std::unique_ptr<StreamSource<Response>> source, handler(context, std::move(request)));
        return std::make_unique<SourceAdapter<Response>>(std::move(source));
      });
}

template <class Request, class Response>
void Service::Bidi(
    const char* method,
    std::function<absl::StatusOr<std::shared_ptr<BidiSession<Request, Response>>>(const CallContext&)> handler) {
  GatedMethod& gated = Gated(method, Request::descriptor(), true, true);
  RegisterBidi(gated,
               [&gated, handler = std::move(handler)](
                   const CallContext& context) -> absl::StatusOr<std::unique_ptr<RawSession>> {
                 using Session = std::shared_ptr<BidiSession<Request, Response>>;
                 ASSIGN_OR_RETURN(Session session, handler(context));
                 return std::make_unique<SessionAdapter<Request, Response>>(gated, std::move(session));
               });
}

}  // namespace anamnesis::rpc
