// Backs up one service: its log, while it is open, and what belongs beside it.
#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "absl/status/statusor.h"
#include "backup/manifest.h"
#include "eventlog/event_log.h"

namespace anamnesis::backup {

struct MakeOptions {
  std::string service;
  std::string data_dir;   // Of the service; its log is in `log`.
  std::string directory;  // Of the backups of the installation.
  uint64_t bytes_per_second = 0;
  uint64_t spare_bytes = eventlog::kSpareBytes;
  std::function<bool(uint64_t copied, uint64_t expected)> progress;  // See eventlog::BackupOptions.
};

// A signed checkpoint of the first `size` events of the log, which may not all be durable yet.
using CheckpointOf = std::function<absl::StatusOr<std::string>(uint64_t size)>;

// What it returns is all durable, and is a backup when it stands in a manifest. Errors are those of EventLog::Backup;
// ABORTED also where another process is making one of this service in the directory.
absl::StatusOr<Part> MakePart(eventlog::EventLog& log, const CheckpointOf& checkpoint_of, const MakeOptions& options);

}  // namespace anamnesis::backup
