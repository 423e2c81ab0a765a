// Programs that run as children of this process and are kept running.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <functional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "base/backoff.h"

namespace anamnesis::cli {

struct Program {
  std::string name;                  // What messages call it.
  std::vector<std::string> command;  // The file to run and its arguments.
  std::string log;                   // The file to which its output is appended.
  int layer = 0;                     // Higher layers stop first, those of one layer together.
};

// Starts programs, starts them again when they end, and stops them in order. Each is a process group of its own, so
// that Ctrl-C on the terminal reaches this process only, and is killed by the system when the thread that started it
// dies. Used by one thread that lives as long as the process.
class Supervisor {
 public:
  using Time = std::chrono::milliseconds;  // Since some fixed instant.
  enum class Wake { kChildEnded, kStop, kTimeUp };

  // What is outside, for tests to put themselves in its place.
  struct Surroundings {
    std::function<Time()> now;
    // Returns when a child has ended, somebody wants a stop, or at `until`; spurious kChildEnded do no harm.
    std::function<Wake(Time until)> wait;
    std::function<void(const std::string& line)> say;
  };

  static constexpr Time kFirstPause{200};    // Before a program is started again; doubles…
  static constexpr Time kLastPause{10'000};  // …up to this…
  static constexpr Time kProven{60'000};     // …and begins anew after a life as long as this.
  static constexpr Time kPatience{15'000};   // Between SIGTERM and SIGKILL.

  explicit Supervisor(Surroundings surroundings) : surroundings_(std::move(surroundings)) {}
  // Kills what still runs.
  ~Supervisor();
  Supervisor(const Supervisor&) = delete;
  Supervisor& operator=(const Supervisor&) = delete;

  // Returns when the program runs. NOT_FOUND: there is no such file, or it cannot be executed.
  absl::Status Start(Program program);
  // 0 while the program does not run.
  pid_t pid(const std::string& name) const;
  // UNAVAILABLE names a program that has ended since it was started.
  absl::Status AllRun();
  // Starts again, after a pause, whatever ends, until a stop is wanted.
  void Run();
  // Stops everything; whoever does not end in time, or is still there when a stop is wanted once more, is killed.
  // Returns whether everything ended by itself with 0.
  bool Stop();

 private:
  struct Child {
    Program program;
    Backoff backoff{kFirstPause, kLastPause};
    pid_t pid = 0;        // 0: does not run…
    int wait_status = 0;  // …and ended so…
    Time due{};           // …and is to be started at this time.
    Time started{};
  };

  // Takes note of the children that have ended and returns them.
  std::vector<Child*> Reap();
  void Launch(Child& child);
  Time NextDue() const;
  void StopLayer(int layer);
  bool Runs(int layer) const;

  const Surroundings surroundings_;
  std::vector<Child> children_;  // In the order of their start.
};

}  // namespace anamnesis::cli
