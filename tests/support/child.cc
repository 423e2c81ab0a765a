#include "tests/support/child.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>

namespace anamnesis::testing_support {

Child::Child(const std::vector<std::string>& command) {
  int ends[2];
  if (pipe2(ends, O_CLOEXEC) != 0) std::abort();
  std::vector<char*> arguments;
  for (const std::string& argument : command) arguments.push_back(const_cast<char*>(argument.c_str()));
  arguments.push_back(nullptr);
  pid_ = fork();
  if (pid_ == 0) {
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    dup2(ends[1], STDERR_FILENO);
    execv(arguments[0], arguments.data());
    _exit(127);
  }
  close(ends[1]);
  pipe_ = ends[0];
  reader_ = std::thread([this] { Read(); });
}

Child::~Child() {
  Kill();
  reader_.join();
  close(pipe_);
}

void Child::Read() {
  char buffer[4096];
  ssize_t size;
  while ((size = read(pipe_, buffer, sizeof(buffer))) > 0) {
    MutexLock lock(mutex_);
    output_.append(buffer, static_cast<size_t>(size));
    changed_.NotifyAll();
  }
  MutexLock lock(mutex_);
  ended_ = true;
  changed_.NotifyAll();
}

std::string Child::AwaitLine(const std::string& text) {
  MutexLock lock(mutex_);
  std::string line;
  changed_.Wait(mutex_, [&]() NO_THREAD_SAFETY_ANALYSIS {
    size_t begin = 0;
    for (size_t end; (end = output_.find('\n', begin)) != std::string::npos; begin = end + 1) {
      line = output_.substr(begin, end - begin);
      if (line.find(text) != std::string::npos) return true;
    }
    line.clear();
    return ended_;
  });
  return line;
}

void Child::Signal(int signal) {
  if (status_ < 0) kill(pid_, signal);
}

int Child::Wait() {
  if (status_ < 0) {
    int status = 0;
    while (waitpid(pid_, &status, 0) < 0 && errno == EINTR) {
    }
    status_ = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  }
  return status_;
}

void Child::Kill() {
  Signal(SIGKILL);
  Wait();
}

std::string Child::Output() const {
  MutexLock lock(mutex_);
  return output_;
}

}  // namespace anamnesis::testing_support
