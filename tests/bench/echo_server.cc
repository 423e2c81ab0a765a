// A gRPC server that does nothing but answer: what every figure over gRPC is compared with.
#include <grpcpp/ext/proto_server_reflection_plugin.h>
#include <grpcpp/grpcpp.h>

#include <cstdio>

#include "echo_service.grpc.pb.h"
#include "rpc/signals.h"

namespace {

class EchoServer final : public anamnesis::bench::v1::EchoService::CallbackService {
  grpc::ServerUnaryReactor* Echo(grpc::CallbackServerContext* context, const anamnesis::bench::v1::EchoRequest* request,
                                 anamnesis::bench::v1::EchoResponse* response) override {
    response->mutable_payload()->assign(request->response_bytes(), 'x');
    grpc::ServerUnaryReactor* reactor = context->DefaultReactor();
    reactor->Finish(grpc::Status::OK);
    return reactor;
  }
};

}  // namespace

int main() {
  anamnesis::rpc::BlockSignals();
  // As our servers have it: the baseline differs from them only in what a call does.
  grpc::reflection::InitProtoReflectionServerBuilderPlugin();
  EchoServer echo;
  int port = 0;
  grpc::ServerBuilder builder;
  builder.AddListeningPort("127.0.0.1:0", grpc::InsecureServerCredentials(), &port);
  builder.RegisterService(&echo);
  const auto server = builder.BuildAndStart();
  std::fprintf(stderr, "{\"event\":\"serving\",\"port\":%d}\n", port);
  return anamnesis::rpc::RunUntilSignalled([&] { server->Shutdown(); });
}
