#include "rpc/signals.h"

#include <csignal>

#include "rpc/log.h"

namespace anamnesis::rpc {
namespace {

sigset_t StopSignals() {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGTERM);
  sigaddset(&signals, SIGINT);
  return signals;
}

}  // namespace

void BlockSignals() {
  const sigset_t signals = StopSignals();
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
}

int RunUntilSignalled(const std::function<void()>& drain) {
  const sigset_t signals = StopSignals();
  int signal = 0;
  if (sigwait(&signals, &signal) != 0) return 1;
  Log(LogLevel::kInfo, "stopping",
      {
          {"signal", signal}
  });
  // From here on the default action, which is to end, meets the next signal in this thread.
  pthread_sigmask(SIG_UNBLOCK, &signals, nullptr);
  drain();
  return 0;
}

}  // namespace anamnesis::rpc
