// Stopping on SIGTERM and SIGINT without a signal handler.
#pragma once

#include <functional>

namespace anamnesis::rpc {

// Blocks both signals for the process. Call in main before the first thread is made, which inherits it.
void BlockSignals();

// Waits for one of the signals, then calls `drain` in this thread and returns 0. A second signal ends the process at
// once.
int RunUntilSignalled(const std::function<void()>& drain);

}  // namespace anamnesis::rpc
