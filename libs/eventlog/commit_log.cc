#include "eventlog/commit_log.h"

#include <cstdio>
#include <cstdlib>

namespace anamnesis::eventlog {

void ExitFailStop(const absl::Status& status) {
  constexpr int kSoftwareError = 70;
  const char* const said =
      absl::IsDataLoss(status)
          ? "anamnesis: damage in the event log: %s; the process stops, before anything is built on it; keep a copy of "
            "its directory, check the disk and restore a backup\n"
          : "anamnesis: the event log could not be written: %s; the process stops, nothing unwritten was acknowledged; "
            "mend the storage (space, permissions, hardware) and start again\n";
  std::fprintf(stderr, said, std::string(status.message()).c_str());
  std::fflush(stderr);
  std::_Exit(kSoftwareError);
}

}  // namespace anamnesis::eventlog
