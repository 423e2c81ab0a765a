// `anamnesis down`.
#include <poll.h>
#include <signal.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <iostream>
#include <memory>

#include "absl/strings/str_cat.h"
#include "base/status.h"
#include "services/cli/commands.h"
#include "services/cli/data_dir.h"

extern "C" {  // Which glibc 2.36 forgets to say itself.
#include <sys/pidfd.h>
}

namespace anamnesis::cli {
namespace {

constexpr int kPatienceSeconds = 60;  // Longer than the servers have for their drains.

absl::Status Down(const std::string& dir) {
  ASSIGN_OR_RETURN(const pid_t pid, RunningOn(dir));
  const Fd process(pid == 0 ? -1 : pidfd_open(pid, 0));
  // Asked again: by now the number may be another process's, but what it was opened for cannot change any more.
  ASSIGN_OR_RETURN(const pid_t still, RunningOn(dir));
  if (pid == 0 || still != pid) {
    std::cout << "nothing is running on " << dir << "\n";
    return absl::OkStatus();
  }
  if (!process.valid() || pidfd_send_signal(process.get(), SIGTERM, nullptr, 0) != 0) {
    return absl::UnavailableError(absl::StrCat("cannot stop process ", pid, ": ", strerror(errno)));
  }
  struct pollfd ended = {.fd = process.get(), .events = POLLIN, .revents = 0};
  if (poll(&ended, 1, kPatienceSeconds * 1000) != 1) {
    return absl::DeadlineExceededError(
        absl::StrCat("process ", pid, " has not ended within ", kPatienceSeconds, " s; it may still be stopping"));
  }
  std::cout << "stopped the servers of " << dir << "\n";
  return absl::OkStatus();
}

}  // namespace

void AddDownCommand(CLI::App& app) {
  auto dir = std::make_shared<std::string>();
  CLI::App* command = app.add_subcommand("down", "Stop the servers that `up` runs, in order");
  AddDataOption(*command, *dir);
  command->footer("Ends with 0 as well where nothing is running.");
  command->callback([dir] { Finish(Down(std::filesystem::absolute(*dir))); });
}

}  // namespace anamnesis::cli
