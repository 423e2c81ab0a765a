#include "services/cli/installation.h"

#include <netinet/in.h>
#include <sys/socket.h>

#include <cerrno>
#include <cstring>
#include <filesystem>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "base/status.h"
#include "services/cli/data_dir.h"

namespace anamnesis::cli {
namespace {

std::string ProgramPath(const ServerName& server) {
  std::error_code error;  // Without /proc the path is relative, and is not found in a moment.
  const auto self = std::filesystem::read_symlink("/proc/self/exe", error);
  return (self.parent_path() / server.program).string();
}

absl::Status CheckPort(const Connection& connection, const ServerName& server, int port) {
  const Fd probe(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  const int on = 1;
  setsockopt(probe.get(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));  // As servers do: old connections do not count.
  struct sockaddr_in address = {};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<uint16_t>(port));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (bind(probe.get(), reinterpret_cast<struct sockaddr*>(&address), sizeof(address)) == 0) return absl::OkStatus();
  return absl::UnavailableError(absl::StrCat("port ", port, ", meant for ", server.program, ", is not free (",
                                             strerror(errno), "); choose another --port-base than ",
                                             connection.port_base()));
}

}  // namespace

std::string MetricsAddress(const Connection& connection, const ServerName& server) {
  return absl::StrCat("127.0.0.1:", connection.port_base() + server.offset + kMetricsOffset);
}

std::string KekPath(const std::string& dir) {
  return dir + "/kek";
}

std::string BackupsPath(const std::string& dir) {
  return dir + "/backups";
}

Program ServerProgram(const Connection& connection, const ServerName& server, const std::string& dir,
                      const std::string& backup_root) {
  const std::string name = server.name;
  Program program = {.name = server.program, .log = LogPath(dir, server.program)};
  program.command = {ProgramPath(server), absl::StrCat("--data_dir=", dir, "/", name),
                     "--listen=" + connection.Address(name), "--metrics_listen=" + MetricsAddress(connection, server)};
  const auto link_to = [&](const std::string& other) {
    program.command.push_back(absl::StrCat("--", other, "=", connection.Address(other)));
    ++program.layer;
  };
  if (name == "readmodel") return program;
  program.command.push_back("--kek_file=" + KekPath(dir));
  program.command.push_back("--backup_root=" + (backup_root.empty() ? BackupsPath(dir) : backup_root));
  link_to("readmodel");
  if (name != "patient") link_to("patient");
  if (name == "medication") link_to("encounter");
  std::vector<std::string> witnesses;
  for (const ServerName& other : kServers) {
    const std::string witness = other.name;
    if (witness == "readmodel" || witness == name) continue;
    witnesses.push_back(absl::StrCat(witness, "=", connection.Address(witness)));
  }
  program.command.push_back("--witness=" + absl::StrJoin(witnesses, ","));
  return program;
}

absl::Status CheckInstallation(const Connection& connection) {
  for (const ServerName& server : kServers) {
    const std::string path = ProgramPath(server);
    if (access(path.c_str(), X_OK) == 0) continue;
    return absl::UnavailableError(absl::StrCat("cannot run ", path, ": ", strerror(errno)));
  }
  for (const ServerName& server : kServers) {
    const int port = connection.port_base() + server.offset;
    RETURN_IF_ERROR(CheckPort(connection, server, port));
    RETURN_IF_ERROR(CheckPort(connection, server, port + kMetricsOffset));
  }
  return absl::OkStatus();
}

}  // namespace anamnesis::cli
