// A child process of a test: one of the real binaries.
#pragma once

#include <sys/types.h>

#include <string>
#include <thread>
#include <vector>

#include "base/mutex.h"

namespace anamnesis::testing_support {

// Runs a program with its stderr read by a thread, so that tests can wait for what it says. The destructor kills it.
// Used by one thread.
class Child {
 public:
  // The program's path and arguments. Standard output goes where the test's goes.
  explicit Child(const std::vector<std::string>& command);
  ~Child();
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;

  // The first line on stderr that contains `text`, waiting for it; empty if the process ended without saying it.
  std::string AwaitLine(const std::string& text);

  void Signal(int signal);
  // Waits for the end; the exit code, or 128 + the signal that ended it.
  int Wait();
  // SIGKILL, then waits.
  void Kill();

  pid_t pid() const { return pid_; }
  std::string Output() const;

 private:
  void Read();

  pid_t pid_ = -1;
  int pipe_ = -1;
  int status_ = -1;

  mutable Mutex mutex_;
  CondVar changed_;
  std::string output_ GUARDED_BY(mutex_);
  bool ended_ GUARDED_BY(mutex_) = false;

  std::thread reader_;
};

}  // namespace anamnesis::testing_support
