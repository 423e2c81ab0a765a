#include "tests/support/cluster.h"

#include <netinet/in.h>
#include <signal.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>

#include "absl/strings/str_cat.h"
#include "base/uuid.h"
#include "grpc/health/v1/health.grpc.pb.h"
#include "rpc/client.h"

namespace anamnesis::testing_support {
namespace {

[[noreturn]] void Fail(const std::string& what, const std::string& output) {
  std::fprintf(stderr, "%s\n%s\n", what.c_str(), output.c_str());
  std::abort();
}

}  // namespace

std::string BinDir() {
  const char* dir = std::getenv("ANAMNESIS_BIN_DIR");
  if (dir == nullptr) Fail("ANAMNESIS_BIN_DIR must name the directory of the binaries", "");
  return dir;
}

TempDir::TempDir() : path_((std::filesystem::temp_directory_path() / ("anamnesis-" + NewUuid())).string()) {
  std::filesystem::create_directories(path_);
}

TempDir::~TempDir() {
  std::error_code ignored;  // What cannot be removed now is in the temporary directory.
  std::filesystem::remove_all(path_, ignored);
}

// Bound and not listening; servers, too, allow an address to be used again.
ReservedPort::ReservedPort() : socket_(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
  const int yes = 1;
  struct sockaddr_in address = {};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof(address);
  auto* const generic = reinterpret_cast<struct sockaddr*>(&address);
  if (setsockopt(socket_, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof(yes)) != 0 || bind(socket_, generic, size) != 0 ||
      getsockname(socket_, generic, &size) != 0) {
    Fail("no port could be reserved", "");
  }
  port_ = ntohs(address.sin_port);
}

ReservedPort::~ReservedPort() {
  close(socket_);
}

const std::vector<std::string>& Cluster::Names() {
  static const std::vector<std::string> names = {"readmodel", "patient", "encounter", "medication"};
  return names;
}

Cluster::Cluster(std::string data_dir) : data_dir_(std::move(data_dir)) {}

void Cluster::StartAll() {
  for (const std::string& name : Names()) Start(name);
  for (const std::string& name : Names()) AwaitHealthy(name);
}

void Cluster::Start(const std::string& name, const std::vector<std::string>& flags,
                    const std::vector<std::string>& environment) {
  if (!TryStart(name, flags, environment)) Fail(name + " did not start", children_.at(name)->Output());
}

bool Cluster::TryStart(const std::string& name, const std::vector<std::string>& flags,
                       const std::vector<std::string>& environment) {
  const std::string listen = absl::StrCat("127.0.0.1:", ports_[name].port());
  std::vector<std::string> command;
  if (!environment.empty()) command.push_back("/usr/bin/env");
  command.insert(command.end(), environment.begin(), environment.end());
  command.insert(command.end(),
                 {absl::StrCat(BinDir(), "/", name, "d"), absl::StrCat("--data_dir=", data_dir_, "/", name),
                  "--listen=" + listen, "--metrics_listen=127.0.0.1:0"});
  if (name != "readmodel") command.push_back("--readmodel=" + addresses_["readmodel"]);
  if (name == "encounter" || name == "medication") command.push_back("--patient=" + addresses_["patient"]);
  if (name == "medication") command.push_back("--encounter=" + addresses_["encounter"]);
  command.insert(command.end(), flags.begin(), flags.end());

  children_[name] = std::make_unique<Child>(command);
  if (children_[name]->AwaitLine("\"event\":\"serving\"").empty()) return false;
  addresses_[name] = listen;
  return true;
}

void Cluster::AwaitHealthy(const std::string& name) {
  const auto stub = grpc::health::v1::Health::NewStub(Channel(name));
  grpc::ClientContext context;
  rpc::PrepareContext(context, Tester(), std::chrono::seconds(60));
  grpc::health::v1::HealthCheckRequest request;
  const auto reader = stub->Watch(&context, request);
  grpc::health::v1::HealthCheckResponse response;
  while (reader->Read(&response)) {
    if (response.status() == grpc::health::v1::HealthCheckResponse::SERVING) {
      context.TryCancel();
      reader->Finish();
      return;
    }
  }
  Fail(name + " did not become healthy", children_.at(name)->Output());
}

void Cluster::Kill(const std::string& name) {
  children_.at(name)->Kill();
  children_.erase(name);
}

int Cluster::AwaitEnd(const std::string& name) {
  const int code = children_.at(name)->Wait();
  children_.erase(name);
  return code;
}

int Cluster::Stop(const std::string& name) {
  children_.at(name)->Signal(SIGTERM);
  return AwaitEnd(name);
}

std::shared_ptr<grpc::Channel> Cluster::Channel(const std::string& name) const {
  return rpc::Connect(address(name));
}

std::string Cluster::CommandLine(const std::string& arguments) const {
  std::string command = absl::StrCat("exec '", BinDir(), "/anamnesis'");
  for (const auto& [name, address] : addresses_) absl::StrAppend(&command, " --server ", name, "=", address);
  return absl::StrCat(command, " ", arguments);
}

rpc::Caller Cluster::Tester() {
  return {
      .actor = "user:tester", .roles = {"clinician", "auditor", "operator", "importer"}
  };
}

}  // namespace anamnesis::testing_support
