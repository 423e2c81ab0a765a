// How the mutexes of the libraries behave.
#pragma once

#include "absl/synchronization/mutex.h"

namespace anamnesis::rpc {

// Debian builds Abseil with assertions, and then every lock that gRPC takes is searched for a deadlock. Turns that off
// for the process.
inline void DoNotSearchForDeadlocks() {
  absl::SetMutexDeadlockDetectionMode(absl::OnDeadlockCycle::kIgnore);
}

}  // namespace anamnesis::rpc
