#include "services/cli/detach.h"

#include <fcntl.h>
#include <sys/wait.h>

#include <cerrno>
#include <csignal>
#include <cstring>
#include <iostream>

#include "absl/strings/str_cat.h"
#include "services/cli/fd.h"

namespace anamnesis::cli {
namespace {

// The first byte on the pipe.
constexpr char kAnnounced = '+';
constexpr char kFailed = '-';

bool Send(Fd& pipe, char kind, const std::string& text) {
  const std::string message = kind + text;
  const ssize_t written = write(pipe.get(), message.data(), message.size());
  pipe.Close();
  return written == static_cast<ssize_t>(message.size());
}

std::string ReadToEnd(const Fd& pipe) {
  std::string text;
  char buffer[1024];
  ssize_t size;
  while ((size = read(pipe.get(), buffer, sizeof(buffer))) > 0 || (size < 0 && errno == EINTR)) {
    if (size > 0) text.append(buffer, static_cast<size_t>(size));
  }
  return text;
}

absl::Status WorkInBackground(const std::string& log, Fd pipe, const Work& work) {
  setsid();
  signal(SIGPIPE, SIG_IGN);
  const Fd input(open("/dev/null", O_RDONLY | O_CLOEXEC));
  const Fd output(open(log.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600));
  if (!output.valid()) {
    const std::string problem = absl::StrCat("cannot write ", log, ": ", strerror(errno));
    Send(pipe, kFailed, problem);
    return absl::UnavailableError(problem);
  }
  dup2(input.get(), STDIN_FILENO);
  dup2(output.get(), STDOUT_FILENO);
  dup2(output.get(), STDERR_FILENO);
  const absl::Status status = work([&pipe](const std::string& text) { return Send(pipe, kAnnounced, text); });
  if (pipe.valid()) Send(pipe, kFailed, std::string(status.message()));
  return status;
}

}  // namespace

absl::Status Detach(const std::string& log, const Work& work) {
  std::cout.flush();
  int ends[2];
  if (pipe2(ends, O_CLOEXEC) != 0) return absl::UnavailableError(absl::StrCat("no pipe: ", strerror(errno)));
  Fd reader(ends[0]);
  Fd writer(ends[1]);
  const pid_t pid = fork();
  if (pid < 0) return absl::UnavailableError(absl::StrCat("no process for the background: ", strerror(errno)));
  if (pid == 0) {
    reader.Close();
    return WorkInBackground(log, std::move(writer), work);
  }
  writer.Close();
  const std::string said = ReadToEnd(reader);
  if (!said.empty() && said.front() == kAnnounced) {
    std::cout << said.substr(1) << std::flush;
    return absl::OkStatus();
  }
  waitpid(pid, nullptr, 0);
  return absl::UnavailableError(said.size() > 1 ? said.substr(1)
                                                : absl::StrCat("the process in the background ended; see ", log));
}

}  // namespace anamnesis::cli
