#include "services/cli/supervisor.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <set>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "base/status.h"
#include "services/cli/fd.h"

namespace anamnesis::cli {
namespace {

// The child's side of a fork. Only what is safe in a copy of a process with threads: no allocation, no locks.
[[noreturn]] void Become(char** command, pid_t parent, int input, int output, int complaint) {
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (getppid() != parent) _exit(EXIT_FAILURE);  // It died before it could be watched.
  setpgid(0, 0);
  dup2(input, STDIN_FILENO);
  dup2(output, STDOUT_FILENO);
  dup2(output, STDERR_FILENO);
  signal(SIGPIPE, SIG_DFL);
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, nullptr);
  execv(command[0], command);
  const int error = errno;
  const ssize_t written = write(complaint, &error, sizeof(error));
  _exit(written == sizeof(error) ? EXIT_FAILURE : 127);
}

// Runs the program in a new process. The parent learns through a pipe, which a successful exec closes, that the file
// could not be run.
absl::StatusOr<pid_t> Spawn(const Program& program) {
  std::vector<char*> command;
  for (const std::string& argument : program.command) command.push_back(const_cast<char*>(argument.c_str()));
  command.push_back(nullptr);
  const Fd input(open("/dev/null", O_RDONLY | O_CLOEXEC));
  const Fd output(open(program.log.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600));
  if (!output.valid()) return absl::UnavailableError(absl::StrCat("cannot write ", program.log, ": ", strerror(errno)));
  int ends[2];
  if (pipe2(ends, O_CLOEXEC) != 0) return absl::UnavailableError(absl::StrCat("no pipe: ", strerror(errno)));
  const Fd reader(ends[0]);
  Fd writer(ends[1]);
  const pid_t self = getpid();
  const pid_t pid = fork();
  if (pid < 0) return absl::UnavailableError(absl::StrCat("no process for ", program.name, ": ", strerror(errno)));
  if (pid == 0) Become(command.data(), self, input.get(), output.get(), writer.get());
  writer.Close();
  int error = 0;
  ssize_t size;
  while ((size = read(reader.get(), &error, sizeof(error))) < 0 && errno == EINTR) {
  }
  if (size <= 0) return pid;
  waitpid(pid, nullptr, 0);
  return absl::NotFoundError(absl::StrCat("cannot run ", program.command.front(), ": ", strerror(error)));
}

std::string EndOf(int wait_status) {
  if (WIFSIGNALED(wait_status)) return absl::StrCat("was ended by signal ", WTERMSIG(wait_status));
  return absl::StrCat("ended with exit code ", WEXITSTATUS(wait_status));
}

}  // namespace

Supervisor::~Supervisor() {
  for (Child& child : children_) {
    if (child.pid == 0) continue;
    kill(child.pid, SIGKILL);
    waitpid(child.pid, nullptr, 0);
  }
}

absl::Status Supervisor::Start(Program program) {
  Child child{.program = std::move(program)};
  ASSIGN_OR_RETURN(child.pid, Spawn(child.program));
  child.started = surroundings_.now();
  children_.push_back(std::move(child));
  return absl::OkStatus();
}

pid_t Supervisor::pid(const std::string& name) const {
  for (const Child& child : children_) {
    if (child.program.name == name) return child.pid;
  }
  return 0;
}

absl::Status Supervisor::AllRun() {
  Reap();
  for (const Child& child : children_) {
    if (child.pid == 0) {
      return absl::UnavailableError(absl::StrCat(child.program.name, " ", EndOf(child.wait_status)));
    }
  }
  return absl::OkStatus();
}

void Supervisor::Run() {
  do {
    for (Child* child : Reap()) {
      const Time now = surroundings_.now();
      if (now - child->started >= kProven) child->backoff.Reset();
      const Time pause = child->backoff.Next();
      child->due = now + pause;
      surroundings_.say(absl::StrFormat("%s %s; starting it again in %.1f s", child->program.name,
                                        EndOf(child->wait_status), std::chrono::duration<double>(pause).count()));
    }
    for (Child& child : children_) {
      if (child.pid == 0 && child.due <= surroundings_.now()) Launch(child);
    }
  } while (surroundings_.wait(NextDue()) != Wake::kStop);
}

bool Supervisor::Stop() {
  std::set<int, std::greater<>> layers;
  for (const Child& child : children_) layers.insert(child.program.layer);
  for (const int layer : layers) StopLayer(layer);
  return std::all_of(children_.begin(), children_.end(), [](const Child& child) { return child.wait_status == 0; });
}

std::vector<Supervisor::Child*> Supervisor::Reap() {
  std::vector<Child*> ended;
  for (Child& child : children_) {
    if (child.pid == 0 || waitpid(child.pid, &child.wait_status, WNOHANG) != child.pid) continue;
    child.pid = 0;
    ended.push_back(&child);
  }
  return ended;
}

void Supervisor::Launch(Child& child) {
  const absl::StatusOr<pid_t> pid = Spawn(child.program);
  const Time now = surroundings_.now();
  if (pid.ok()) {
    child.pid = *pid;
    child.started = now;
    surroundings_.say(absl::StrCat("started ", child.program.name, " again as process ", *pid));
    return;
  }
  child.due = now + child.backoff.Next();
  surroundings_.say(
      absl::StrCat("could not start ", child.program.name, " again: ", std::string(pid.status().message())));
}

Supervisor::Time Supervisor::NextDue() const {
  Time next = Time::max();
  for (const Child& child : children_) {
    if (child.pid == 0) next = std::min(next, child.due);
  }
  return next;
}

bool Supervisor::Runs(int layer) const {
  return std::any_of(children_.begin(), children_.end(),
                     [layer](const Child& child) { return child.pid != 0 && child.program.layer == layer; });
}

void Supervisor::StopLayer(int layer) {
  Reap();
  for (const Child& child : children_) {
    if (child.pid != 0 && child.program.layer == layer) kill(child.pid, SIGTERM);
  }
  const Time deadline = surroundings_.now() + kPatience;
  while (Runs(layer) && surroundings_.now() < deadline && surroundings_.wait(deadline) != Wake::kStop) Reap();
  Reap();
  for (Child& child : children_) {
    if (child.pid == 0 || child.program.layer != layer) continue;
    surroundings_.say(absl::StrCat(child.program.name, " has not stopped; killing it"));
    kill(child.pid, SIGKILL);
    waitpid(child.pid, &child.wait_status, 0);
    child.pid = 0;
  }
}

}  // namespace anamnesis::cli
