#include "eventlog/event_log.h"

#include "base/mutex.h"
#include "base/status.h"

namespace anamnesis::eventlog {

absl::StatusOr<AppendResult> EventLog::AppendAndWait(AppendRequest request) {
  Mutex mutex;
  CondVar told;
  bool durable = false;
  request.may_commit_here = true;  // This thread waits anyway.
  ASSIGN_OR_RETURN(AppendResult result, Append(std::move(request), [&](const AppendResult&) {
                     MutexLock lock(mutex);
                     durable = true;
                     told.NotifyOne();
                   }));
  MutexLock lock(mutex);
  told.Wait(mutex, [&] { return durable; });
  return result;
}

}  // namespace anamnesis::eventlog
