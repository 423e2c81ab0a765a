// How a write service is configured.
#pragma once

#include <cstdint>
#include <map>
#include <string>

#include "absl/status/statusor.h"
#include "decider/command_runner.h"
#include "eventlog/open.h"
#include "rpc/access_policy.h"

namespace anamnesis::service {

// Where a service may write backups, and how.
struct BackupRules {
  std::string root;               // Empty: `backups` beside the data directory.
  uint64_t bytes_per_second = 0;  // 0: as fast as it goes.
};

struct WriteServiceOptions {
  std::string data_dir;  // Empty: the log is in memory, for tests of services that follow no other.
  std::string listen = "127.0.0.1:0";
  std::string metrics_listen;                    // Empty: none.
  std::string roles_file;                        // Empty: kDefaultAccessTable.
  std::string readmodel;                         // Where views are published; empty: nowhere.
  std::map<std::string, std::string> follow;     // Service to address; one that is not named is not followed.
  std::map<std::string, std::string> witnesses;  // Service to address: whom this one's checkpoints are shown.
  eventlog::LogOptions log;
  BackupRules backups;
  decider::CommandRunnerOptions runner;
};

// The policy of the file, or the default one where `roles_file` is empty.
absl::StatusOr<rpc::AccessPolicy> LoadAccessPolicy(const std::string& roles_file);

}  // namespace anamnesis::service
