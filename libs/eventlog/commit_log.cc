#include "eventlog/commit_log.h"

#include <cstdio>
#include <cstdlib>

namespace anamnesis::eventlog {

void ExitFailStop(const absl::Status& status) {
  constexpr int kSoftwareError = 70;
  std::fprintf(
      stderr,
      "anamnesis: the event log could not be written: %s; the process stops, nothing unwritten was acknowledged; "
      "mend the storage (space, permissions, hardware) and start again\n",
      std::string(status.message()).c_str());
  std::fflush(stderr);
  std::_Exit(kSoftwareError);
}

}  // namespace anamnesis::eventlog
