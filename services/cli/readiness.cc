#include "services/cli/readiness.h"

#include <algorithm>
#include <chrono>
#include <fstream>

#include "absl/strings/str_cat.h"
#include "anamnesis/ops/v1/ops_service.grpc.pb.h"
#include "base/status.h"
#include "grpc/health/v1/health.grpc.pb.h"
#include "rpc/client.h"

namespace anamnesis::cli {
namespace {

using grpc::health::v1::HealthCheckResponse;

constexpr std::chrono::milliseconds kLook{250};
constexpr size_t kTailBytes = 4096;
constexpr size_t kTailLines = 10;

// Whether the server says within `time` that it serves.
bool Serves(const Connection& connection, const std::string& server, std::chrono::milliseconds time) {
  const auto stub = grpc::health::v1::Health::NewStub(connection.Channel(server));
  grpc::ClientContext context;
  rpc::PrepareContext(context, connection.Caller(), time);
  context.set_wait_for_ready(true);
  const auto reader = stub->Watch(&context, grpc::health::v1::HealthCheckRequest());
  HealthCheckResponse response;
  bool serves = false;
  while (!serves && reader->Read(&response)) serves = response.status() == HealthCheckResponse::SERVING;
  context.TryCancel();
  reader->Finish();  // Cancelled or too late; what it said before is what counts.
  return serves;
}

// Why a server does not serve, as far as it can say.
std::string Lack(const Connection& connection, const std::string& server) {
  const auto stub = ops::v1::OpsService::NewStub(connection.Channel(server));
  grpc::ClientContext context;
  rpc::PrepareContext(context, connection.Caller(), std::chrono::seconds(1));
  ops::v1::GetStatusResponse response;
  const grpc::Status status = stub->GetStatus(&context, {}, &response);
  if (!status.ok()) return "; it does not answer";
  std::string lack;
  for (const auto& link : response.links()) {
    if (!link.healthy()) absl::StrAppend(&lack, "; ", link.name(), ": ", link.problem());
  }
  return lack;
}

}  // namespace

absl::Status AwaitServing(const Connection& connection, const std::string& server, std::chrono::seconds patience,
                          const std::function<absl::Status()>& go_on) {
  const auto deadline = std::chrono::steady_clock::now() + patience;
  while (!Serves(connection, server, kLook)) {
    RETURN_IF_ERROR(go_on());
    if (std::chrono::steady_clock::now() < deadline) continue;
    return absl::DeadlineExceededError(absl::StrCat("the ", server, " server is not healthy after ", patience.count(),
                                                    " s", Lack(connection, server)));
  }
  return absl::OkStatus();
}

std::string LogTail(const std::string& path, uintmax_t skip) {
  std::ifstream file(path, std::ios::binary | std::ios::ate);
  const auto size = static_cast<uintmax_t>(std::max<std::streamoff>(file.tellg(), 0));
  if (size <= skip) return "";
  std::string tail(std::min<uintmax_t>(size - skip, kTailBytes), '\0');
  file.seekg(static_cast<std::streamoff>(size - tail.size()));
  file.read(tail.data(), static_cast<std::streamsize>(tail.size()));
  if (tail.back() == '\n') tail.pop_back();
  size_t begin = tail.size();
  for (size_t lines = 0; begin > 0; --begin) {
    if (tail[begin - 1] == '\n' && ++lines == kTailLines) break;
  }
  return tail.substr(begin);
}

}  // namespace anamnesis::cli
