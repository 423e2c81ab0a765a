#include "services/cli/server_status.h"

#include "anamnesis/ops/v1/ops_service.grpc.pb.h"

namespace anamnesis::cli {

absl::StatusOr<ops::v1::GetStatusResponse> AskStatus(const Connection& connection, const std::string& server) {
  const auto stub = ops::v1::OpsService::NewStub(connection.Channel(server));
  grpc::ClientContext context;
  connection.Prepare(context);
  ops::v1::GetStatusResponse response;
  const grpc::Status status = stub->GetStatus(&context, {}, &response);
  if (!status.ok()) return connection.Explain(server, status);
  return response;
}

}  // namespace anamnesis::cli
