// Restores a backup to a new data directory: all of it, or the state of an earlier position or time.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "backup/manifest.h"
#include "vault/key_ring.h"

namespace anamnesis::backup {

struct RestoreOptions {
  std::string directory;  // Of the backups.
  std::string data_dir;   // To be made, with a directory for each service in it; may be there if it is empty.
  std::shared_ptr<const vault::KeyRing> keks;    // Null: payloads are left sealed; then nothing can be cut off.
  std::map<std::string, uint64_t> to_positions;  // By service; one that is not named goes as far as the backup.
  std::optional<int64_t> to_micros;              // What was recorded by then, of every service.
  // Told what is being done, of which service, and how far that is; from any thread.
  std::function<void(std::string_view service, std::string_view what, uint64_t done, uint64_t all)> progress;
};

struct RestoredPart {
  std::string service;
  std::string log_id;
  uint64_t position = 0;   // Where the log ends now.
  uint64_t backed_up = 0;  // How far the backup goes.
  uint64_t erased = 0;     // Payloads whose key was destroyed.
};

// Puts every service's log, keys and files in place, verifies each of them as a whole, and cuts what comes after what
// was asked for off between two appends. A cut log gets a new checkpoint, signed with its own key, and the backup's
// directory is only read. Nothing stands in `data_dir` before all of it does: it is made as `data_dir`.restoring and
// renamed last.
//   ALREADY_EXISTS       the directory is not empty, or a restore was cut short beside it
//   OUT_OF_RANGE         a position beyond the backup
//   INVALID_ARGUMENT     a service that is not in the backup
//   FAILED_PRECONDITION  positions that do not go together; keys are missing; what cannot be written
//   DATA_LOSS            the backup does not verify: nothing is restored
absl::StatusOr<std::vector<RestoredPart>> Restore(const Manifest& manifest, const RestoreOptions& options);

}  // namespace anamnesis::backup
