// `anamnesis up` and `anamnesis down` with the real servers.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <csignal>
#include <filesystem>
#include <fstream>

#include "absl/strings/str_cat.h"
#include "anamnesis/encounter/v1/encounter_service.grpc.pb.h"
#include "anamnesis/ops/v1/ops_service.grpc.pb.h"
#include "grpc/health/v1/health.grpc.pb.h"
#include "nlohmann/json.hpp"
#include "rpc/client.h"
#include "services/cli/connection.h"
#include "services/cli/fd.h"
#include "tests/support/child.h"
#include "tests/support/cluster.h"

namespace anamnesis::cli {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using testing_support::Child;
using testing_support::Cluster;

constexpr std::chrono::seconds kTimeout{60};

// A socket that listens on a port of the loopback; none where the port is taken.
Fd Listen(int port) {
  Fd listener(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  const int on = 1;
  setsockopt(listener.get(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
  struct sockaddr_in address = {};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<uint16_t>(port));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  const bool bound = bind(listener.get(), reinterpret_cast<struct sockaddr*>(&address), sizeof(address)) == 0;
  return bound && listen(listener.get(), 1) == 0 ? std::move(listener) : Fd();
}

// A base above which every port of an installation is free; below those that the system gives away by itself.
int FreePortBase() {
  for (int i = 0; i < 400; ++i) {
    const int base = 12000 + (getpid() * 7 + i * 20) % 18000;
    bool free = true;
    for (const ServerName& server : kServers) {
      free = free && Listen(base + server.offset).valid() && Listen(base + server.offset + kMetricsOffset).valid();
    }
    if (free) return base;
  }
  ADD_FAILURE() << "no ports are free";
  return 0;
}

class UpTest : public ::testing::Test {
 protected:
  ~UpTest() override { Run("down", {}); }

  // `anamnesis COMMAND --data …` with its standard output joined to stderr, which is what Child reads.
  std::unique_ptr<Child> Start(const std::string& command, const std::vector<std::string>& more) const {
    std::vector<std::string> shell = {
        "/bin/sh", "-c",     "exec \"$@\" 1>&2", "sh", testing_support::BinDir() + "/anamnesis",
        command,   "--data", data_dir()};
    shell.insert(shell.end(), more.begin(), more.end());
    return std::make_unique<Child>(shell);
  }
  std::unique_ptr<Child> Up(const std::vector<std::string>& more = {}) const {
    std::vector<std::string> options = {"--port-base", std::to_string(base_)};
    options.insert(options.end(), more.begin(), more.end());
    return Start("up", options);
  }
  // Runs a command to its end.
  std::pair<int, std::string> Run(const std::string& command, const std::vector<std::string>& more) const {
    const auto child = Start(command, more);
    child->AwaitLine("\n");  // No line contains that: waits for the end of the output.
    return {child->Wait(), child->Output()};
  }

  std::string data_dir() const { return dir_.path() + "/data"; }
  std::shared_ptr<grpc::Channel> Channel(const ServerName& server) const {
    return rpc::Connect(absl::StrCat("127.0.0.1:", base_ + server.offset));
  }

  bool Healthy(const ServerName& server) const {
    const auto stub = grpc::health::v1::Health::NewStub(Channel(server));
    grpc::ClientContext context;
    rpc::PrepareContext(context, Cluster::Tester(), kTimeout);
    context.set_wait_for_ready(true);
    const auto reader = stub->Watch(&context, grpc::health::v1::HealthCheckRequest());
    grpc::health::v1::HealthCheckResponse response;
    while (reader->Read(&response)) {
      if (response.status() != grpc::health::v1::HealthCheckResponse::SERVING) continue;
      context.TryCancel();
      return true;
    }
    return false;
  }
  pid_t Pid(const ServerName& server) const {
    const auto stub = ops::v1::OpsService::NewStub(Channel(server));
    grpc::ClientContext context;
    rpc::PrepareContext(context, Cluster::Tester(), kTimeout);
    context.set_wait_for_ready(true);
    ops::v1::GetStatusResponse response;
    const grpc::Status status = stub->GetStatus(&context, {}, &response);
    EXPECT_TRUE(status.ok()) << server.name << ": " << status.error_message();
    return static_cast<pid_t>(response.process_id());
  }

  testing_support::TempDir dir_;
  const int base_ = FreePortBase();
};

TEST_F(UpTest, RunsAllServersUntilSignalled) {
  const auto up = Up();
  ASSERT_NE(up->AwaitLine("data in " + data_dir()), "") << up->Output();
  for (const ServerName& server : kServers) {
    EXPECT_TRUE(Healthy(server)) << server.name;
    EXPECT_NE(up->AwaitLine(absl::StrCat("127.0.0.1:", base_ + server.offset + kMetricsOffset)), "") << up->Output();
    EXPECT_TRUE(std::filesystem::is_directory(data_dir() + "/" + server.name));
  }
  EXPECT_EQ(std::filesystem::status(data_dir()).permissions(), std::filesystem::perms::owner_all);

  const ServerName& patient = kServers[1];
  const pid_t first = Pid(patient);
  ASSERT_EQ(kill(first, SIGKILL), 0);
  EXPECT_NE(up->AwaitLine("started patientd again"), "");
  EXPECT_TRUE(Healthy(patient));
  EXPECT_NE(Pid(patient), first);
  for (const ServerName& server : kServers) EXPECT_TRUE(Healthy(server)) << server.name;

  up->Signal(SIGTERM);
  EXPECT_EQ(up->Wait(), 0) << up->Output();
}

TEST_F(UpTest, RefusesADirectoryThatIsRun) {
  const auto up = Up();
  ASSERT_NE(up->AwaitLine("data in "), "") << up->Output();
  const auto [exit_code, output] = Run("up", {"--port-base", std::to_string(FreePortBase())});
  EXPECT_EQ(exit_code, 1);
  EXPECT_THAT(output, HasSubstr(absl::StrCat("process ", up->pid(), " already runs")));
  EXPECT_TRUE(Healthy(kServers[0]));
}

TEST_F(UpTest, RefusesATakenPort) {
  const ServerName& last = kServers[3];
  const Fd other = Listen(base_ + last.offset);
  const auto [exit_code, output] = Run("up", {"--port-base", std::to_string(base_)});
  EXPECT_EQ(exit_code, 1);
  EXPECT_THAT(output, HasSubstr(absl::StrCat("port ", base_ + last.offset, ", meant for medicationd, is not free")));
  EXPECT_FALSE(std::filesystem::exists(data_dir() + "/readmodel")) << "a server was started";
}

TEST_F(UpTest, SaysWhyAServerDoesNotStart) {
  std::filesystem::create_directories(data_dir());
  std::ofstream(data_dir() + "/patient") << "no directory";
  const auto [exit_code, output] = Run("up", {"--port-base", std::to_string(base_)});
  EXPECT_EQ(exit_code, 1);
  EXPECT_THAT(output, HasSubstr("patientd ended with exit code 1"));
  EXPECT_THAT(output, HasSubstr("cannot start")) << "the end of its log";
  EXPECT_TRUE(Listen(base_ + kServers[0].offset).valid()) << "the read model is left running";
}

TEST_F(UpTest, DetachesUntilDown) {
  const auto [up_code, up_output] = Run("up", {"--detach", "--port-base", std::to_string(base_)});
  ASSERT_EQ(up_code, 0) << up_output;
  EXPECT_THAT(up_output, HasSubstr(absl::StrCat("127.0.0.1:", base_ + kServers[0].offset)));
  for (const ServerName& server : kServers) EXPECT_TRUE(Healthy(server)) << server.name;

  const auto [again_code, again_output] = Run("up", {"--detach", "--port-base", std::to_string(base_)});
  EXPECT_EQ(again_code, 1);
  EXPECT_THAT(again_output, HasSubstr("already runs"));

  const auto [down_code, down_output] = Run("down", {});
  EXPECT_EQ(down_code, 0) << down_output;
  EXPECT_THAT(down_output, Not(HasSubstr("nothing is running")));
  for (const ServerName& server : kServers) EXPECT_TRUE(Listen(base_ + server.offset).valid()) << server.name;
}

// Each stops while those that it links to still run, so that they see the end of its log.
TEST_F(UpTest, WhatWasRecordedLastIsWitnessedBeforeAllStop) {
  ASSERT_EQ(Run("up", {"--detach", "--port-base", std::to_string(base_)}).first, 0);
  const auto stub = encounter::v1::EncounterService::NewStub(Channel(kServers[2]));
  grpc::ClientContext context;
  rpc::PrepareContext(context, Cluster::Tester(), kTimeout);
  encounter::v1::RegisterPractitionerRequest request;
  request.mutable_practitioner()->add_names()->set_family("Ng");
  rpc::v1::CommandOutcome outcome;
  const grpc::Status recorded = stub->RegisterPractitioner(&context, request, &outcome);
  ASSERT_TRUE(recorded.ok()) << recorded.error_message();
  ASSERT_EQ(Run("down", {}).first, 0);

  const auto [exit_code, output] = Run("verify", {"--offline", "--json"});
  EXPECT_EQ(exit_code, 0) << output;
  const nlohmann::json services = nlohmann::json::parse(output).at("services");
  EXPECT_EQ(services.at("encounter").at("witnessed").at("patient"), outcome.position()) << output;
}

TEST_F(UpTest, DownIsDoneWhereNothingRuns) {
  const auto [exit_code, output] = Run("down", {});
  EXPECT_EQ(exit_code, 0);
  EXPECT_THAT(output, HasSubstr("nothing is running on " + data_dir()));
}

}  // namespace
}  // namespace anamnesis::cli
