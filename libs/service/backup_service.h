// Makes backups of a log for operators.
#pragma once

#include <memory>
#include <string>
#include <thread>

#include "absl/status/statusor.h"
#include "anamnesis/ops/v1/backup_service.pb.h"
#include "base/mutex.h"
#include "eventlog/event_log.h"
#include "rpc/service.h"
#include "service/backup_work.h"
#include "service/log_evidence.h"
#include "service/options.h"

namespace anamnesis::service {

// The directory if it is an absolute path below `root`, with symbolic links followed; else BACKUP_DIRECTORY_REFUSED.
absl::StatusOr<std::string> BackupDirectory(const std::string& directory, const std::string& root);

// BackupService. A backup takes as long as there is to copy, so it has a thread of its own.
class BackupService final : public rpc::Service {
 public:
  struct Data {
    std::string service;
    std::string data_dir;  // Empty: the log is in memory, and there is nothing to back up.
  };

  // Log and evidence outlive this; no evidence where the log is in memory.
  BackupService(eventlog::EventLog& log, LogEvidence* evidence, Data data, BackupRules rules, rpc::Gate& gate);
  // Stops the backup under way.
  ~BackupService() override;

 private:
  absl::StatusOr<std::shared_ptr<BackupWork>> Start(const std::string& asked) EXCLUDES(mutex_);
  absl::StatusOr<ops::v1::ServiceBackup> Make(const std::string& directory, BackupWork& work);

  eventlog::EventLog& log_;
  LogEvidence* const evidence_;
  const Data data_;
  const BackupRules rules_;
  Mutex mutex_;
  bool busy_ GUARDED_BY(mutex_) = false;
  std::shared_ptr<BackupWork> work_ GUARDED_BY(mutex_);
  std::thread worker_ GUARDED_BY(mutex_);
};

}  // namespace anamnesis::service
