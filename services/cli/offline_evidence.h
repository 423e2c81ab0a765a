// What stands in a data directory, checked without any server.
#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "services/cli/verdict.h"

namespace anamnesis::cli {

struct OfflineOptions {
  std::string dir;       // Of the installation.
  std::string kek_file;  // Empty: `kek` in the directory.
  bool without_keys = false;
};

// Reads every record of a service's log, and holds it against its newest checkpoint, its high water, and what the
// witnesses in the same directory keep of it. A log that is gone or cannot be read is a problem of the verdict; an
// error is that the keys are not those of the log, or that it cannot be opened for another reason.
absl::StatusOr<Verdict> VerifyOffline(const std::string& service, const OfflineOptions& options);

}  // namespace anamnesis::cli
