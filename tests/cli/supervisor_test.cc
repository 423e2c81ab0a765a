#include "services/cli/supervisor.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include <deque>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "services/cli/fd.h"

namespace anamnesis::cli {
namespace {

using ::testing::AllOf;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using Time = Supervisor::Time;
using Wake = Supervisor::Wake;

// Children are shell scripts that wait in `read` on a pipe nobody writes to. Time passes only while the supervisor
// waits and no child is left to wait for, or as a test says.
class SupervisorTest : public ::testing::Test {
 protected:
  SupervisorTest() {
    dir_ = ::testing::TempDir() + "supervisor-XXXXXX";
    EXPECT_NE(mkdtemp(dir_.data()), nullptr);
    EXPECT_EQ(mkfifo((dir_ + "/never").c_str(), 0600), 0);
    EXPECT_EQ(mkfifo((dir_ + "/ready").c_str(), 0600), 0);
    ready_ = Fd(open((dir_ + "/ready").c_str(), O_RDWR | O_CLOEXEC));
  }
  ~SupervisorTest() override { std::filesystem::remove_all(dir_); }

  // A script that runs in the directory of the test.
  Program Script(const std::string& name, const std::string& script, int layer = 0) const {
    return {
        .name = name, .command = {"/bin/sh", "-c", "cd " + dir_ + "; " + script},
             .log = dir_ + "/log", .layer = layer
    };
  }
  // One that lives until it is asked to end, which it writes down, and says when it is ready for that.
  Program Orderly(const std::string& name, int layer) const {
    return Script(name, "trap 'echo " + name + " >> ended; exit 0' TERM; echo >ready; read x <>never", layer);
  }
  // One that does not mind being asked.
  Program Stubborn(const std::string& name, int layer) const {
    return Script(name, "trap '' TERM; echo >ready; read x <>never", layer);
  }
  void AwaitReady() {
    char byte;
    ASSERT_EQ(read(ready_.get(), &byte, 1), 1);
  }

  Supervisor::Surroundings Surroundings() {
    return {.now = [this] { return now_; },
            .wait = [this](Time until) { return Wait(until); },
            .say = [this](const std::string& line) { said_.push_back(line); }};
  }
  // Waits for a child to end, after `life_`. Where there is none, lets the time pass and takes note of how long that
  // was; wants a stop when it has seen enough.
  Wake Wait(Time until) {
    siginfo_t info;
    if (waitid(P_ALL, 0, &info, WEXITED | WNOWAIT) == 0) {
      now_ += life_;
      return Wake::kChildEnded;
    }
    pauses_.push_back((until - now_).count());
    now_ = until;
    return pauses_.size() == enough_ ? Wake::kStop : Wake::kTimeUp;
  }

  std::string Contents(const std::string& file) const {
    std::ostringstream text;
    text << std::ifstream(dir_ + "/" + file).rdbuf();
    return text.str();
  }

  std::string dir_;
  Fd ready_;
  Time now_{1'000'000};
  Time life_{0};
  size_t enough_ = 1;
  std::vector<int64_t> pauses_;
  std::vector<std::string> said_;
};

TEST_F(SupervisorTest, AppendsWhatAProgramPrintsToItsLog) {
  std::ofstream(dir_ + "/log") << "before\n";
  Supervisor supervisor(Surroundings());
  ASSERT_TRUE(supervisor.Start(Script("talker", "echo out; echo err >&2; echo >ready; read x <>never")).ok());
  AwaitReady();
  EXPECT_EQ(Contents("log"), "before\nout\nerr\n");
  EXPECT_TRUE(supervisor.AllRun().ok());
}

TEST_F(SupervisorTest, GivesEachProgramItsOwnGroupAndNoBlockedSignals) {
  sigset_t blocked;
  sigset_t before;
  sigemptyset(&blocked);
  sigaddset(&blocked, SIGTERM);
  sigprocmask(SIG_BLOCK, &blocked, &before);
  Supervisor supervisor(Surroundings());
  ASSERT_TRUE(supervisor.Start(Orderly("child", 0)).ok());
  AwaitReady();
  EXPECT_EQ(getpgid(supervisor.pid("child")), supervisor.pid("child"));
  EXPECT_TRUE(supervisor.Stop());
  EXPECT_EQ(Contents("ended"), "child\n");
  sigprocmask(SIG_SETMASK, &before, nullptr);
}

TEST_F(SupervisorTest, SaysThatAFileCannotBeRun) {
  Supervisor supervisor(Surroundings());
  const absl::Status status = supervisor.Start({.name = "ghost", .command = {"/no/such/file"}, .log = dir_ + "/log"});
  EXPECT_TRUE(absl::IsNotFound(status));
  EXPECT_THAT(std::string(status.message()), AllOf(HasSubstr("/no/such/file"), HasSubstr("No such file")));
  EXPECT_EQ(waitpid(-1, nullptr, WNOHANG), -1) << "a process is left";
}

TEST_F(SupervisorTest, NamesTheProgramThatHasEnded) {
  Supervisor supervisor(Surroundings());
  ASSERT_TRUE(supervisor.Start(Orderly("well", 0)).ok());
  ASSERT_TRUE(supervisor.Start(Script("ill", "exit 3")).ok());
  Wait(now_);
  const absl::Status status = supervisor.AllRun();
  EXPECT_TRUE(absl::IsUnavailable(status));
  EXPECT_EQ(status.message(), "ill ended with exit code 3");
}

TEST_F(SupervisorTest, WaitsTwiceAsLongBeforeEachNewStart) {
  enough_ = 9;
  Supervisor supervisor(Surroundings());
  ASSERT_TRUE(supervisor.Start(Script("ill", "echo started >> starts; exit 3")).ok());
  supervisor.Run();
  EXPECT_THAT(pauses_, ElementsAre(200, 400, 800, 1600, 3200, 6400, 10000, 10000, 10000));
  EXPECT_EQ(Contents("starts").size(), std::string("started\n").size() * pauses_.size());
  EXPECT_THAT(said_, Contains("ill ended with exit code 3; starting it again in 0.2 s"));
  EXPECT_FALSE(supervisor.Stop()) << "it had not ended with 0";
}

struct Life {
  int64_t millis;
  std::vector<int64_t> pauses;
};

TEST_F(SupervisorTest, ForgetsOldDeathsAfterALongLife) {
  const Life lives[] = {
      {59'999, {200, 400, 800}},
      {60'000, {200, 200, 200}}
  };
  for (const Life& life : lives) {
    life_ = Time(life.millis);
    pauses_.clear();
    enough_ = 3;
    Supervisor supervisor(Surroundings());
    ASSERT_TRUE(supervisor.Start(Script("ill", "exit 3")).ok());
    supervisor.Run();
    EXPECT_EQ(pauses_, life.pauses) << life.millis;
  }
}

TEST_F(SupervisorTest, StartsAgainOnlyWhatWasKilled) {
  Supervisor::Surroundings surroundings = Surroundings();
  Supervisor* running = nullptr;
  pid_t well = 0;
  pid_t ill = 0;
  std::deque<std::function<Wake(Time)>> script = {
      [&](Time until) {
        EXPECT_EQ(until, Time::max()) << "nothing is to be started";
        kill(ill, SIGKILL);
        return Wait(until);
      },
      [&](Time until) {
        EXPECT_EQ(running->pid("ill"), 0);
        now_ = until;
        return Wake::kTimeUp;
      },
      [&](Time) {
        AwaitReady();
        EXPECT_NE(running->pid("ill"), 0);
        EXPECT_EQ(running->pid("well"), well);
        return Wake::kStop;
      },
  };
  surroundings.wait = [&](Time until) {
    if (script.empty()) return Wait(until);
    const auto step = script.front();
    script.pop_front();
    return step(until);
  };
  Supervisor supervisor(surroundings);
  running = &supervisor;
  ASSERT_TRUE(supervisor.Start(Orderly("well", 0)).ok());
  ASSERT_TRUE(supervisor.Start(Orderly("ill", 0)).ok());
  AwaitReady();
  AwaitReady();
  well = supervisor.pid("well");
  ill = supervisor.pid("ill");
  supervisor.Run();
  EXPECT_THAT(said_, ElementsAre("ill was ended by signal 9; starting it again in 0.2 s",
                                 HasSubstr("started ill again as process")));
  EXPECT_TRUE(supervisor.Stop());
}

TEST_F(SupervisorTest, KeepsTryingWhereTheFileIsGone) {
  const std::string file = dir_ + "/program";
  std::filesystem::copy_file("/bin/sh", file);
  enough_ = 4;
  Supervisor supervisor(Surroundings());
  ASSERT_TRUE(supervisor
                  .Start({
                      .name = "gone", .command = {file, "-c", "exit 1"},
                           .log = dir_ + "/log"
  })
                  .ok());
  std::filesystem::remove(file);
  supervisor.Run();
  EXPECT_THAT(pauses_, ElementsAre(200, 400, 800, 1600));
  EXPECT_THAT(said_, Contains(AllOf(HasSubstr("could not start gone again"), HasSubstr("No such file"))));
}

TEST_F(SupervisorTest, StopsHigherLayersFirst) {
  Supervisor supervisor(Surroundings());
  ASSERT_TRUE(supervisor.Start(Orderly("view", 0)).ok());
  ASSERT_TRUE(supervisor.Start(Orderly("write", 1)).ok());
  ASSERT_TRUE(supervisor.Start(Orderly("front", 2)).ok());
  for (int i = 0; i < 3; ++i) AwaitReady();
  EXPECT_TRUE(supervisor.Stop());
  EXPECT_EQ(Contents("ended"), "front\nwrite\nview\n");
  EXPECT_THAT(said_, IsEmpty());
}

// How a stubborn program keeps a supervisor waiting.
struct Stubbornness {
  const char* name;
  Wake wake;  // What ends the wait for it.
};

TEST_F(SupervisorTest, KillsWhatDoesNotStop) {
  for (const Stubbornness& how : {
           Stubbornness{"after its time",        Wake::kTimeUp},
           Stubbornness{"at the second request", Wake::kStop  }
  }) {
    std::filesystem::remove(dir_ + "/ended");
    said_.clear();
    const Time patience_ends = now_ + Supervisor::kPatience;
    bool asked = false;
    Supervisor::Surroundings surroundings = Surroundings();
    surroundings.wait = [&](Time until) {
      if (asked) return Wait(until);  // For the orderly one.
      asked = true;
      EXPECT_EQ(until, patience_ends);
      EXPECT_EQ(Contents("ended"), "") << "the lower layer has to wait";
      if (how.wake == Wake::kTimeUp) now_ = until;
      return how.wake;
    };
    Supervisor supervisor(surroundings);
    ASSERT_TRUE(supervisor.Start(Orderly("view", 0)).ok());
    ASSERT_TRUE(supervisor.Start(Stubborn("write", 1)).ok());
    AwaitReady();
    AwaitReady();
    EXPECT_FALSE(supervisor.Stop()) << how.name;
    EXPECT_THAT(said_, ElementsAre("write has not stopped; killing it")) << how.name;
    EXPECT_EQ(supervisor.pid("write"), 0) << how.name;
  }
}

TEST_F(SupervisorTest, LeavesNothingRunning) {
  pid_t pid = 0;
  {
    Supervisor supervisor(Surroundings());
    ASSERT_TRUE(supervisor.Start(Stubborn("write", 0)).ok());
    AwaitReady();
    pid = supervisor.pid("write");
  }
  EXPECT_EQ(kill(pid, 0), -1);
}

}  // namespace
}  // namespace anamnesis::cli
