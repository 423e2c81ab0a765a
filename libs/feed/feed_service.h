// Serves one log to whoever may read it.
#pragma once

#include <string>

#include "eventlog/event_log.h"
#include "rpc/service.h"

namespace anamnesis::feed {

// EventFeedService over one log. Subscriptions hold no thread; what they have not read stays on disk.
class FeedService final : public rpc::Service {
 public:
  // `service_name` is `patient`, `encounter` …: what GetLogStatus answers. Log and gate outlive this.
  FeedService(std::string service_name, eventlog::EventLog& log, rpc::Gate& gate);
};

}  // namespace anamnesis::feed
