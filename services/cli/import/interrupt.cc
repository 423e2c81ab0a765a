#include "services/cli/import/interrupt.h"

#include <signal.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cstdint>
#include <cstdlib>

namespace anamnesis::importer {
namespace {

constexpr int kSignals[] = {SIGINT, SIGTERM};
constexpr uint64_t kSignalled = 1;
constexpr uint64_t kGuardEnds = uint64_t{1} << 32;

// A handler may only write to a descriptor; a thread does the rest.
std::atomic<int> event_fd{-1};
struct sigaction previous[std::size(kSignals)];

void Post(uint64_t what) {
  const ssize_t written = write(event_fd.load(), &what, sizeof(what));
  (void)written;  // Fails only if the counter is full, and then the thread is awake already.
}

void OnSignal(int) {
  const int saved_errno = errno;
  Post(kSignalled);
  errno = saved_errno;
}

void RestoreHandlers() {
  for (size_t i = 0; i < std::size(kSignals); ++i) sigaction(kSignals[i], &previous[i], nullptr);
}

}  // namespace

InterruptGuard::InterruptGuard(std::function<void()> stop) : stop_(std::move(stop)) {
  event_fd = eventfd(0, EFD_CLOEXEC);
  if (event_fd < 0) std::abort();  // Out of descriptors before anything began.
  struct sigaction action = {};
  action.sa_handler = OnSignal;
  action.sa_flags = SA_RESTART;
  for (size_t i = 0; i < std::size(kSignals); ++i) sigaction(kSignals[i], &action, &previous[i]);
  thread_ = std::thread([this] {
    uint64_t posted = 0;
    while (read(event_fd, &posted, sizeof(posted)) < 0 && errno == EINTR) {
    }
    RestoreHandlers();
    if (posted < kGuardEnds) stop_();
  });
}

InterruptGuard::~InterruptGuard() {
  Post(kGuardEnds);
  thread_.join();
  close(event_fd.exchange(-1));
}

}  // namespace anamnesis::importer
