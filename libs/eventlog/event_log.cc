#include "eventlog/event_log.h"

#include <string_view>

#include "base/mutex.h"
#include "base/status.h"

namespace anamnesis::eventlog {

bool Filter::Matches(const Record& record) const {
  if (!stream.empty() && record.stream != stream) return false;
  if (!entity.empty()) {
    const std::string_view name = record.stream;
    const size_t dash = name.find('-');
    if (dash == std::string_view::npos || name.substr(dash + 1) != entity) return false;
  }
  return record.type.compare(0, type_prefix.size(), type_prefix) == 0;
}

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
