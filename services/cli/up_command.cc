// `anamnesis up`.
#include <signal.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <iostream>
#include <memory>
#include <sstream>
#include <vector>

#include "absl/strings/str_cat.h"
#include "base/status.h"
#include "services/cli/commands.h"
#include "services/cli/data_dir.h"
#include "services/cli/detach.h"
#include "services/cli/installation.h"
#include "services/cli/readiness.h"
#include "services/cli/supervisor.h"
#include "services/cli/table.h"

namespace anamnesis::cli {
namespace {

using Time = Supervisor::Time;

constexpr std::chrono::seconds kStartPatience{60};  // For each server.
constexpr int kStopSignals[] = {SIGINT, SIGTERM, SIGHUP};

struct UpOptions {
  std::string dir;
  std::string backup_root;
  bool detach = false;
};

sigset_t SignalSet(bool with_children) {
  sigset_t signals;
  sigemptyset(&signals);
  for (const int signal : kStopSignals) sigaddset(&signals, signal);
  if (with_children) sigaddset(&signals, SIGCHLD);
  return signals;
}

// Signals are waited for, never handled. Before the first thread, which inherits this.
void BlockSignals() {
  signal(SIGCHLD, SIG_DFL);  // Ignored by whoever started this, children would vanish unseen.
  signal(SIGPIPE, SIG_IGN);
  const sigset_t signals = SignalSet(/*with_children=*/true);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
}

// The signal that came within the time; negative: none.
int AwaitSignal(const sigset_t& signals, Time time) {
  const auto count = std::max(time, Time(0)).count();
  const struct timespec timeout = {.tv_sec = count / 1000, .tv_nsec = count % 1000 * 1'000'000};
  return sigtimedwait(&signals, nullptr, &timeout);
}

bool StopWanted() {
  return AwaitSignal(SignalSet(/*with_children=*/false), Time(0)) > 0;
}

void Say(const std::string& line) {
  std::cerr << absl::StrCat("anamnesis up: ", line, "\n");
}

Supervisor::Surroundings TheRealOnes() {
  const auto now = [] { return std::chrono::duration_cast<Time>(std::chrono::steady_clock::now().time_since_epoch()); };
  const auto wait = [now](Time until) {
    const int signal = AwaitSignal(SignalSet(/*with_children=*/true), until - now());
    if (signal == SIGCHLD) return Supervisor::Wake::kChildEnded;
    return signal < 0 ? Supervisor::Wake::kTimeUp : Supervisor::Wake::kStop;
  };
  return {.now = now, .wait = wait, .say = Say};
}

// What a server prints, and how much of that is from before.
struct Printed {
  std::string program;
  std::string log;
  uintmax_t old_size = 0;
};

absl::StatusOr<Printed> StartServer(Supervisor& supervisor, Program program) {
  Printed printed{.program = program.name, .log = program.log};
  std::error_code error;  // A log that does not exist yet has no old lines.
  if (std::filesystem::exists(printed.log, error)) printed.old_size = std::filesystem::file_size(printed.log, error);
  RETURN_IF_ERROR(supervisor.Start(std::move(program)));
  return printed;
}

// Starts the servers, and returns when all of them serve: they link to each other in both directions.
absl::Status StartServers(Supervisor& supervisor, const Connection& connection, const std::string& dir,
                          const std::string& backup_root) {
  std::vector<Printed> all;
  for (const ServerName& server : kServers) {
    ASSIGN_OR_RETURN(all.emplace_back(), StartServer(supervisor, ServerProgram(connection, server, dir, backup_root)));
  }
  const auto go_on = [&supervisor] {
    return StopWanted() ? absl::CancelledError("stopped before everything was healthy") : supervisor.AllRun();
  };
  for (size_t i = 0; i < all.size(); ++i) {
    const absl::Status serving = AwaitServing(connection, kServers[i].name, kStartPatience, go_on);
    if (serving.ok()) continue;
    if (absl::IsCancelled(serving)) return serving;
    // Where one has ended, that is why.
    const auto ended =
        std::find_if(all.begin(), all.end(), [&](const Printed& one) { return supervisor.pid(one.program) == 0; });
    const Printed& to_blame = ended == all.end() ? all[i] : *ended;
    return absl::Status(serving.code(), absl::StrCat(std::string(serving.message()), "\nThe end of ", to_blame.log,
                                                     ":\n", LogTail(to_blame.log, to_blame.old_size)));
  }
  return absl::OkStatus();
}

std::string Endpoints(const Supervisor& supervisor, const Connection& connection, size_t width) {
  Table table({"SERVER", "ADDRESS", "METRICS", "PID"});
  for (const ServerName& server : kServers) {
    table.Add({server.name, connection.Address(server.name), MetricsAddress(connection, server) + "/metrics",
               std::to_string(supervisor.pid(server.program))});
  }
  std::ostringstream text;
  table.Print(text, width, "");
  return text.str();
}

absl::Status RunServers(const std::string& dir, const std::string& backup_root, const Connection& connection,
                        size_t width, const std::string& hint, const Announce& announce) {
  BlockSignals();
  ASSIGN_OR_RETURN(const Fd lock, LockDataDir(dir));
  RETURN_IF_ERROR(CheckInstallation(connection));
  Supervisor supervisor(TheRealOnes());
  absl::Status status = StartServers(supervisor, connection, dir, backup_root);
  if (status.ok() && !announce(absl::StrCat(Endpoints(supervisor, connection, width), "data in ", dir, ", logs in ",
                                            dir, "/logs; ", hint, "\n"))) {
    status = absl::CancelledError("nobody waits for the servers any more");
  }
  if (!status.ok()) {
    supervisor.Stop();
    return status;
  }
  supervisor.Run();
  Say("stopping");
  if (supervisor.Stop()) return absl::OkStatus();
  return absl::UnavailableError(absl::StrCat("not every server ended in order; see ", dir, "/logs"));
}

absl::Status Up(const UpOptions& options, const Connection& connection) {
  const std::string dir = std::filesystem::absolute(options.dir).string();
  const std::string backup_root =
      options.backup_root.empty() ? "" : std::filesystem::absolute(options.backup_root).string();
  RETURN_IF_ERROR(MakeDataDir(dir));
  const size_t width = TerminalWidth();
  if (!options.detach) {
    return RunServers(dir, backup_root, connection, width, "Ctrl-C stops them", [](const std::string& text) {
      std::cout << text << std::flush;
      return true;
    });
  }
  return Detach(LogPath(dir, "up"), [&](const Announce& announce) {
    return RunServers(dir, backup_root, connection, width, absl::StrCat("`anamnesis down --data ", dir, "` stops them"),
                      announce);
  });
}

}  // namespace

void AddUpCommand(CLI::App& app, Connection& connection) {
  auto options = std::make_shared<UpOptions>();
  CLI::App* command = app.add_subcommand("up", "Run all servers on one data directory until Ctrl-C");
  AddDataOption(*command, options->dir);
  command->add_option(
      "--backup-root", options->backup_root,
      "Directory below which backups may be written, on another disk if possible (default: `backups` in "
      "the data)");
  command->add_flag("--detach", options->detach, "Return when they are healthy, and leave them running");
  command->footer("A server that dies is started again. Their output is in the logs directory of the data.");
  command->callback([options, &connection] { Finish(Up(*options, connection)); });
}

}  // namespace anamnesis::cli
