// All of CLI11, once: the other files include the parts whose names they use, and those alone do not link.
#include <CLI/CLI.hpp>
#include <iostream>

#include "services/cli/commands.h"

namespace anamnesis::cli {

void Finish(const absl::Status& status) {
  if (status.ok()) return;
  std::cerr << "anamnesis: " << std::string(status.message()) << "\n";
  const bool not_found = absl::IsNotFound(status) || absl::IsFailedPrecondition(status);
  throw CLI::RuntimeError(not_found ? kNotFound : kFailed);
}

}  // namespace anamnesis::cli
